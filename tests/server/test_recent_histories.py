"""What is judged by the few rows that are read is judged as by the whole record of the hour."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbac_sync.audit.record import Authorship
from rbac_sync.audit.replay import is_change, recorded_change
from rbac_sync.backends.store.backend import StoreBackend
from rbac_sync.guard import GuardContext
from rbac_sync.guard.rules.threshold import threshold
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Level,
    Limit,
    Membership,
    Permission,
    Policy,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.planning import Change, Plan, make
from rbac_sync.server.recent_removals import LastHour
from tests.new_store import begin

from ..build import plan
from ..planning.worlds import CLOUD, OWNER, STATES, account_role, accounts, workspace_role
from ..recorded import Recorded
from .serving import age

NUMBERS = count()
STRICT = Policy(
    max_deletes=0,
    max_removal_fraction=0.0,
    removal_min_existing=1,
    max_losers=Limit(0, 0.0),
    max_gainers=Limit(0, 0.0),
)
"""A policy under which each sort of things that is taken is named, with all numbers."""

SEES = Permission("see_flows")
NAMES = ["one", "two", "ci", "data", "prod"]
NAMED = (ServiceAccount, Team, Workspace, User)


def renamed(draw, state):
    """Return a rename of something in *state* to a name that is free, or nothing."""
    things = sorted(r.address for r in state.resources() if isinstance(r, NAMED))
    before = state.get(draw(st.sampled_from(things)))
    name = draw(st.sampled_from(NAMES))
    match before:
        case Workspace():
            after = replace(before, handle=name)
        case User():
            after = replace(before, email=f"{name}@example.org")
        case _:
            after = replace(before, name=name)
    if state.get(after.address) or before.address == OWNER.address:
        return []
    return [Change(before, after)]


def invited(draw, state):
    """Return an invitation, which joins the teams there are; it may replace one."""
    who = User(f"{draw(st.sampled_from(NAMES))}@example.org", Status.PENDING)
    there = state.get(who.address)
    if there and there.status is not Status.PENDING:
        return []
    brings = [Binding(who.address, ACCOUNT, held(account_role("member")))]
    brings += [
        Binding(who.address, space, held(workspace_role("viewer")))
        for space in sorted(state.of(Workspace))
        if draw(st.booleans())
    ]
    joins = tuple(each for each in sorted(state.of(Team)) if draw(st.booleans()))
    return [Change(there, who, tuple(brings), joins)]


def granted(draw, state):
    """Return a new role, a new team, or another role in a workspace, if there is one."""
    match draw(st.sampled_from(["role", "team", "binding"])):
        case "role":
            new = Role(Level.WORKSPACE, draw(st.sampled_from(NAMES)), frozenset({SEES}))
        case "team":
            people = sorted({*state.of(User), *state.of(ServiceAccount)})
            chosen = frozenset(Membership(who) for who in people if draw(st.booleans()))
            new = Team(draw(st.sampled_from(NAMES)), chosen)
        case _:
            who = draw(st.sampled_from(sorted({*state.of(User), *state.of(Team)})))
            spaces = sorted(state.of(Workspace))
            if not spaces:
                return []
            at, name = draw(st.sampled_from(spaces)), draw(st.sampled_from(["viewer", "runner"]))
            there = state.holdings(who, at)
            new = Binding(who, at, there | held(workspace_role(name)))
    before = state.find(new)
    return [] if before == new else [Change(before, new)]


def gone(draw, state):
    """Return what takes one thing, or a part of one."""
    changes = sorted(taken(state), key=str)
    return [draw(st.sampled_from(changes))] if changes else []


def towards(draw, state):
    """Return changes towards another account."""
    return list(plan(state, draw(accounts())).changes)


def taken(state):
    """Yield each change of *state* that takes one thing, or a part of one."""
    used = {h.role for each in state.bindings() for h in each.roles}
    used |= {ref for each in state.of(Role).values() for ref in each.references}
    for each in (*state.resources(), *state.bindings()):
        is_fixed = each.address in used or getattr(each, "builtin", False)
        if not is_fixed and OWNER.address not in (each.address, *each.references):
            yield Change(each, None)
        if isinstance(each, Team) and each.members:
            yield Change(each, replace(each, members=less(each.members)))
        if isinstance(each, Role) and each.permissions and not each.builtin:
            yield Change(each, replace(each, permissions=frozenset()))
        if isinstance(each, Binding) and len(each.roles) > 1:
            yield Change(each, replace(each, roles=less(each.roles)))


def less(parts):
    return frozenset(sorted(parts, key=str)[1:])


WAYS = [renamed, renamed, invited, invited, granted, granted, granted, gone, gone, towards]


def found(live, change, session, recent):
    """Return what the rule says of *change*."""
    asked = GuardContext(
        Plan(live, (change,)), CLOUD, OWNER.address, session.now(), STRICT, recent=recent
    )
    return [(f.message, f.hint) for f in threshold(asked)]


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_few_rows_say_what_the_whole_record_says(store_url, data):
    handle = f"a{next(NUMBERS)}"
    key = begin(store_url, handle, "prefect-cloud", OWNER.email)
    backend, by = StoreBackend(store_url, handle, key), Authorship(OWNER.address, "run")

    def first(writer):
        for change in plan(writer.read(), data.draw(STATES)).changes:
            writer.make(change)
        age(writer)

    def later(writer):
        draft = writer.read().draft()
        for way in data.draw(
            st.lists(st.sampled_from([renamed, invited, gone, towards]), max_size=8)
        ):
            for change in way(data.draw, draft):
                writer.make(change)
                writer.record(by.record(change, writer.now()))
                make(draft, change)

    backend.transact(f"{handle}-first", first)
    backend.transact(f"{handle}-later", later)
    with backend.open() as session:
        live, records = session.read(), [link.record for link in session.trail.links()]
        whole = Recorded([recorded_change(each) for each in records if is_change(each)], live)
        for change in taken(live):
            few = LastHour(session, session.now())
            assert found(session.state(), change, session, few) == found(
                live, change, session, whole
            )
