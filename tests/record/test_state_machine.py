"""The record against a model: whatever is written, replaced, erased and read, it says what the model says."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lumbarkg.record.cases import ALWAYS, Precondition, PreconditionError, UnknownCaseError
from lumbarkg.record.record import Record, open_record
from tests.record.writing import RELEASE, entry

IDS = [uuid.UUID(int=n) for n in range(1, 5)]
TENANTS = ["lab", "ward"]
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory: what a disk keeps, tests/record/test_crash.py asks
ids, tenants = st.sampled_from(IDS), st.sampled_from(TENANTS)
documents = st.text(max_size=30)


@dataclass
class _Kept:
    """What the model knows of a case; ``offset`` counts the revisions that were erased."""

    tenant: str
    revision: int = 0
    documents: dict[int, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        return bool(self.documents)


class RecordMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.record: Record = open_record(self.folder / "record.sqlite")
        self.model: dict[uuid.UUID, _Kept] = {}
        self.audited = 0

    def teardown(self) -> None:
        if hasattr(self, "record"):
            self.record.database.close()
            shutil.rmtree(self.folder)

    def _own(self, case_id: uuid.UUID, tenant: str) -> _Kept | None:
        found = self.model.get(case_id)
        return found if found is not None and found.tenant == tenant and found.exists else None

    def _put(self, case_id: uuid.UUID, tenant: str, document: str, precondition: Precondition) -> str:
        try:
            written = self.record.cases.put(case_id, tenant, document, RELEASE, entry(), precondition)
        except PreconditionError:
            return "precondition"
        except UnknownCaseError:
            return "unknown"
        self.audited += 1
        kept = self.model.setdefault(case_id, _Kept(tenant))
        assert written.created is not kept.exists
        assert written.revision == kept.revision + 1
        kept.revision = written.revision
        kept.documents[kept.revision] = document
        return "written"

    @rule(case_id=ids, tenant=tenants, document=documents)
    def put(self, case_id: uuid.UUID, tenant: str, document: str) -> None:
        is_foreign = case_id in self.model and self.model[case_id].tenant != tenant
        assert self._put(case_id, tenant, document, ALWAYS) == ("unknown" if is_foreign else "written")

    @rule(case_id=ids, tenant=tenants, document=documents, revision=st.integers(0, 6))
    def put_if_match(self, case_id: uuid.UUID, tenant: str, document: str, revision: int) -> None:
        own = self._own(case_id, tenant)
        holds = own is not None and own.revision == revision
        outcome = self._put(case_id, tenant, document, Precondition(revisions=frozenset({revision})))
        assert outcome == ("written" if holds else "precondition")

    @rule(case_id=ids, tenant=tenants, document=documents)
    def put_if_new(self, case_id: uuid.UUID, tenant: str, document: str) -> None:
        own = self._own(case_id, tenant)
        is_foreign = case_id in self.model and self.model[case_id].tenant != tenant
        expected = "precondition" if own else "unknown" if is_foreign else "written"
        assert self._put(case_id, tenant, document, Precondition(must_be_new=True)) == expected

    @rule(case_id=ids, tenant=tenants, revision=st.none() | st.integers(0, 6))
    def delete(self, case_id: uuid.UUID, tenant: str, revision: int | None) -> None:
        own = self._own(case_id, tenant)
        precondition = ALWAYS if revision is None else Precondition(revisions=frozenset({revision}))
        try:
            self.record.cases.delete(case_id, tenant, entry("case.delete"), precondition)
        except UnknownCaseError:
            assert own is None
            assert revision is None
            return
        except PreconditionError:
            assert own is None or own.revision != revision
            return
        assert own is not None
        assert revision in (None, own.revision)
        self.audited += 1
        own.documents.clear()

    @rule()
    def reopen(self) -> None:
        self.record.database.close()
        self.record = open_record(self.folder / "record.sqlite")

    @invariant()
    def says_what_the_model_says(self) -> None:
        if not hasattr(self, "record"):
            return
        for tenant in TENANTS:
            expected = sorted(i for i in self.model if self._own(i, tenant))
            assert [c.case_id for c in self.record.cases.page(tenant, 10)] == expected
            assert list(self.record.cases.ids(tenant)) == expected
            for case_id in IDS:
                own = self._own(case_id, tenant)
                if own is None:
                    assert self._reads(case_id, tenant) is None
                    continue
                found = self.record.cases.revisions(case_id, tenant)
                assert {r.number: r.document for r in found} == own.documents
                assert self._reads(case_id, tenant) == (own.revision, own.documents[own.revision])

    @invariant()
    def changes_tell_the_newest_state(self) -> None:
        if not hasattr(self, "record"):
            return
        told = {c.case_id: c.document for c in self.record.cases.changes(0, 100)}
        assert told == {i: k.documents.get(k.revision) if k.exists else None for i, k in self.model.items()}

    @invariant()
    def every_write_is_audited(self) -> None:
        if hasattr(self, "record"):
            assert sum(1 for _ in self.record.audit.entries()) == self.audited

    def _reads(self, case_id: uuid.UUID, tenant: str) -> tuple[int, str] | None:
        try:
            found = self.record.cases.get(case_id, tenant)
        except UnknownCaseError:
            return None
        return found.number, found.document


TestRecord = RecordMachine.TestCase
TestRecord.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
