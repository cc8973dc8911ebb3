"""What requests for resources hold, as typed models: these check them, and the OpenAPI document is made of these."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST_LISTED, MOST_FOUND, MOST_ROWS = 200, 50, 1000
_WORDS = r"^[A-Za-z@][A-Za-z0-9_]*(,[A-Za-z@][A-Za-z0-9_]*)*$"
_TAG = r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}$"

Language = Annotated[
    str,
    Field(
        pattern=_TAG,
        description="The language of labels and definitions, as a tag (BCP 47); where there is nothing in it, the "
        "language that there is.",
    ),
]
TermName = Annotated[
    str,
    Field(min_length=1, max_length=500, description="Local name, CURIE, IRI, exact label or synonym, or mapped code."),
]


class Order(Enum):
    """The order of a list; a minus turns it round."""

    NAME = "name"
    NAME_DOWN = "-name"
    LABEL = "label"
    LABEL_DOWN = "-label"


class Parameters(BaseModel):
    """Parameters: what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ThingParameters(Parameters):
    """How a thing is shown."""

    lang: Language = "en"
    fields: Annotated[
        str, Field(pattern=_WORDS, max_length=500, description="Only these keys, separated by commas.")
    ] = ""
    expand: Annotated[
        str,
        Field(
            pattern=_WORDS,
            max_length=200,
            description="Sections whose things also carry definition, CURIE, kind and address: parents, ancestors, "
            "children, descendants, relations, incoming.",
        ),
    ] = ""


class ClassListParameters(Parameters):
    """Which classes of a kind, in which order."""

    q: Annotated[str, Field(max_length=200, description="Only what a name of begins like this; typos forgiven.")] = ""
    under: TermName | None = Field(default=None, description="Only what lies under this class.")
    related: TermName | None = Field(
        default=None, description="Only what is related to this thing, by whatever relation."
    )
    sort: Order = Order.NAME
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED, description="At most so many on a page.")] = 50
    cursor: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_-]+$", max_length=1000, description="Where the page begins: follow Link, rel=next."
        ),
    ] = ""
    lang: Language = "en"
    fields: Annotated[
        str, Field(pattern=_WORDS, max_length=500, description="Only these keys, separated by commas.")
    ] = ""


class RowListParameters(ClassListParameters):
    """Which rows of a kind, in which order."""

    status: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Only rows of this verification status."
    )
    stance: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Only claims of this stance: supported, contested or hypothesis."
    )
    setting: Annotated[str, Field(max_length=40)] | None = Field(default=None, description="Only rows of this setting.")


class TopicParameters(Parameters):
    """Which rows of an answer."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="At most so many rows.")] = 200
    offset: Annotated[int, Field(ge=0, le=100_000, description="So many rows after the first; follow Link.")] = 0
    lang: Language = "en"


class SearchParameters(Parameters):
    """What is looked for."""

    q: Annotated[str, Field(min_length=1, max_length=200, description="What was typed so far.")]
    kind: Annotated[str, Field(pattern=_WORDS.replace("_]", "_-]"), max_length=40)] | None = Field(
        default=None, description="Only things of this kind, such as findings."
    )
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND, description="At most so many.")] = 10
    lang: Language = "en"
