"""No name, description, reason or file can write anything but itself, in any view."""

from __future__ import annotations

import pytest

from rbac_sync.audit.chain import Flaw
from rbac_sync.audit.record import Authorship
from rbac_sync.audit.row_facts import Mismatch
from rbac_sync.audit.trail_check import TrailReport
from rbac_sync.errors import Diagnostic, Place
from rbac_sync.guard import Access, Finding
from rbac_sync.guard.effects import effects
from rbac_sync.model import Membership, Permission, Team, User
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change, Plan
from rbac_sync.views import (
    access,
    access_answers,
    audit,
    diagnostics,
    drift,
    findings,
    plan,
    plan_json,
    state,
)
from rbac_sync.views.run import Run
from rbac_sync.views.terminal import Layout
from tests.build import (
    CATALOGUE,
    NOW,
    because,
    bind,
    context,
    key,
    role,
    service_account,
    team,
    user,
    who,
    workspace,
)
from tests.build import plan as planned
from tests.build import state as account
from tests.views.scene import saved

NAMES = {
    "escape": "a\x1b[2J\x1b]0;owned\x07b",
    "control sequence introducer": "a\x9b31mb",
    "bidi": "a\u202eb\u2066c\u2069",
    "line ends": "a\nPlan: 0 to add, 0 to change, 0 to destroy.\r\x0b\x85\u2028b",
    "half a surrogate pair": "a\ud800b",
    "nothing to see": "a\u200b\u00ad\ufeff\U000e0041b",
}


def full(name):
    """Return an account in which everything that people can name is named *name*."""
    return account(
        user("ana", "owner"),
        [User(f"{name}@x.example")],
        bind(who(f"{name}@x.example"), None, "member"),
        service_account(name, "member", description=name),
        key(f"sa:{name}", name, "2027-01-01T00:00:00Z"),
        [
            Team(
                name,
                frozenset({Membership(who("ana"), parsed("2026-01-01T00:00:00Z"), reason=name)}),
                name,
                name,
            )
        ],
        role(name, name, "see_flows", description=name),
        workspace(name, name, name, description=name),
        bind(f"team:{name}", name, name, "viewer"),
        because(name, *bind(f"sa:{name}", name, "viewer")),
    )


def place(name):
    return Place(f"{name}.toml", 1, 2, 3)


def planned_both_ways(name):
    one, other = account(user("ana", "owner")), full(name)
    for before, after in ((one, other), (other, one)):
        yield planned(before, after, origin=lambda _: place(name))
        yield planned(before, after, origin=lambda _: place(name), manage={})
    ending = Change(team(name)[0], team(f"{name}{name}")[0])
    yield Plan(other, (ending,), waiting=(ending,), deferred=(ending,))


def plan_views(name):
    found = Finding("ESCALATION", who(name), name, name, None, (Permission(name),), place(name))
    sources = {f"{name}.toml": name}
    for each in planned_both_ways(name):
        meaning = effects(context(each))
        run = Run((), sources, each, saved(each), context(each), [found], known_effects=meaning)
        for colour in (False, True):
            yield plan.render_plan(run, Layout(colour=colour))
            yield plan.render_plan(run, Layout(colour=colour, full=False, width=80), NOW)
            yield plan.render_question(run, Layout(colour=colour, width=80))
            yield drift.render_drift(run, Layout(colour=colour))
        yield plan.render_changes(each.changes)
        yield plan_json.dumps(plan_json.plan(run))
        yield plan_json.dumps(drift.to_json(Run(plan=each, saved=saved(each))))
        rows = [
            (n, Authorship(who(name), name, name, who(name), name).record(change, NOW))
            for n, change in enumerate(each.changes)
        ]
        yield audit.render_log(rows)
        yield plan_json.dumps(audit.to_json(rows))
    yield findings.render_findings([found], sources)


def other_views(name):
    live = full(name)
    yield state.render_state(live, CATALOGUE)
    yield state.render_keys(live)
    yield plan_json.dumps([plan_json.state(live, CATALOGUE), plan_json.keys(live)])
    look = Access(live, CATALOGUE)
    scope = workspace(name)[0].address
    for principal in (who(f"{name}@x.example"), who(f"sa:{name}"), who(f"team:{name}"), who(name)):
        for answer in (
            access_answers.find_answer(look, principal, scope, Permission(name), NOW),
            access_answers.find_answer(look, principal, scope, Permission("write_flows"), NOW),
            access_answers.find_answer(look, principal, None, None, NOW),
        ):
            yield access.render_answer(answer)
            yield plan_json.dumps(access.to_json(answer))
    yield audit.render_verdict(TrailReport((Flaw(1, name),), (), (Mismatch(name, name, name),), 1))
    yield diagnostics.render_diagnostics(
        [Diagnostic("RS001", name, place(name), name, place(name), name, name)],
        {f"{name}.toml": name},
    )


@pytest.mark.parametrize("views", [plan_views, other_views])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_hostile_names_come_out_escaped(name, views):
    unseen = {c for c in name if not c.isprintable()} - {"\n"}
    for shown in views(name):
        text = shown
        for colour in ("\x1b[0m", "\x1b[1m", *(f"\x1b[{n}m" for n in (31, 32, 33, 34, 91, 97))):
            text = text.replace(colour, "")
        for style in ("\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m"):
            text = text.replace(style, "")
        assert not unseen & set(text)
        assert "Plan: 0 to add, 0 to change, 0 to destroy." not in text.split("\n")
