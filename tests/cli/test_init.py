"""A configuration begun from what is live: a store, new or there already, and both APIs."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.cli import starter_files
from rbac_sync.cli.run import KEY
from rbac_sync.cli.starter_files import WORKFLOWS, new_folder, write_new
from rbac_sync.errors import BackendError
from rbac_sync.installation import Commit
from rbac_sync.model import Team, Workspace
from rbac_sync.planning import Change
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere

from ..server.serving import OWNER, served, serving
from .running import bare, run

NEW = "init --backend store --account acme --owner ana@acme.example"
NOTHING = "No changes. Your infrastructure matches the configuration.\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, the current one, and nobody's profile."""
    bare(monkeypatch)
    for name in ("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT__CLOUD__API_KEY"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(home / "state"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def key_of(ran):
    return re.search(r"export RBAC_SYNC_API_KEY=(\S+)", ran.out)[1]


def test_an_empty_folder_becomes_a_configuration_of_a_new_account(folder, monkeypatch):
    ran = run(NEW)
    assert ran.code == 0, ran.err
    assert ran.out.endswith(NOTHING)
    assert "Creating the account acme. Its owner's key is shown only now:" in ran.err
    assert "replace `your-org/rbac-sync` and `@your-org/security`" in ran.err
    assert {"rbac.toml", "people.toml", ".github/CODEOWNERS", *WORKFLOWS["github"].values()} <= (
        contents(folder).keys()
    )
    monkeypatch.setenv(KEY, key_of(ran))
    assert run("plan").out == NOTHING
    assert run("validate").code == 0
    assert run("fmt --check").out == ""


def test_workflows_name_the_commit_that_was_installed_from_git(folder, monkeypatch):
    installed = Commit("https://github.com/halden/rbac-sync.git", "c0ffee" * 6 + "beef")
    monkeypatch.setattr(starter_files, "commit", lambda: installed)
    ran = run(f"{NEW} --reviewers @halden/security")
    assert "note: before you commit, give the workflows their keys:" in ran.err
    workflow = (folder / ".github/workflows/access-plan.yml").read_text()
    assert f"uses: halden/rbac-sync@{installed.id} # v" in workflow
    assert "your-org" not in workflow


def test_a_pipeline_of_gitlab_installs_the_same_commit(folder, monkeypatch):
    installed = Commit("https://git.example/halden/rbac-sync", "abc123")
    monkeypatch.setattr(starter_files, "commit", lambda: installed)
    ran = run(f"{NEW} --ci gitlab")
    assert (ran.code, "docs/how-to/gitlab.md of rbac-sync says which" in ran.err) == (0, True)
    pipeline = (folder / ".gitlab-ci.yml").read_text()
    assert f"git clone --quiet {installed.repository} /opt/" in pipeline
    assert " checkout --quiet abc123 # v" in pipeline
    assert "your-org" not in pipeline


def test_an_action_that_is_not_on_github_keeps_its_placeholders(folder, monkeypatch):
    installed = Commit("https://git.example/halden/rbac-sync", "abc123")
    monkeypatch.setattr(starter_files, "commit", lambda: installed)
    run(NEW)
    workflow = (folder / ".github/workflows/access-plan.yml").read_text()
    assert f"uses: {starter_files.REPOSITORY}@{starter_files.COMMIT} # v" in workflow


def test_editors_find_the_schema_from_every_file(folder, monkeypatch):
    monkeypatch.setenv(KEY, key_of(run(NEW)))
    assert (folder / "rbac.schema.json").read_text() == run("schema").out
    for file in folder.rglob("*.toml"):
        assert file.read_text().startswith("#:schema ./rbac.schema.json\n")
    assert run("pull . --overwrite").code == 0
    assert (folder / "people.toml").read_text().startswith("#:schema ./rbac.schema.json\n")


def test_the_workflows_are_those_of_the_examples_for_this_folder(folder):
    run(NEW)
    for path in folder.glob(".github/workflows/*.yml"):
        assert ": access\n" not in path.read_text()
        assert YAML(typ="safe").load(path)["jobs"]
    assert 'paths: ["**"]' in (folder / ".github/workflows/access-apply.yml").read_text()


def test_workflows_stand_in_the_repository_and_the_rest_in_its_folder(folder):
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("url = https://gitlab.com/acme/access.git\n")
    ran = run(f"{NEW} access --reviewers @acme/security")
    assert ran.code == 0, ran.err
    assert {".gitlab-ci.yml", ".gitlab/CODEOWNERS", "access/rbac.toml", "access/rbac.db"} <= (
        contents(folder).keys()
    )
    pipeline = YAML(typ="safe").load(folder / ".gitlab-ci.yml")
    assert pipeline["variables"]["RBAC_SYNC_CONFIG"] == "access"
    assert pipeline["validate"] == {
        "extends": ".rbac-sync",
        "stage": "check",
        "script": ["rbac-sync validate $ACCOUNTS", "rbac-sync test $ACCOUNTS"],
    }
    owners = (folder / ".gitlab" / "CODEOWNERS").read_text()
    assert "/access/rbac.toml @acme/security\n" in owners
    assert 'url = "sqlite:///rbac.db"' in (folder / "access" / "rbac.toml").read_text()


def test_whoever_reads_new_keys_and_signs_for_authors_has_an_owner(folder):
    (folder / ".git").mkdir()
    assert run(f"{NEW} access --reviewers @acme/security").code == 0
    owners = (folder / ".github" / "CODEOWNERS").read_text()
    for name in ("rbac.toml", "keys-recipient.asc", "jwks.json"):
        assert f"/access/{name} @acme/security\n" in owners


@pytest.mark.parametrize("name", ["my access", "#access", "a;b", "-x", "a: b", "$HOME", "*"])
def test_a_folder_whose_name_shells_and_yaml_read_otherwise_is_refused(folder, name):
    (folder / ".git").mkdir()
    ran = run(NEW, "--", name)
    assert ran.code == 1
    assert ran.err == (
        f"error: the path `{name}` cannot be written into workflows and CODEOWNERS\n"
        "  = help: name the folder with letters, digits, `.`, `_` and `-` alone,"
        " or pass `--ci none`\n"
    )
    assert contents(folder) == {}


def test_without_workflows_the_configuration_stands_alone(folder):
    assert run(f"{NEW} --ci none").code == 0
    names = {"people.toml", "rbac.db", "rbac.schema.json", "rbac.toml", "roles.toml"}
    assert contents(folder).keys() == names | {".gitignore", "teams.toml", "workspaces.toml"}


def test_an_account_that_is_there_is_written_down(folder, monkeypatch):
    monkeypatch.setenv(KEY, init("sqlite:///rbac.db", "acme", "prefect-cloud", OWNER))
    ran = run("init --backend store --account acme")
    assert ran.code == 0, ran.err
    assert ran.out.endswith(NOTHING)
    assert OWNER in (folder / "people.toml").read_text()


def test_a_store_on_postgresql_is_begun_from_its_url(folder, store_url, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_URL", store_url)
    ran = run(NEW)
    assert ran.code == 0, ran.err
    monkeypatch.setenv(KEY, key_of(ran))
    assert run("plan").out == NOTHING


IN_THE_WAY = ["roles.toml", ".github/CODEOWNERS", "workspaces.toml", "workspaces/gone.toml"]


@pytest.mark.parametrize("in_the_way", IN_THE_WAY)
def test_a_file_that_is_there_is_never_overwritten(folder, in_the_way):
    path = folder / in_the_way
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    before = contents(folder)
    ran = run(NEW)
    assert ran.code == 1
    assert f"error: `{in_the_way}` is there already" in ran.err
    assert "= help: nothing was written; move it away, choose another FOLDER, or pass" in ran.err
    assert contents(folder) == before


def test_a_configuration_that_is_there_needs_no_beginning(folder):
    (folder / "rbac.toml").write_text("")
    ran = run("init -input=false -no-color")
    assert ran.code == 1
    assert ran.err == (
        "error: `rbac.toml` is there already\n  = help: there is nothing to initialise: "
        "run `rbac-sync validate`, then `rbac-sync plan`\n"
    )


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ("", "`--backend` is missing", "pass `--backend store|prefect-cloud|prefect-cloud-1`"),
        ("--backend prefect-cloud", "`--account` is missing", "pass `--account ACCOUNT`"),
        ("--backend store --account acme", "there is no store at", "pass `--owner EMAIL`"),
        (
            "--backend prefect-cloud --account acme --owner a@b.example",
            "--owner makes an account of a store",
            "",
        ),
        ("--backend prefect-cloud --account acme", "there is no API key", "RBAC_SYNC_API_KEY"),
    ],
)
def test_without_a_terminal_what_is_missing_is_named_and_nothing_written(
    folder, words, message, hint
):
    ran = run(f"init {words}")
    assert ran.code != 0
    assert message in ran.err
    assert hint in ran.err
    assert contents(folder) == {}


def test_an_account_that_cannot_be_made_leaves_nothing(folder):
    ran = run("init access --backend store --account acme --owner nobody")
    assert ran.code == 1
    assert "`nobody` is no e-mail address\n  = help: write name@example.org" in ran.err
    assert list(folder.iterdir()) == []


def test_a_store_that_was_begun_does_not_hide_what_ended_it(folder):
    def begin():
        with new_folder(folder / "access"):
            (folder / "access" / "rbac.db").touch()
            raise BackendError("database or disk is full")

    with pytest.raises(BackendError, match="disk is full"):
        begin()
    assert contents(folder).keys() == {"access/rbac.db"}


def test_a_store_without_a_key_is_not_begun_from(folder):
    init("sqlite:///rbac.db", "acme", "prefect-cloud", OWNER)
    ran = run("init --backend store --account acme")
    assert ran.code == 4
    assert "there is no credential\n  = help: set `RBAC_SYNC_API_KEY`" in ran.err
    assert contents(folder).keys() == {"rbac.db"}


def test_on_a_terminal_three_questions_are_asked(folder, monkeypatch):
    answers = iter(["store", "acme", "ana@acme.example"])
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "click.termui.visible_prompt_func", lambda text: asked.append(text) or next(answers)
    )
    ran = run("init")
    assert ran.code == 0, ran.err
    assert ran.out.endswith(NOTHING)
    assert len(asked) == 3
    assert list(answers) == []


def test_an_answer_that_cannot_be_used_is_asked_for_again(folder, monkeypatch):
    answers = iter(["shop", "store", " ", "ac me", "acme", "ana", "ana@b@c", "ana@acme.example"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda text: next(answers))
    ran = run("init")
    assert ran.code == 0, ran.err
    assert "Error: `ac me` cannot be an account's handle: use letters, digits and `._@:+-`" in (
        ran.out
    )
    assert "Error: `ana@b@c` is no e-mail address: write name@example.org" in ran.out
    assert list(answers) == []


def test_git_ignores_a_store_beside_the_configuration(folder):
    (folder / ".git").mkdir()
    assert "hashes of keys" not in run(NEW).err
    assert (folder / ".gitignore").read_text() == "/rbac.db*\n"


@pytest.mark.parametrize(
    ("ignored", "is_told"), [("*.db", False), ("/rbac.db*", False), ("x", True)]
)
def test_what_git_ignores_already_is_left_alone(folder, ignored, is_told):
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text(f"{ignored}\n")
    note = "note: `rbac.db` has hashes of keys: write `/rbac.db*` into the `.gitignore` beside it"
    for ran in (run(NEW), run("store init --account b --owner ana@acme.example")):
        assert ran.code == 0, ran.err
        assert (note in ran.err) is is_told
    assert (folder / ".gitignore").read_text() == f"{ignored}\n"


@pytest.mark.parametrize(("ignored", "is_told"), [("/data/", False), ("dat", True)])
def test_a_store_in_a_folder_that_git_ignores_is_ignored(folder, ignored, is_told):
    for name in (".git", "data"):
        (folder / name).mkdir()
    (folder / ".gitignore").write_text(f"{ignored}\n")
    url = "sqlite:///data/rbac.db"
    ran = run(f"store init --url {url} --account b --world prefect-cloud --owner ana@acme.example")
    assert ran.code == 0, ran.err
    assert ("hashes of keys" in ran.err) is is_told


def test_a_profile_of_prefect_answers_every_question(folder, monkeypatch, tmp_path):
    with served(f"sqlite:///{tmp_path / 'live.db'}") as server:
        server.add(Change(None, Workspace("prod", "prod")), Change(None, Team("data")))
        (account,) = server.client().get("/me/accounts").json()
        profiles = tmp_path / "home" / ".prefect" / "profiles.toml"
        profiles.parent.mkdir()
        profiles.write_text(
            f'active = "work"\n[profiles.work]\nPREFECT_API_KEY = "{server.key}"\n'
            f'PREFECT_API_URL = "{server.root}/api/accounts/{account["account_id"]}"\n'
        )
        ran = run("init")
    assert ran.code == 0, ran.err
    assert ran.out.endswith(NOTHING)
    assert f"Prefect's own settings name the account `{account['account_id']}`." in ran.err
    assert (folder / "workspaces" / "prod.toml").exists()
    assert server.key not in "".join(path.read_text() for path in folder.rglob("*.*ml"))


def test_an_account_over_rest_is_begun_from(folder, monkeypatch, tmp_path):
    with served(f"sqlite:///{tmp_path / 'live.db'}") as server:
        monkeypatch.setenv(KEY, server.key)
        ran = run(f"init --backend prefect-cloud --account acme --url {server.root}/api")
    assert ran.code == 0, ran.err
    assert ran.out.endswith(NOTHING)


def test_a_tenant_over_graphql_is_begun_from(folder, monkeypatch, tmp_path):
    url = f"sqlite:///{tmp_path / 'live.db'}"
    monkeypatch.setenv(KEY, init(url, "acme", "prefect-cloud-1", OWNER))
    with serving(GuardedStore(Accounts(url), post=nowhere)) as root:
        ran = run(f"init --backend prefect-cloud-1 --account acme --url {root}")
    assert ran.code == 0, ran.err
    assert ran.out.endswith(NOTHING)
    assert OWNER in (folder / "people.toml").read_text()


class Interrupted(dict):
    """Files of which the last is never reached: somebody interrupts."""

    def items(self):
        yield from super().items()
        raise KeyboardInterrupt


def test_an_interruption_leaves_no_file_behind(folder):
    texts = Interrupted({folder / "a.toml": "a", folder / "b" / "c.toml": "c"})
    with pytest.raises(KeyboardInterrupt):
        list(write_new(texts))
    assert contents(folder) == {}
