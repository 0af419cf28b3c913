"""Guard cases as raw requests: the server says what the guard says, with the case's policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import account as account_module
from rbac_sync.backends.store import clock, founding
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.catalogues import catalogue as known_catalogue
from rbac_sync.guard import Entrance, GuardContext, examine
from rbac_sync.model import Key, Kind, Policy, State, User
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change, Plan, make
from rbac_sync.server import auth
from rbac_sync.server.guarded_store import GuardedStore
from tests.cases import model
from tests.new_store import begin

from ..originals import CASES
from ..patience import LONGEST
from ..recorded import Recorded
from .case_requests import Inexpressible, Requests
from .serving import age, serving

OWN = Path(model.__file__).parent
FILES = tuple(path for path in (OWN / "guard.json", CASES) if path.exists())
FOUNDER = User("founder@nowhere.example")


def cases():
    models = json.loads((OWN / "models.json").read_text())
    for path in FILES:
        content = {**models, **json.loads(path.read_text())}
        for case in content["guard_cases"]:
            yield pytest.param(case, content, id=case["id"])


@dataclass
class Running:
    """One server for all cases; each has a guarded store of its own."""

    folder: Path
    guarded: GuardedStore
    root: str
    client: httpx.Client
    number: int = 0

    def store(self) -> str:
        """Return the url of a new store."""
        self.number += 1
        return _url(self.folder, self.number)


def _url(folder: Path, number: int) -> str:
    return f"sqlite:///{folder / str(number)}.db"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The server of all cases."""
    folder = tmp_path_factory.mktemp("cases")
    guarded = GuardedStore(Accounts(_url(folder, 0)))
    with serving(guarded) as root, httpx.Client(timeout=LONGEST, verify=False) as client:
        yield Running(folder, guarded, root, client)


@pytest.fixture
def worlds(monkeypatch):
    """Lets the store know the worlds of the case file, and the time that a case plays at."""
    made = {}

    def enter(world, now):
        made[world.world] = world
        monkeypatch.setattr(auth, "WORLD", world.world)
        for module in (account_module, founding):
            monkeypatch.setattr(module, "catalogue", lambda n: made.get(n) or known_catalogue(n))
        monkeypatch.setattr(clock, "time_of", lambda _: now)

    return enter


def seeded(state: State, applier):
    """Yield the changes that make *state* from an account with its founder.

    A case in which nobody has a key plays where everybody has one.
    """
    yield from (Change(None, r) for r in state.resources() if not getattr(r, "builtin", False))
    yield from (Change(None, binding) for binding in state.bindings())
    people = state.of(User).keys()
    if people.isdisjoint(key.owner for key in state.of(Key).values()):
        yield from (Change(None, Key(person, "case")) for person in people)
    if applier.kind is Kind.SERVICE_ACCOUNT and state.knows(applier):
        yield Change(None, Key(applier, "case"))
    yield Change(FOUNDER, None)


class Scene:
    """An account that is as a case says, and its applier at the door of the server."""

    def __init__(self, case, content, running, worlds) -> None:
        self.case = case
        models = {each["name"]: each for each in content["permission_models"]}
        self.world = model.catalogue(models[case["model"]])
        self.now = parsed(case["now"])
        worlds(self.world, self.now)
        self.cast = model.Cast(case["live"], self.world)
        self.applier = self.cast.principal(case["applier"])
        rules = {**content["policy_defaults"], **(case.get("policy") or {})}
        self.policy: Policy = model.policy(rules, self.world)
        self.url, self.running = running.store(), running
        begin(self.url, "acme", self.world.world, FOUNDER.email)
        running.guarded.__init__(Accounts(self.url), {self.world.world: self.policy})
        self.backend = running.guarded.service.backend("acme", None)
        self.key = self._seed()

    def _seed(self) -> str:
        secrets = {}

        def work(writer):
            for change in seeded(self.cast.state(), self.applier):
                secrets.update(writer.make(change))
            age(writer)
            by = Authorship(None, "seed")  # the trail has the founder
            writer.record(by.record(Change(FOUNDER, None), writer.now()))

        self.backend.transact("seed", work)
        mine = (secrets[name] for name in secrets if name.startswith(f"{self.applier}/key/"))
        return next(mine, "pnu_nobody")

    @contextmanager
    def requests(self) -> Iterator[Requests]:
        with self.backend.open() as session:
            view = SimpleNamespace(state=session.read(), register=session.register())
            yield Requests(self.cast, view, self.now)

    def asked(self, operation):
        """Return the request that *operation* is, or what it asks that the API has no words for."""
        with self.requests() as requests:
            try:
                return requests.of(operation), ""
            except Inexpressible as missing:
                return None, str(missing)

    def said(self, request) -> tuple[str, object]:
        """Send *request*; return "accept" or "reject", and the words of the answer."""
        method, path, body = request
        sent = {} if body is None else {"json": body}
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = self.running.client.request(
            method, self.running.root + path, headers=headers, **sent
        )
        assert answer.status_code < 500
        return ("accept" if answer.is_success else "reject"), (answer.status_code, answer.text)

    def judged(self, change, state, done) -> set[str]:
        """Return the rules of the server that *change* breaks in *state*, after those *done*."""

        plan, recent = Plan(state, (change,)), Recorded(done, state)
        context = GuardContext(plan, self.world, self.applier, self.now, self.policy, recent=recent)
        return {f.rule for f in examine(context, Entrance.SERVER_WITH_POLICY)}

    def play(self, beyond_the_api=()) -> None:
        """Ask for all that the case asks, as far as the API has words: the server says the same."""
        operations = self.case["change"]
        state = self.cast.state().draft()
        changes = self.cast.changes(operations, self.cast.state())
        done = []
        for operation, change in zip(operations, changes, strict=True):
            wanted = "reject" if self.judged(change, state, done) else "accept"
            if len(changes) == 1:
                assert wanted == self.case["verdict"]
            request, beyond = self.asked(operation)
            if beyond:
                assert beyond in beyond_the_api
                return
            said, answer = self.said(request)
            assert said == wanted, (self.case["reason"], operation, answer)
            if wanted == "accept":
                make(state, change)
                done.append(change)


BEYOND_THE_API = {
    "no account role at all",
    "the end of a role held",
    "the end of an invitation",
    "an invitation without an end",
    "an invitation without an account role",
    "teams of an invitation",
    "workspace_roles of an invitation",
    "a new account role",
    "a team in a team",
    "whether a workspace is public",
    "an access row that is not there",
}
"""What cases ask and REST has no words for; such a case ends there."""


@pytest.mark.parametrize(("case", "content"), list(cases()))
def test_the_server_says_what_the_case_says(case, content, running, worlds):
    Scene(case, content, running, worlds).play(BEYOND_THE_API)
