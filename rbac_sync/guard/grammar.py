"""The grammar of plans: every change that a part of rbac-sync makes, as data.

The planner, the commands, ``undo`` and the server make no other change. A change outside the
grammar comes from a plan file that was written by hand, or from a mistake in this program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import assert_never

from ..dataclasses import dataclass, replace
from ..model import (
    ACCOUNT,
    Action,
    Address,
    Binding,
    Catalogue,
    Key,
    Kind,
    Level,
    ObjectAccess,
    ObjectType,
    Resource,
    Right,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
    is_invited,
)
from ..model.catalogue import RightKey
from ..planning import Change


class Companions(Enum):
    """The resources that are created together with a principal, in the same step."""

    NONE = auto()
    ACCOUNT_ROLE = auto()
    """The account role of the principal."""
    INVITATION = auto()
    """The account role of the invited person, its roles in workspaces, and its teams."""


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """A change that rbac-sync makes, with its required rights and its possible companions.

    ``rights`` are rows of the catalogue's ``manages``. Companions take rights of their own.
    """

    rights: tuple[RightKey, ...]
    companions: Companions = Companions.NONE


Sort = str
"""A subdivision of the resources of one kind: see ``sort``."""

Shape = tuple[Kind, Action, Sort | None, Sort | None]
"""The kind and the action of a change, and the sort of each side; None for a missing side."""

GrammarRow = tuple[Shape, ChangeForm]

RequiredRight = tuple[Right | None, Address]
"""A right and the scope in which it is required; None: nobody may make the change."""

PLAIN = ""
ACTIVE, PENDING, SUSPENDED = (str(s) for s in (Status.ACTIVE, Status.PENDING, Status.SUSPENDED))
IN_ACCOUNT, IN_WORKSPACE = "in the account: ", "in a workspace: "

WRITTEN = (Action.CREATE, Action.UPDATE, Action.DELETE)
NAMED = (Action.CREATE, Action.UPDATE, Action.RENAME, Action.DELETE)

TRANSITIONS = (
    (PENDING, PENDING),
    (PENDING, ACTIVE),
    (ACTIVE, ACTIVE),
    (ACTIVE, SUSPENDED),
    (SUSPENDED, SUSPENDED),
    (SUSPENDED, ACTIVE),
)
"""The pairs of an old and a new status of a user. Nobody becomes invited again, or is
suspended while invited."""


def _rows(kind: Kind, actions: Iterable[Action], sorts: Iterable[Sort]) -> Iterator[GrammarRow]:
    """Yield the rows of changes with both sides of one sort, which also names the right."""
    for action in actions:
        for of in sorts:
            yield _shape(kind, action, of), ChangeForm(((action, kind, of),))


def _shape(kind: Kind, action: Action, of: Sort) -> Shape:
    before = None if action is Action.CREATE else of
    after = None if action is Action.DELETE else of
    return kind, action, before, after


def _users() -> Iterator[GrammarRow]:
    """Yield the rows of users.

    *Why* two rights for a new e-mail address: one address leaves the account, and another joins.
    """
    user, create, delete = Kind.USER, Action.CREATE, Action.DELETE
    for status in (ACTIVE, PENDING, SUSPENDED):
        companions = Companions.INVITATION if status == PENDING else Companions.ACCOUNT_ROLE
        joins, leaves = (create, user, _word(status)), (delete, user, _word(status))
        yield _shape(user, create, status), ChangeForm((joins,), companions)
        yield _shape(user, Action.RENAME, status), ChangeForm((joins, leaves))
        yield _shape(user, delete, status), ChangeForm((leaves,))
    again = ((Action.REPLACE, user, PENDING),)
    yield _shape(user, Action.REPLACE, PENDING), ChangeForm(again, Companions.INVITATION)
    for before, after in TRANSITIONS:
        words = dict.fromkeys((_word(before), _word(after)))
        rights = tuple((Action.UPDATE, user, word) for word in words)
        yield (user, Action.UPDATE, before, after), ChangeForm(rights)


def _word(status: Sort) -> str:
    """Return the name that rights use for a user of *status*."""
    return PENDING if status == PENDING else ""


def _service_accounts() -> Iterator[GrammarRow]:
    for shape, form in _rows(Kind.SERVICE_ACCOUNT, NAMED, (PLAIN,)):
        is_new = shape[1] is Action.CREATE
        yield shape, replace(form, companions=Companions.ACCOUNT_ROLE) if is_new else form


def _bindings() -> Iterator[GrammarRow]:
    """Yield the rows of bindings: to change an account role is an update of its holder."""
    for action in WRITTEN:
        for kind in (Kind.USER, Kind.SERVICE_ACCOUNT):
            rights = ((Action.UPDATE, kind, ""),)
            yield _shape(Kind.BINDING, action, IN_ACCOUNT + kind), ChangeForm(rights)
        for kind in (Kind.USER, Kind.SERVICE_ACCOUNT, Kind.TEAM, Kind.EVERYONE):
            right = (action, Kind.BINDING, str(kind))
            yield _shape(Kind.BINDING, action, IN_WORKSPACE + kind), ChangeForm((right,))


FORMS: Mapping[Shape, ChangeForm] = dict(
    (
        *_users(),
        *_service_accounts(),
        *_rows(Kind.KEY, WRITTEN, (Kind.SERVICE_ACCOUNT,)),
        # The key of a person keeps its end: only that person makes and revokes it.
        *_rows(Kind.KEY, (Action.CREATE, Action.DELETE), (Kind.USER,)),
        *_rows(Kind.TEAM, NAMED, (PLAIN,)),
        *_rows(Kind.WORKSPACE, NAMED, (PLAIN,)),
        *_rows(Kind.ROLE, NAMED, (Level.ACCOUNT, Level.WORKSPACE)),
        *_bindings(),
        *_rows(Kind.OBJECT, (Action.UPDATE,), ObjectType),
        # The access list of a missing object has a form: UNSUPPORTED says what to do.
        *((_shape(Kind.OBJECT, Action.CREATE, each), ChangeForm(())) for each in ObjectType),
    )
)
"""Every change of the grammar. *Why* a table: a change that is not in it is refused."""


def form(change: Change) -> ChangeForm | None:
    """Return the form of *change*; None if no part of rbac-sync makes such a change."""
    before, after = change.before, change.after
    if before is not None and after is not None and before.kind is not after.kind:
        return None
    sides = (sort(side) if side is not None else None for side in (before, after))
    return FORMS.get((change.resource.kind, change.action, *sides))  # type: ignore[arg-type]


def required_rights(
    change: Change, state: State, catalogue: Catalogue
) -> tuple[RequiredRight, ...]:
    """Return the rights that *change* requires, each once and with its scope."""
    change_form = form(change)
    if change_form is None:
        return ()  # it is outside the grammar, which INVALID reports
    rights: dict[RequiredRight, None] = {}
    for action, kind, word in change_form.rights:
        right = catalogue.right(action, kind, word or _word_of_holder(change.resource, kind, state))
        rights[right, _scope(change, right)] = None
    for binding in change.brings:
        if binding.scope != ACCOUNT:
            right = catalogue.right(Action.CREATE, Kind.BINDING, str(binding.principal.kind))
            rights[right, binding.scope] = None
    if change.joins:
        rights[catalogue.right(Action.UPDATE, Kind.TEAM), ACCOUNT] = None
    return tuple(rights)


def _word_of_holder(resource: Resource, kind: Kind, state: State) -> str:
    """Return ``pending`` for the account role of an invited user: the right to invite gives it."""
    holder = state.get(resource.principal) if isinstance(resource, Binding) else None
    return PENDING if is_invited(holder) and kind is Kind.USER else ""


def _scope(change: Change, right: Right | None) -> Address:
    resource = change.before or change.resource
    if isinstance(resource, Binding):
        return resource.scope
    if isinstance(resource, ObjectAccess):
        return resource.workspace
    is_here = right is not None and right.level is Level.WORKSPACE
    return resource.address if is_here and isinstance(resource, Workspace) else ACCOUNT


def sort(resource: Resource) -> Sort:
    """Return the sort of *resource*: the part of its kind that the grammar distinguishes.

    The status of a user, the level of a role, the kind of a key's owner, the scope and the kind
    of the principal of a binding, the type of an object; nothing for other kinds.
    """
    match resource:
        case User():
            return str(resource.status)
        case Role():
            return str(resource.level)
        case Key():
            return str(resource.owner.kind)
        case Binding():
            where = IN_ACCOUNT if resource.scope == ACCOUNT else IN_WORKSPACE
            return where + resource.principal.kind
        case ObjectAccess():
            return str(resource.type)
        case ServiceAccount() | Team() | Workspace():
            return PLAIN
    assert_never(resource)
