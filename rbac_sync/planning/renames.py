"""Renames: resources that are declared under another name than their live one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from ..model import (
    Action,
    Address,
    Binding,
    Declaration,
    Key,
    Kind,
    Manage,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    is_member,
)
from ..model.kind import SUBJECTS
from .capabilities import Capabilities
from .change import Change, followed, make


def renames(declaration: Declaration, live: State, can: Capabilities) -> Iterator[Change]:
    """Yield the renames of live resources to their declared names, where only old ones are live.

    The first live one of several old names counts. Each rename begins in the state after
    the earlier renames. For people that the target *can* not rename, and for people who are
    only invited, ``successors`` applies instead.
    """
    draft = live.draft()
    for new, old_names in sorted(declaration.former.items()):
        before = next((each for name in old_names if (each := draft.get(name))), None)
        after, is_new = declaration.desired.get(new), draft.get(new) is None
        if before and after and is_new and is_managed(declaration, after) and _keeps(before, can):
            change = Change(before, named_like(before, after))
            make(draft, change)
            yield change


def _keeps(before: Resource, can: Capabilities) -> bool:
    """Say whether *before* can be renamed and keep all its bindings.

    *Why* not a person who is only invited: the invitation is for the old address, and the
    new address cannot accept it.
    """
    if not isinstance(before, User):
        return True
    return is_member(before) and Action.RENAME in can.actions[Kind.USER]


def successors(declaration: Declaration, start: State) -> Mapping[Address, Address]:
    """Return, by old address of a live person, the declared address that succeeds it.

    *start* is the state after the renames. The new address gets all that is declared before
    the old one loses anything.
    """
    return {
        old: new
        for new, old_names in declaration.former.items()
        if isinstance(person := declaration.desired.get(new), User)
        and is_managed(declaration, person)
        for old in old_names
        if start.get(old) is not None
    }


def is_managed(declaration: Declaration, resource: Resource) -> bool:
    """Say whether ``[manage]`` lets the configuration change *resource*."""
    return declaration.reach(SUBJECTS[resource.kind]) is not Manage.NONE


def named_like(before: Resource, after: Resource) -> Resource:
    """Return *before* with the name of *after*, otherwise unchanged."""
    match before, after:
        case Workspace(), Workspace():
            return replace(before, handle=after.handle)
        case User(), User():
            return replace(before, email=after.email)
        case (Team() | Role() | ServiceAccount(), Team() | Role() | ServiceAccount()):
            return replace(before, name=after.name)
    raise AssertionError("nothing else is renamed")


def under_new_names(state: State, changes: Iterable[Change]) -> State:
    """Return *state* after the renames among *changes*, which come before all other changes."""
    renamed = renames_of(changes)
    return followed(state, renamed) if renamed else state


def renames_of(changes: Iterable[Change]) -> list[Change]:
    """Return the renames among *changes*."""
    return [c for c in changes if c.before is not None and c.action is Action.RENAME]


def new_names(changes: Iterable[Change]) -> dict[Address, Address]:
    """Return the new address of each renamed resource, by its old address."""
    names: dict[Address, Address] = {}
    for change in reversed(renames_of(changes)):
        if change.before:
            names[change.before.address] = names.pop(change.address, change.address)
    return names


def under(resource: Resource, names: Mapping[Address, Address]) -> Resource:
    """Return *resource* with its own address and its references replaced by *names*."""

    def new(address: Address) -> Address:
        return names.get(address, address)

    name = new(resource.address).key
    match resource:
        case Binding():
            return _binding_under(resource, names)
        case Key():
            return replace(resource, owner=new(resource.owner))
        case Team():
            members = (replace(m, principal=new(m.principal)) for m in resource.members)
            return replace(resource, name=name, members=frozenset(members))
        case Role():
            base, implies = (
                frozenset(map(new, each)) for each in (resource.base, resource.implies)
            )
            return replace(resource, name=name.partition("/")[2], base=base, implies=implies)
        case Workspace():
            return replace(resource, handle=name)
        case ServiceAccount():
            return replace(resource, name=name)
        case User():
            return replace(resource, email=name) if resource.address in names else resource
        case ObjectAccess():
            moved = replace(resource, workspace=new(resource.workspace))
            return moved.with_principals(lambda listed: frozenset(map(new, listed)))
        case _ as never:
            assert_never(never)


def _binding_under(binding: Binding, names: Mapping[Address, Address]) -> Binding:
    principal, scope = (names.get(each, each) for each in (binding.principal, binding.scope))
    roles = (replace(h, role=names.get(h.role, h.role)) for h in binding.roles)
    return Binding(principal, scope, frozenset(roles))
