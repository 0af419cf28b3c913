"""Two who write at once, as commands and through `serve`: whoever is first wins wholly.

What holds after each round: there is an owner; what was acknowledged is there
and nothing else is; the exit code is one of the table. The chain is verified
every so many rounds and at the end, against what is live.

``RBAC_SYNC_TEST_ROUNDS`` sets how many rounds the tests marked ``long`` run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rbac_sync.model import Key, Team
from rbac_sync.model import address as named
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import decoded

from ..backends.store.children import race
from ..pipeline.company import Company
from ..pipeline.test_races import crown, owners
from .rivals import Command, Requests
from .served import serving

USUAL, MANY = 3, int(os.environ.get("RBAC_SYNC_TEST_ROUNDS", "200"))
LONG = pytest.param(MANY, id="long", marks=[pytest.mark.long, pytest.mark.timeout(0)])
ROUNDS = pytest.mark.parametrize("rounds", [pytest.param(USUAL, id="some"), LONG])
EVERY = 25
"""After so many rounds the chain is verified, and what is live with it."""

REFUSED, STALE, CREDENTIALS = 3, 5, 4
BUSY = 503


class Field:
    """A company, the folders of those who race on it, and what they race with."""

    def __init__(self, company: Company, folder: Path) -> None:
        self.company, self.folder = company, folder

    def side(self, name: str, *edits: tuple[str, str]) -> Company:
        """Return a copy of the configuration, edited, in a folder of its own."""
        made = Company(self.company.url, self.folder / name)
        made.keys = self.company.keys
        made.edit(*edits)
        return made

    def command(self, who: str, side: Company, *words: str) -> Command:
        """Return the move of somebody who runs a command on a configuration."""
        key = self.folder / f"{who}.key"
        key.write_text(self.company.key(who))
        options = ("--config", str(side.folder), "--url", self.company.url)
        return Command(key, (*words, *options))

    def requests(self, who: str, root: str) -> Requests:
        """Return the move of somebody who asks a server."""
        return Requests(self.company.key(who), root, self.folder / f"{who}.requests")

    def race(self, moves: tuple, rounds: int, prepare: Callable, check: Callable) -> None:
        """Let *moves* race, with the invariants that hold of every race."""

        def checked(number: int, ends: list) -> None:
            assert owners(self.company)
            check(number, ends)
            if number % EVERY == 0:
                self.company.verify()

        race(self.company.url, moves, rounds, prepare, checked)
        self.company.verify()


@pytest.fixture
def field(store_url, tmp_path):
    company = Company(store_url, tmp_path / "acme").begin()
    for name in ("olivia", "otto", "dee"):
        company.key(name)
    return Field(company, tmp_path)


@pytest.fixture
def served(field):
    """The same company, and one server over it."""
    with serving(field.company.url, field.folder / "serve.log") as server:
        yield server
        assert server.errors() == []


@pytest.fixture
def other(field):
    """A second server over the same store."""
    with serving(field.company.url, field.folder / "other.log") as server:
        yield server
        assert server.errors() == []


def both_own(field):
    crown(field.company, "olivia")
    crown(field.company, "otto")


def demotion(account, victim: str) -> tuple[str, str, object]:
    """Return the request that makes an owner an administrator."""
    member = account.member(f"{victim}@acme.example")["id"]
    body = {"account_role_id": account.account_role("Admin")}
    return "PATCH", f"{account.path}/account_memberships/{member}", body


def only(field, winner: str) -> bool:
    return owners(field.company) == {winner}


# The last owner.

SEATS = ('owner  = ["olivia", "otto"]\nadmin  = ["dee"]', 'owner  = ["{}"]\nadmin  = ["dee", "{}"]')
"""Where it stands who owns the account, and how it stands once there is one owner."""


@ROUNDS
def test_of_two_owners_who_demote_each_other_by_apply_one_stays(field, rounds):
    sides = {
        name: field.side(name, (SEATS[0], SEATS[1].format(name, other)))
        for name, other in (("olivia", "otto"), ("otto", "olivia"))
    }
    moves = tuple(field.command(*each, "apply", "--auto-approve") for each in sides.items())

    def check(_, codes):
        assert sorted(codes) in ([0, REFUSED], [0, STALE])
        assert only(field, "olivia" if codes[0] == 0 else "otto")

    field.race(moves, rounds, lambda _: both_own(field), check)


@ROUNDS
def test_of_an_owner_who_applies_and_one_who_asks_the_server_one_stays(field, served, rounds):
    side = field.side("olivia", (SEATS[0], SEATS[1].format("olivia", "otto")))
    applies = field.command("olivia", side, "apply", "--auto-approve")
    asks = field.requests("otto", served.root)

    def prepare(_):
        both_own(field)
        asks.write(demotion(account, "olivia"))

    def check(_, ends):
        code, (status,) = ends
        if code == 0:
            assert status in (401, 403, 404, BUSY)
            assert only(field, "olivia")
        else:
            assert (code in (REFUSED, STALE), status) == (True, 204)
            assert only(field, "otto")

    with served.account(field.company.key("otto")) as account:
        field.race((applies, asks), rounds, prepare, check)


@ROUNDS
def test_of_two_owners_who_ask_two_servers_one_stays(field, served, other, rounds):
    moves = field.requests("olivia", served.root), field.requests("otto", other.root)

    def prepare(_):
        both_own(field)
        moves[0].write(demotion(account, "otto"))
        moves[1].write(demotion(account, "olivia"))

    def check(_, ends):
        statuses = [status for (status,) in ends]
        assert statuses.count(204) == 1
        assert set(statuses) <= {204, 401, 403, 404, BUSY}
        assert only(field, "olivia" if statuses[0] == 204 else "otto")

    with served.account(field.company.key("dee")) as account:
        field.race(moves, rounds, prepare, check)


# Two applies.


@ROUNDS
def test_of_two_saved_plans_that_contradict_each_other_one_is_made(field, rounds):
    sides = {
        "olivia": field.side(
            "olivia",
            ('viewer  = ["bo"]', 'runner  = ["bo", "pia"]'),
            ('members = ["bo"]', 'members = ["bo", "pia"]'),
            ('permissions = ["see_flows"]', 'permissions = ["see_flows", "see_blocks"]'),
        ),
        "otto": field.side(
            "otto",
            ('viewer  = ["bo"]', 'developer = ["bo", "pia"]'),
            ('members = ["bo"]', 'members = ["lee"]'),
            ('permissions = ["see_flows"]', 'permissions = ["see_flows", "run_flows"]'),
        ),
    }
    plans = {name: side.folder / "saved.plan" for name, side in sides.items()}
    moves = tuple(field.command(*each, "apply", str(plans[each[0]])) for each in sides.items())
    rows = []

    def prepare(_):
        field.company.sync()
        for name, side in sides.items():
            plans[name].write_bytes(side.plan(name).encoded())
        rows[:] = [len(field.company.trail())]

    def check(_, codes):
        assert sorted(codes) == [0, STALE]
        winner, loser = sides.values() if codes[0] == 0 else reversed(sides.values())
        assert winner.outstanding() == ()
        assert len(loser.outstanding()) >= 4
        made = decoded(winner.folder.joinpath("saved.plan").read_bytes())
        assert len(field.company.trail()) - rows[0] == len(made.changes)

    field.race(moves, rounds, prepare, check)


@ROUNDS
def test_one_saved_plan_that_two_apply_is_made_once(field, rounds):
    side = field.side("olivia", ('viewer  = ["bo"]', 'runner  = ["bo", "pia"]'))
    plan, rows = side.folder / "saved.plan", []
    moves = tuple(field.command(who, side, "apply", str(plan)) for who in ("olivia", "otto"))

    def prepare(_):
        field.company.sync()
        plan.write_bytes(side.plan().encoded())
        rows[:] = [len(field.company.trail())]

    def check(_, codes):
        assert sorted(codes) in ([0, 0], [0, STALE])
        assert side.outstanding() == ()
        assert len(field.company.trail()) - rows[0] == 2

    field.race(moves, rounds, prepare, check)


# An apply, and writes through a server.

DECLARED = tuple(
    (f'{kind}= "all"', f'{kind}= "declared"') for kind in ("service_accounts ", "teams            ")
)


def listed(account, kind: str, name: str) -> list[dict]:
    """Return what a server lists by a name."""
    filtered = {"bots": "service_accounts"}.get(kind, kind)
    return account.post(f"/{kind}/filter", {filtered: {"name": {"any_": [name]}}})


def team(company, name: str) -> Team | None:
    found = company.state.get(named.team(name))
    return found if isinstance(found, Team) else None


@ROUNDS
def test_an_apply_and_a_server_lose_nothing_of_each_other(field, served, rounds):
    """Both also change one team: the apply its members, the server its description."""
    side = field.side("olivia", *DECLARED)
    plain = side.file.read_text()
    applies = field.command("olivia", side, "apply", "--auto-approve")
    asks = field.requests("dee", served.root)

    def prepare(number):
        members = ('["bo", "pia"]', '["bo"]')[number % 2]
        side.write(plain.replace('members = ["bo"]', f"members = {members}"))
        side.edit(('name         = "Production"', f'name         = "Production {number}"'))
        data = listed(account, "teams", "data")[0]["id"]
        body = {"name": "data", "description": f"round {number}"}
        asks.write(
            ("POST", f"{account.path}/teams/", {"name": f"team {number}"}),
            ("PUT", f"{account.path}/teams/{data}", body),
            ("POST", f"{account.path}/teams/", {"name": f"later {number}"}),
        )

    def check(number, ends):
        code, statuses = ends
        assert code in (0, STALE)
        assert set(statuses) <= {200, 201, BUSY}
        assert (side.outstanding() == ()) == (code == 0)
        assert bool(team(side, f"team {number}")) == (statuses[0] == 201)
        assert bool(team(side, f"later {number}")) == (statuses[2] == 201)
        is_described = team(side, "data").description == f"round {number}"
        assert is_described == (statuses[1] == 200)

    with served.account(field.company.key("dee")) as account:
        field.race((applies, asks), rounds, prepare, check)


# A key that is revoked while it applies.


@ROUNDS
def test_a_key_that_is_revoked_while_it_applies_does_nothing_afterwards(field, rounds):
    side = field.side("dee")
    plain, dee = side.file.read_text(), named.user("dee@acme.example")
    applies = field.command("dee", side, "apply", "--auto-approve")
    revokes = field.command("olivia", side, "store", "key", "revoke", dee.key, "night-#")
    rows = []

    def prepare(number):
        secrets = field.company.force(Change(None, Key(dee, f"night-{number}")))
        applies.key.write_text(next(iter(secrets.values())))
        side.write(plain)
        side.edit(
            ('name         = "Production"', f'name         = "Production {number}"'),
            ('name         = "Test"', f'name         = "Test {number}"'),
        )
        rows[:] = [len(field.company.trail())]

    def check(number, codes):
        code, revoked = codes
        assert (code in (0, CREDENTIALS, STALE), revoked) == (True, 0)
        made = [record.applier for record in field.company.trail()[rows[0] :]]
        assert made == [dee.key] * 2 * (code == 0) + ["olivia@acme.example"]
        assert (side.outstanding() == ()) == (code == 0)

    field.race((applies, revokes), rounds, prepare, check)


# Two servers on one store.


@ROUNDS
def test_two_servers_on_one_store_keep_and_show_what_either_acknowledged(
    field, served, other, rounds
):
    moves = field.requests("dee", served.root), field.requests("otto", other.root)

    def prepare(number):
        data = listed(one, "teams", "data")[0]["id"]
        for move, name in zip(moves, ("one", "two"), strict=True):
            body = {"name": "data", "description": f"{name} {number}"}
            move.write(
                ("POST", f"{one.path}/teams/", {"name": f"{name} {number}"}),
                ("POST", f"{one.path}/bots/", {"name": f"both-{number}"}),
                ("PUT", f"{one.path}/teams/{data}", body),
                ("POST", f"{one.path}/bots/", {"name": f"{name}-{number}"}),
            )

    def check(number, ends):
        first, second = ends
        assert {*first, *second} <= {200, 201, 409, BUSY}
        assert [first[1], second[1]].count(201) <= 1
        bots = {
            "one": first[3] == 201,
            "two": second[3] == 201,
            "both": 201 in (first[1], second[1]),
        }
        teams = {"one": first[0] == 201, "two": second[0] == 201}
        for account in (one, two):
            for name, there in bots.items():
                assert len(listed(account, "bots", f"{name}-{number}")) == there
            for name, there in teams.items():
                assert len(listed(account, "teams", f"{name} {number}")) == there
        written = {f"{n} {number}" for n, end in zip(teams, ends, strict=True) if end[2] == 200}
        assert not written or team(field.company, "data").description in written

    with (
        served.account(field.company.key("olivia")) as one,
        other.account(field.company.key("olivia")) as two,
    ):
        field.race(moves, rounds, prepare, check)
