"""Axioms as lines of text and links, for pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lumbarkg.identifiers import Iri
from lumbarkg.ontology.manchester import quoted, render_axiom, render_expression
from lumbarkg.ontology.owl import And, Axiom, EquivalentClasses, Expression, Named, Or
from lumbarkg.render.links import Link, Linker

_OPEN, _CLOSE = "\x02", "\x03"
_MARKED = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_LONG = 90

Line = tuple[int, list[Link]]


def axiom_lines(axiom: Axiom, linker: Linker) -> list[Line]:
    """An axiom in Manchester syntax, each name a link: on one line, or a long definition on several.

    Each line comes with its depth.
    """
    writer = _Writer(linker)
    if not isinstance(axiom, EquivalentClasses):
        return [(0, writer.pieces(render_axiom(axiom, writer.mark)))]
    head = f"{writer.mark(axiom.named.iri)} EquivalentTo"
    body = writer.body(axiom.definition, depth=1)
    if len(body) == 1:
        return [(0, writer.pieces(f"{head} {body[0][1]}"))]
    return [(depth, writer.pieces(text)) for depth, text in [(0, head), *body]]


@dataclass
class _Writer:
    """Writes names as marks first, because the quotes around a name belong to its link."""

    linker: Linker
    names: list[Iri] = field(default_factory=list)

    def mark(self, iri: Iri) -> str:
        self.names.append(iri)
        return f"{_OPEN}{len(self.names) - 1}{_CLOSE}"

    def body(self, expression: Expression, depth: int, lead: str = "", nested: bool = False) -> list[tuple[int, str]]:
        opening, closing = ("(", ")") if nested and not isinstance(expression, Named) else ("", "")
        if not isinstance(expression, And | Or) or len(render_expression(expression, self.linker.label)) <= _LONG:
            return [(depth, f"{lead}{opening}{render_expression(expression, self.mark)}{closing}")]
        joint = "and " if isinstance(expression, And) else "or "
        lines = [
            line
            for number, operand in enumerate(expression.operands)
            for line in self.body(operand, depth + nested, joint if number else "", nested=True)
        ]
        return [(depth, lead + opening), *lines, (depth, closing)] if nested else lines

    def pieces(self, text: str) -> list[Link]:
        pieces: list[Link] = []
        for number, part in enumerate(_MARKED.split(text)):
            if number % 2:
                link = self.linker.link(self.names[int(part)])
                pieces.append(link._replace(text=quoted(link.text)))
            elif part:
                pieces.append(Link(part))
        return pieces
