"""Declared people who are no members of the account, and the lines that name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..config import Sources
from ..config.known_files import MembersUnparsed
from ..config.mentions import lines_with, lines_without
from ..model import Address, Declaration, Kind, Manage, State, Subject, User, is_member
from ..planning import Plan
from ..planning.plan import Absence

if TYPE_CHECKING:
    from ..backends.interface import Session


def known_absences(
    session: Session, declaration: Declaration, live: State
) -> Mapping[Address, Absence]:
    """Return the absences of declared people who are no members, if all members were read.

    People who are renamed, or will be, are left out.
    """
    if Kind.USER in session.horizon().kinds or declaration.reach(Subject.MEMBERS) is Manage.NONE:
        return {}
    declared, changed = declaration.desired.of(User), declaration.changed_people
    people = frozenset(
        who
        for who in (declared if changed is None else filter(declared.get, changed))
        if not is_member(live.get(who))
        and not any(live.get(old) for old in declaration.former.get(who, ()))
    )
    return session.absences(people) if people else {}


def with_absentees(plan: Plan, sources: Sources) -> Plan:
    """Return *plan* with the lines about people who have left or have a new address.

    Raises:
        MembersUnparsed: there are such people, and the files that list them were not parsed.
    """
    left = {who.key for who, absence in plan.absent.items() if absence.has_left}
    new = {who: absence.now for who, absence in plan.absent.items() if absence.now is not None}
    if not left and not new:
        return plan
    if sources.known.people is not None:
        raise MembersUnparsed("the lines of members are needed", hint="read everything")
    write = {who: lines_with(sources, who.key, now.key) for who, now in new.items()}
    return replace(plan, take_out=lines_without(sources, left), write=write)
