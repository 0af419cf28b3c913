"""A state that is read in parts, beside the same state read whole."""

from __future__ import annotations

from random import Random

import pytest

from rbac_sync.backends.store import partial_state
from rbac_sync.guard import Access, Entrance, GuardContext, examine
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Binding,
    Key,
    Kind,
    Level,
    Membership,
    Permission,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.resources import role
from rbac_sync.planning import Change, Plan, make
from rbac_sync.planning.target_form import normal
from rbac_sync.views.access_answers import find_answer, find_holders
from rbac_sync.views.reports.graph import state_edges

from ...growth import FEW, TIMES, calls, too_large
from .stores import OWNER, founded, made

PEOPLE = [User(f"p{n}@example.org") for n in range(4)]
BOTS = [ServiceAccount(name) for name in ("ci", "etl")]
SPACES = [Workspace(name, name.title()) for name in ("prod", "test", "dev")]
OPS = Team("ops", frozenset(Membership(who.address) for who in (*PEOPLE[:2], BOTS[0])))
DATA = Team("data", frozenset(Membership(who.address) for who in (PEOPLE[2], *BOTS)))
CUSTOM = Role(Level.WORKSPACE, "deployer", frozenset({Permission("run_deployments")}))
KEYS = [Key(BOTS[0].address, "main"), Key(PEOPLE[0].address, "mine")]
THINGS = [*PEOPLE, *BOTS, *SPACES, OPS, DATA, CUSTOM, *KEYS]
HERE = [CUSTOM.address, *(role(Level.WORKSPACE, name) for name in ("viewer", "developer"))]
ABOVE = [role(Level.ACCOUNT, name) for name in ("member", "admin", "owner")]
NOTHING = [ACCOUNT, EVERYONE, *(Address(Kind.KEY, key) for key in ("", "x", "x.y/key/z"))]
LIMITS = [(500, 4), (60, 1), (0, 4)]
"""How many queries read parts, and how many scopes of a principal are read one by one."""
HOLDERS = [*(thing.address for thing in (*PEOPLE, *BOTS, OPS, DATA)), EVERYONE]


def binding(random: Random) -> Binding:
    """Return something that somebody may hold."""
    if random.random() < 0.25:
        who = random.choice([*PEOPLE, *BOTS]).address
        return Binding(who, ACCOUNT, held(random.choice(ABOVE)))
    space = random.choice(SPACES).address
    return Binding(random.choice(HOLDERS), space, held(random.choice(HERE)))


def filled(backend, random: Random) -> None:
    """Put things into an account, and let some hold something."""
    members = {who.address: Binding(who.address, ACCOUNT, held(ABOVE[0])) for who in PEOPLE + BOTS}
    changes = [
        Change(None, thing, brings=(members[thing.address],) if thing.address in members else ())
        for thing in THINGS
    ]
    held_here = {b.address: b for b in (binding(random) for _ in range(12)) if b.scope != ACCOUNT}
    made(backend, *changes, *(Change(None, each) for each in held_here.values()))


def change(random: Random, state) -> Change:
    """Return a change that somebody may ask for, sound or not."""
    thing = random.choice([*THINGS, *(binding(random) for _ in range(2 * len(THINGS)))])
    before = state.find(thing)
    after = random.choice([thing, None]) if before else thing
    if isinstance(before, User):
        after = random.choice([None, User(before.email, Status.SUSPENDED), User("new@example.org")])
    if isinstance(before, Workspace):
        after = random.choice([None, Workspace("live", before.name), Workspace(before.handle, "X")])
    if isinstance(before, Role):
        more = frozenset({Permission("see_flows"), *before.permissions})
        after = random.choice([None, Role(Level.WORKSPACE, "renamed", before.permissions)])
        after = random.choice([after, Role(Level.WORKSPACE, before.name, more)])
    if isinstance(before, Team):
        after = random.choice([None, Team("renamed", before.members), Team(before.name)])
    return Change(before, after) if before or after else change(random, state)


def answers(state) -> dict[str, object]:
    """Return what a state says to everything that it can be asked about parts of it."""
    roles = [*HERE, *ABOVE, role(Level.WORKSPACE, "renamed")]
    scopes = [ACCOUNT, *(space.address for space in SPACES), Workspace("live", "").address]
    holders = [*HOLDERS, User("new@example.org").address, Team("renamed").address, OWNER.address]
    return {
        "things": {a: state.get(a) for a in (*(thing.address for thing in THINGS), *NOTHING)},
        "held": {(who, at): state.holdings(who, at) for who in holders for at in scopes},
        "scopes": {who: state.scopes_of(who) for who in holders},
        "bindings": {who: list(state.bindings_of(who)) for who in holders},
        "with": {each: {b.address: b for b in state.bindings_with(each)} for each in roles},
        "holders": {(r, at): sorted(state.holders(r, at)) for r in roles for at in scopes},
        "places": {who: dict(state.memberships_of(who)) for who in holders},
        "keys": {who: {key.address: key for key in state.keys_of(who)} for who in holders},
        "rows": {at: dict(state.row(at)) for at in scopes},
    }


@pytest.mark.parametrize(
    "seed", [0, 1, 2, *(pytest.param(n, marks=pytest.mark.long) for n in range(3, 30))]
)
def test_a_state_read_in_parts_is_judged_and_changed_like_one_that_is_read_whole(
    store_url, monkeypatch, seed
):
    random = Random(seed)
    many, few = LIMITS[seed % len(LIMITS)]
    monkeypatch.setattr(partial_state, "MANY", many)
    monkeypatch.setattr(partial_state, "MOST_SINGLE", few)
    backend = founded(store_url)
    filled(backend, random)
    for _ in range(5):
        with backend.open() as session:
            whole, part = session.read(), session.state()
            asked = change(random, whole)
            applier = random.choice([OWNER.address, PEOPLE[0].address, BOTS[0].address])
            part.expect([thing.address for thing in random.sample(THINGS, 4)])
            judged = []
            for live in (part, whole):
                state = normal(live, session.catalogue)
                plan = Plan(state, (asked,))
                context = GuardContext(plan, session.catalogue, applier, session.now())
                judged.append([examine(context, entrance) for entrance in Entrance])
            assert judged[0] == judged[1]
            drafts = [state.draft() for state in (session.state(lambda: whole), whole)]  # noqa: B023
            edits = [change(random, whole) for _ in range(3)]
            for draft in drafts:
                for each in edits:
                    if each.before is None or draft.find(each.before):
                        make(draft, each)
            assert answers(drafts[0]) == answers(drafts[1])
            assert drafts[0] == drafts[1]
            assert answers(session.state()) == answers(whole)
            expecting = session.state()
            expecting.expect([thing.address for thing in THINGS])
            assert answers(expecting) == answers(whole)


@pytest.mark.parametrize(
    "many", [pytest.param(n, marks=() if n % 4 == 0 else pytest.mark.long) for n in range(9)]
)
def test_wherever_the_rest_is_read_at_once_nothing_that_is_held_is_missed(
    store_url, monkeypatch, many
):
    monkeypatch.setattr(partial_state, "MANY", many)
    backend, who = founded(store_url), PEOPLE[0].address
    spaces = [Workspace(f"w{n}") for n in range(8)]
    bound = [Binding(who, space.address, held(HERE[1])) for space in spaces]
    arrival = Change(None, PEOPLE[0], brings=(Binding(who, ACCOUNT, held(ABOVE[0])),))
    made(backend, arrival, *(Change(None, each) for each in (*spaces, *bound)))

    with backend.open() as session:
        part = session.state()
        assert [part.holdings(who, space.address) for space in spaces] == [held(HERE[1])] * 8


def test_a_service_account_costs_no_more_than_its_number_of_keys(tmp_path):
    costs = []
    for n in (FEW, FEW * TIMES):
        backend, bot = founded(f"sqlite:///{tmp_path}/{n}.db"), BOTS[0]
        member = Binding(bot.address, ACCOUNT, held(ABOVE[0]))
        keys = [Key(bot.address, f"k{i}") for i in range(n)]
        made(backend, Change(None, bot, brings=(member,)), *(Change(None, key) for key in keys))
        changes = {"delete": Change(bot, None), "rename": Change(bot, ServiceAccount("built"))}
        with backend.open() as session:
            drafts = {name: session.state().draft() for name in changes}
            costs.append({of: calls(lambda of=of: make(drafts[of], changes[of])) for of in changes})  # noqa: B023
            left = {of: len(drafts[of].of(Key)) for of in changes}
        assert left == {"delete": 1, "rename": n + 1}  # one is the owner's

    assert too_large(*costs) == {}


def told(session, state):
    """Return who may do what where, and by which paths, by a state of *session*."""
    access, now = Access(state, session.catalogue), session.now()
    permissions = [Permission(each) for each in ("see_flows", "run_deployments")]
    asked = [(space.address, each) for space in SPACES for each in permissions]
    asked.append((ACCOUNT, Permission("manage_members")))
    found = {at: find_holders(access, *at, now) for at in asked}
    return (
        {at: [(each.principal, each.paths) for each in them] for at, them in found.items()},
        [find_answer(access, who, None, None, now).paths for who in HOLDERS],
        {space: state_edges(state, space.address) for space in SPACES},
        dict(state.of(Key)),
    )


@pytest.mark.parametrize(("many", "single"), LIMITS)
@pytest.mark.parametrize("seed", range(4))
def test_answers_from_parts_equal_those_from_everything(store_url, monkeypatch, many, single, seed):
    monkeypatch.setattr(partial_state, "MANY", many)
    monkeypatch.setattr(partial_state, "MOST_SINGLE", single)
    backend, random = founded(store_url), Random(seed)
    filled(backend, random)

    with backend.open() as session:
        assert told(session, session.state()) == told(session, session.read())


def test_a_question_about_one_workspace_costs_no_more_than_who_is_there(tmp_path):
    costs = []
    for n in (FEW, FEW * TIMES):
        backend = founded(f"sqlite:///{tmp_path}/{n}.db")
        people = [User(f"p{i}@example.org") for i in range(n)]
        spaces = [Workspace(f"w{i}") for i in range(n)]
        made(
            backend,
            *(
                Change(None, who, brings=(Binding(who.address, ACCOUNT, held(ABOVE[0])),))
                for who in people
            ),
            *(Change(None, space) for space in spaces),
            *(
                Change(None, Binding(people[(i + k) % n].address, space.address, held(HERE[1])))
                for i, space in enumerate(spaces)
                for k in range(3)
            ),
        )
        with backend.open() as session:
            where, now, see = spaces[0].address, session.now(), Permission("see_flows")

            def access(session=session):
                return Access(session.state(), session.catalogue)

            questions = {
                "who can": lambda: find_holders(access(), where, see, now),  # noqa: B023
                "can": lambda: find_answer(access(), people[0].address, where, see, now),  # noqa: B023
                "explain": lambda: find_answer(access(), people[0].address, None, None, now),  # noqa: B023
                "graph": lambda: state_edges(session.state(), where),  # noqa: B023
                "keys": lambda: list(session.state().of(Key)),
            }
            costs.append({name: calls(ask) for name, ask in questions.items()})
            assert len(questions["who can"]()) == 4  # three and the owner

    few, many = costs
    assert {each: (few[each], many[each]) for each in few if many[each] > 1.3 * few[each]} == {}
