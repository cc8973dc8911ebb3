"""The operations of the API: what each takes and gives, with an example that runs.

Nothing clinical stands here: the examples are made from the release and from the headers of the named queries.
"""

from __future__ import annotations

from lumbarkg.web.openapi.assessment_operations import assessment_operations
from lumbarkg.web.openapi.case_operations import case_operations
from lumbarkg.web.openapi.operation import Operation, Sources
from lumbarkg.web.openapi.query_operations import query_operations
from lumbarkg.web.openapi.resource_operations import resource_operations


def operations(sources: Sources) -> tuple[Operation, ...]:
    """All operations but those of the single named queries."""
    return (
        *assessment_operations(sources),
        *case_operations(sources),
        *resource_operations(sources),
        *query_operations(),
    )
