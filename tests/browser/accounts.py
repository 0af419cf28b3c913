"""Accounts to look at in a browser: a small one, a large one, one with hostile names."""

from __future__ import annotations

from rbac_sync.errors import Place
from rbac_sync.guard import Finding, examine
from rbac_sync.model import User
from rbac_sync.views.reports.html import render_report
from rbac_sync.views.run import Run
from tests.build import (
    bind,
    context,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)
from tests.views.scene import LIVE, SOURCES, saved, week

ROLES = ("viewer", "runner", "developer", "owner", "oncall", "release")
HOSTILE = "</script><img src=x onerror=alert(1)>\u202e\"'&{{ 7*7 }}"


def page(found, *findings, **more):
    """Return the page of a plan."""
    return render_report(Run((), {}, found, saved(found), context(found), findings, **more))


def small():
    """Return the page of a busy week in a small account."""
    return page(week())


def refused():
    """Return the page of a busy week that somebody may not apply."""
    found = week()
    asked = context(found, "bo")
    return render_report(Run((), SOURCES, found, saved(found), asked, examine(asked)))


def unchanged():
    """Return the page of a plan that changes nothing."""
    return page(plan(LIVE, LIVE))


def large(principals=500, workspaces=40):
    """Return the page of a plan for a large account: a twentieth of its cells change."""
    people = [f"person{n:03}" for n in range(principals - 35)]
    robots = [f"robot-{n:02}" for n in range(20)]
    teams = [f"team-{n:02}" for n in range(14)]
    handles = [f"workspace-{n:02}" for n in range(workspaces)]

    def account(shift):
        yield user("ana", "owner")
        yield from (user(p, "admin" if n % 60 == 7 else "member") for n, p in enumerate(people))
        yield from map(service_account, robots)
        yield from (team(t, *people[n * 9 : n * 9 + 30]) for n, t in enumerate(teams))
        yield role("oncall", "manage_access", base="runner")
        yield role("release", "write_flows", "see_flows")
        for n, handle in enumerate(handles):
            yield workspace(handle, default="viewer" if n % 4 == 0 else "")
            yield from (
                bind(p, handle, ROLES[(n + i // 7) % 6])
                for i, p in enumerate(people)
                if (i * 7 + n * 3 + shift * (i % 20 == 0) * (1 + i // 20 % 2)) % 5 == 0
            )
            yield from (bind(f"sa:{r}", handle, ROLES[i % 3]) for i, r in enumerate(robots))
            yield bind(f"team:{teams[n % len(teams)]}", handle, "runner")

    return page(plan(state(*account(0)), state(*account(1))))


def hostile():
    """Return the page of an account in which everything that people can name is hostile."""
    name = HOSTILE

    def account(*more):
        return state(
            user("ana", "owner"),
            [User(f"{name}@x.example")],
            bind(who(f"{name}@x.example"), None, "member"),
            service_account(name, "member", description=name),
            team(name, "ana", f"{name}@x.example", description=name),
            role(name, "see_flows", name, description=name),
            role("long" * 60, "see_flows"),
            workspace(name, name, name, description=name),
            workspace("w" * 250),
            user("p" * 250),
            bind(f"sa:{name}", name, "viewer"),
            *more,
        )

    finding = Finding("ESCALATION", who(name), name, name, place=Place(name))
    live, desired = account(), account(bind(f"team:{name}", name, "owner"))
    found = plan(live, desired, origin=lambda _: Place(name))
    return page(found, finding, objection=name)
