"""The fixtures of the contract suite, and the parts that the author of a backend overrides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import pytest

from ..backends.interface import Backend
from ..model import Binding, Catalogue, Resource, State
from ..planning import Change
from .account import bring
from .company import COMPANY, EDITS
from .states import CLOUD

Begin = Callable[[State], Backend]


class ContractFixtures:
    """The account under test: its fixtures, and the limits of the backend that holds it."""

    catalogue: ClassVar[Catalogue] = CLOUD
    """The catalogue of the accounts that ``new_account`` makes."""

    unsupported: ClassVar[frozenset[str]] = frozenset()
    """The edits of ``rbac_sync.testing.company.EDITS`` that the capabilities rule out."""

    @pytest.fixture
    def new_account(self) -> Callable[[], Backend]:
        """Return a function that makes an empty account and returns its backend.

        Each call makes another account, with the built-in roles of ``catalogue`` in it. The
        credential is that of ``rbac_sync.testing.OWNER``, who may already be the owner of the
        account, with a key named ``init``, if the trail has records of both.
        """
        raise NotImplementedError("override the fixture `new_account`")

    @pytest.fixture
    def begin(self, new_account: Callable[[], Backend]) -> Begin:
        """Return a function that makes an account in a given state and returns its backend."""
        return lambda state: bring(new_account(), state)

    @pytest.fixture
    def make_objects(self) -> Callable[[Backend], None]:
        """Return a function that makes objects in the workspace ``prod`` without the backend.

        They are a deployment ``daily`` of the flow ``etl``, a work pool ``main`` and a block ``db``
        of the type ``secret``. A backend without access lists has none.
        """
        pytest.skip("this backend has no access lists of objects")

    def kept(self, resource: Resource) -> Resource | None:
        """Return the part of *resource* that the backend can hold, or None."""
        return resource

    def translated(self, resource: Resource) -> Resource:
        """Return *resource* with the roles and permissions of ``catalogue``."""
        return resource

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test of an edit once for every edit that the backend supports."""
        if "edit" in metafunc.fixturenames:
            metafunc.parametrize("edit", [e for e in EDITS if e not in self.unsupported])

    def state(self, state: State) -> State:
        """Return *state* as the backend can hold it."""
        kept = map(self.kept, (*state.resources(), *state.bindings()))
        return State((*self.catalogue.roles.values(), *(each for each in kept if each)))

    def edits(self, edit: str) -> list[Change]:
        """Return the changes of *edit*, limited to the parts that the backend can hold."""
        return list(map(self._edit, EDITS[edit]))

    def _edit(self, change: Change) -> Change:
        edit = self._translated_change(change)
        before = change.before and (self.kept(change.before) or edit.before)
        if before is None or edit.after is None:
            return replace(edit, before=before)
        edited = {name: new for name, _, new in edit.attributes()}
        return replace(edit, before=before, after=replace(before, **edited))

    def _translated_change(self, change: Change) -> Change:
        before = change.before and self.translated(change.before)
        after = change.after and self.translated(change.after)
        brings = (self.translated(binding) for binding in change.brings)
        return Change(
            before, after, tuple(b for b in brings if isinstance(b, Binding)), change.joins
        )

    @pytest.fixture
    def company(self) -> State:
        """Return the state of the company as the backend can hold it."""
        return self.state(COMPANY)

    @pytest.fixture
    def backend(self, begin: Begin, company: State) -> Backend:
        """Return the backend of an account with the company in it."""
        return begin(company)
