"""Every statement of the two input documents, shown by a command on a real store."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rbac_sync import pipeline
from rbac_sync.backends import store
from rbac_sync.backends.store.features import FEATURES
from rbac_sync.catalogues import catalogue
from rbac_sync.model import Address, Kind, Permission, Role
from rbac_sync.pipeline import queries
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import SavedPlan

from ..cli.running import bare, run
from ..originals import INPUT
from .acts import ACTS, act
from .document import said
from .request import send
from .statement import CHECK, FILES, HERE, statements

OWNERS = {"prefect-cloud": "owner@acme.example", "prefect-cloud-1": "ada@acme.example"}
STORE, KEY = "sqlite:///rbac.db", "RBAC_SYNC_API_KEY"
MAIN, INVITING = "acme", "inviting"
"""The accounts of a world: the one of its folder, and one where new members are invited first."""

OF_EVERY_MEMBER = {
    "view the account",
    "view the account's settings",
    "view members",
    "view service accounts",
}
"""What nobody who is in an account is refused."""

LIST = ("roles: Administrator, User, Read", "roles • Administrator • User • Read")
"""How the catalogue writes the one list of the second document, and how that is written there."""

ALL = [statement for file in FILES for statement in statements(file)]

each_file = pytest.mark.parametrize("file", FILES)
each_statement = pytest.mark.parametrize("statement", ALL, ids=str)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """A folder for each world, its configuration applied to a store; and keys by account."""
    made = {}
    for world, owner in OWNERS.items():
        folder = tmp_path_factory.mktemp("documents") / world
        shutil.copytree(HERE / world, folder)
        made[world] = folder, begun(folder, world, owner)
    return made


def begun(folder, world, owner):
    """Make the accounts of a world and return the key of the owner of each."""
    keys = {}
    with pytest.MonkeyPatch.context() as here:
        bare(here)
        here.chdir(folder)
        features = f" --features {','.join(sorted(FEATURES))}" if world == "prefect-cloud" else ""
        made = run(f"store init --owner {owner} --world {world} --account {MAIN}{features}")
        keys[MAIN] = made.out.strip()
        if Path(INVITING).exists():
            asks = {"invitations": True}
            keys[INVITING] = store.init(STORE, INVITING, world, owner, settings=asks)
        for account, key in keys.items():
            here.setenv(KEY, key)
            applied = run("apply --auto-approve --config", "." if account == MAIN else account)
            assert applied.code == 0, applied.err
    return keys


@pytest.fixture
def keys(statement, worlds, tmp_path, monkeypatch):
    """The keys of the statement's world, in a copy of its folder that may be changed at will."""
    bare(monkeypatch)
    folder, keys = worlds[statement.world]
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return keys


@each_statement
def test_a_statement_is_shown_by_its_checks(statement, keys, monkeypatch):
    for check in statement.checks:
        monkeypatch.setenv(KEY, keys[check.get("account", MAIN)])
        edit(check)
        if "who" in check:
            ask(check)
        elif "ask" in check:
            send(check, statement.words, keys[MAIN])
        elif "by" in check:
            act(check, keys[MAIN], STORE)
        else:
            compare(check, run(check["run"]))


def edit(check):
    for name, text in check.get("write", {}).items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    for name, old, new in check.get("edit", ()):
        text = Path(name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"`{old}` stands {text.count(old)} times in {name}"
        Path(name).write_text(text.replace(old, new), encoding="utf-8")
    if "forge" in check:
        forge(Address(Kind.ROLE, check["forge"]))


def forge(role):
    """Write a plan, with a digest of its own, that adds a permission to a role."""
    configuration = pipeline.load(Path())
    live_account = queries.live_account(configuration.backend(os.environ[KEY]))
    before = live_account.state.get(role)
    after = Role(before.level, before.name, before.permissions | {Permission("delete:project")})
    saved = SavedPlan(
        live_account.target,
        configuration.digest,
        live_account.now,
        (Change(before, after),),
        {},
    )
    Path("forged.plan").write_bytes(saved.encoded())


def ask(check):
    where = ("-w", check["in"]) if "in" in check else ()
    for answer, code in (("can", 0), ("cannot", 1)):
        begins = f"{'yes  ' if answer == 'can' else 'no   '}{check['who']} may "
        for permission in check.get(answer, ()):
            ran = run("can", check["who"], permission, *where)
            assert (ran.code, ran.err) == (code, "")
            assert ran.out.startswith(begins)
            assert ran.out.startswith(f"{begins}not ") is (answer == "cannot")


def compare(check, ran):
    refused = check.get("refused", [])
    assert ran.code == check.get("exit", 3 if refused else 0), ran.out + ran.err
    if refused:
        sentence = f"Refused by the guard: {', '.join(refused)}. Nothing was changed."
        assert sentence in (ran.out + ran.err).splitlines()
    for line in check.get("says", ()):
        assert ran.shows(line), f"{line}\nin:\n{ran.out}"
    for part in check.get("mentions", ()):
        assert part in ran.out
    for part in check.get("hides", ()):
        assert part not in ran.out
    assert check.get("complains", "") in ran.err
    assert check.get("first", "") in "".join(ran.lines[:1])
    assert check.get("last", "") in "".join(ran.lines[-1:])


@pytest.mark.originals
@each_file
def test_every_line_of_a_document_stands_here_in_its_order(file):
    here = list(statements(file))
    text = (INPUT / here[0].document).read_text(encoding="utf-8")
    assert [(found.row, found.words) for found in here] == list(said(text))


@each_file
def test_every_statement_of_a_catalogue_stands_here(file):
    here = list(statements(file))
    known = catalogue(here[0].world)
    words = " ".join(found.words for found in here)
    for told in known.statements:
        if told.role and here[0].world == "prefect-cloud":
            row = known.display[told.role]
            assert told.words in {found.words for found in here if found.row == row}
        else:
            assert told.words.replace(*LIST).removesuffix(".") in words


def test_every_permission_with_a_title_in_the_first_document_stands_here():
    here = list(statements(FILES[0]))
    known = catalogue("prefect-cloud").titles.values()
    titled = [t for t in known if t.words.startswith("User can")]
    assert len(titled) == 26
    for title in titled:
        assert title.words == " ".join(s.words for s in here if s.row == title.title)


@each_statement
def test_a_statement_has_a_check_or_a_reason_why_not(statement):
    assert bool(statement.checks) is not bool(statement.out_of_scope)
    for check in statement.checks:
        assert not check.keys() - CHECK
        assert sum(way in check for way in ("run", "who", "ask", "by")) == 1
        assert "who" not in check or check.keys() & {"can", "cannot"}
        assert "ask" not in check or check.keys() & {"answers", "same", "fails", "lists"}


@pytest.mark.parametrize("statement", list(statements(FILES[0])), ids=str)
def test_each_statement_of_the_first_document_is_done_by_a_request_and_refused_by_one(statement):
    done = [name for check in statement.checks for name in check.get("does", ())]
    denied = [
        name
        for check in statement.checks
        for name in (*check.get("may_not", ()), *check.get("finds_not", ()))
    ]
    assert done
    assert denied
    assert {*done, *denied} <= ACTS.keys()


def test_every_act_is_done_by_somebody_and_refused_to_somebody():
    checks = [check for statement in ALL for check in statement.checks]
    done = {name for check in checks for name in check.get("does", ())}
    keys = ("may_not", "finds_not")
    denied = {name for check in checks for key in keys for name in check.get(key, ())}
    assert done == ACTS.keys()
    assert denied == ACTS.keys() - OF_EVERY_MEMBER


def test_every_request_of_the_second_document_is_sent_as_it_stands():
    requests = [s for s in ALL if s.words.startswith(("mutation {", "query {"))]
    assert len(requests) == 7
    for request in requests:
        assert "" in [check.get("ask") for check in request.checks]
