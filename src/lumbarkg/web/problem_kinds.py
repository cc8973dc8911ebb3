"""Every kind of problem that an answer may name as its type, with what it means and what to do.

``python -m lumbarkg.web.problem_kinds`` writes docs/errors.md from this; the same is served at each type's address.
"""

from __future__ import annotations

from dataclasses import dataclass

from lumbarkg import vocabulary as v

ADDRESS = f"{v.LKG}problems/"


@dataclass(frozen=True)
class ProblemKind:
    """One kind: its statuses, when it is given, and what to do about it."""

    statuses: tuple[int, ...]
    meaning: str
    remedy: str


KINDS: dict[str, ProblemKind] = {
    "bad-request": ProblemKind((400,), "The request is not HTTP as it should be.", "Correct the request."),
    "busy": ProblemKind(
        (503,), "No place is free for another query now.", "Try again after the seconds that Retry-After names."
    ),
    "contradictory-case": ProblemKind(
        (422,),
        "A finding is both present and denied. Causes are not ranked; `triage` holds the level that follows from the "
        "present findings alone.",
        "Correct one of the two findings that each issue names, or qualify them by side or site.",
    ),
    "forbidden": ProblemKind(
        (403,), "The token does not allow what was asked.", "Use a token with the scope that the remedy names."
    ),
    "internal": ProblemKind(
        (500,), "The server met an error of its own; nothing was stored.", "Report it with the time and the version."
    ),
    "invalid-case": ProblemKind(
        (422,),
        "The case was read, but cannot be used: every issue says where (JSON Pointer), why, and what to do.",
        "Correct what the issues name. For a case in RDF the pointers lead into its JSON form.",
    ),
    "invalid-input": ProblemKind((400,), "A document or parameter cannot be used.", "Correct what the issues name."),
    "invalid-parameters": ProblemKind(
        (400,),
        "Parameters of the address are wrong, unknown, repeated or missing; all of them are listed.",
        "Correct what the issues name; /docs lists the parameters.",
    ),
    "malformed-json": ProblemKind(
        (400,), "The body is no JSON; the message names line and column.", "Correct the syntax; send UTF-8."
    ),
    "malformed-rdf": ProblemKind(
        (400,),
        "The body is no Turtle or JSON-LD, refers to a remote context, is nested too deeply, or holds entities or "
        "graphs that are not taken.",
        "Correct the document; put the context into it; or send the Content-Type that it is written in.",
    ),
    "method-not-allowed": ProblemKind(
        (405,), "The resource does not offer this method; Allow names those it does.", "Use one of these."
    ),
    "not-acceptable": ProblemKind(
        (406,), "No form of the answer is one that Accept names.", "Accept one of those that the remedy names."
    ),
    "not-found": ProblemKind((404,), "There is nothing at this address.", "Check the address; /docs lists all."),
    "query": ProblemKind(
        (400,), "The query or update is not SPARQL, or is refused.", "Correct it where the issues say."
    ),
    "query-limit": ProblemKind(
        (400,), "The query needs more rows, bytes or memory than one may have.", "Ask for less: add a LIMIT."
    ),
    "query-timeout": ProblemKind((503,), "The query ran too long and was stopped.", "Ask for less, more exactly."),
    "request-entity-too-large": ProblemKind(
        (413,), "The body, the batch or one of its lines is too large.", "Send less at once."
    ),
    "store": ProblemKind((503,), "The store broke off or cannot be reached.", "Try again."),
    "unauthorized": ProblemKind(
        (401,), "The request needs a token, or the one that it carries is not valid.", "Send Authorization: Bearer …."
    ),
    "unknown-graph": ProblemKind((404,), "There is no such graph, or you may not see it.", "GET /sparql lists them."),
    "unknown-query": ProblemKind((404,), "No named query is called so.", "GET /api/v1/queries lists them."),
    "unknown-term": ProblemKind(
        (404,), "Nothing of this kind has that name, label, IRI or code.", "Take one of those that the remedy names."
    ),
    "ambiguous-term": ProblemKind(
        (404,), "The name or code may mean several things of this kind.", "Ask for one of those that the remedy names."
    ),
    "wrong-kind": ProblemKind(
        (404,), "A thing of another kind has that name.", "Ask at the address that the remedy names."
    ),
    "content-encoding": ProblemKind(
        (415,), "The body is compressed; a small one can unpack to a huge one.", "Send it without Content-Encoding."
    ),
    "foreign-origin": ProblemKind(
        (403,),
        "A page of another origin asks to change something.",
        "Call from the server's own page or a program, or let the server allow the origin.",
    ),
    "no-record": ProblemKind((503,), "The server keeps no cases.", "Start it with --record FILE."),
    "precondition-failed": ProblemKind(
        (412,),
        "The case has another revision than If-Match names, or exists where If-None-Match says that it must not.",
        "Read it anew, merge, and send its ETag.",
    ),
    "request-timeout": ProblemKind(
        (408,),
        "The request did not arrive in time; the connection is closed.",
        "Send it again, faster or with less.",
    ),
    "storage-full": ProblemKind(
        (507,), "The disk of the server is full; nothing was stored.", "Free space, then send it again."
    ),
    "too-many-requests": ProblemKind(
        (429,), "More requests than one caller may send.", "Wait the seconds that Retry-After names."
    ),
    "unknown-case": ProblemKind((404,), "There is no such case, or it is not yours.", "GET /api/v1/cases lists yours."),
    "unsupported-media-type": ProblemKind(
        (415,), "The body is in a format that is not taken here.", "Send one of those that the message names."
    ),
}


def render_markdown() -> str:
    """docs/errors.md."""
    lines = [
        "# Problems",
        "",
        "<!-- Written by `make docs` from src/lumbarkg/web/problem_kinds.py. -->",
        "",
        "Every error is a problem, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) (`application/problem+json`)",
        "with `type`, `title`, `status`, `detail`, and `issues`: all that is wrong, at once. Each issue has",
        "",
        "| field | what it holds |",
        "|---|---|",
        "| `severity` | `error`; `warning` and `information` come with answers, not with problems |",
        "| `code` | what is wrong, for programs |",
        "| `path` | where: a JSON Pointer (RFC 6901) into the body, or `/name` of a parameter; '' for the whole |",
        "| `message` | what is wrong, for people |",
        '| `remedy` | what to do, with "did you mean" where a name is near |',
        "",
        f"A type is an IRI below `{ADDRESS}`. A server shows its page at the same path, `/lumbarkg/problems/…`.",
        "A program decides by the last part of `type` and by `code`, never by text.",
        "",
    ]
    for name, kind in sorted(KINDS.items()):
        statuses = ", ".join(map(str, kind.statuses))
        lines += [f"## {name}", "", f"Status {statuses}. {kind.meaning}", "", f"*What to do:* {kind.remedy}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    import sys

    sys.stdout.write(render_markdown())
