"""The command that writes CODEOWNERS from ``[owners]``."""

from __future__ import annotations

import pytest

from .running import run

ROOT = """\
[backend]
type = "store"
account = "acme"
[owners]
"*" = ["@acme/platform", "ana@x.org"]
[members]
owner = ["ana@x.org"]
"""
BLOCK = """\
# BEGIN rbac-sync rbac.toml
# `rbac-sync codeowners` writes this from `[owners]`. The last line that matches counts.
* @acme/platform ana@x.org
# END rbac-sync rbac.toml
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "rbac.toml").write_text(ROOT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_writes_the_file_of_the_forge_and_then_nothing(repository):
    first, second = run("codeowners"), run("codeowners")

    assert (first.code, first.out) == (0, "wrote `.github/CODEOWNERS`\n")
    assert (second.code, second.out) == (0, "`.github/CODEOWNERS` is up to date\n")
    assert (repository / ".github" / "CODEOWNERS").read_text() == BLOCK


def test_what_nobody_owns_is_advice_of_several_accounts_too(repository):
    accounts = '[accounts.dev]\nwave = 1\n[files]\n"teams.toml" = ["teams"]\n'
    (repository / "rbac.toml").write_text(ROOT.replace('"*"', '"rbac.toml"') + accounts)
    (repository / "teams.toml").write_text("[teams.data]\nmembers = []\n")

    for ran in (run("codeowners"), run("codeowners --check")):
        assert ran.code == 0
        assert "[RS516]: nobody owns `teams.toml`, which declares `team.data`" in ran.err
        assert "give `teams.toml` owners in `[owners]`" in ran.err


@pytest.mark.parametrize(
    ("remote", "there", "forge", "name"),
    [
        ("git@gitlab.com:a/b", [], (), ".gitlab/CODEOWNERS"),
        ("git@github.com:a/b", ["CODEOWNERS"], (), "CODEOWNERS"),
        ("", ["docs/CODEOWNERS", "CODEOWNERS"], ("--forge", "gitlab"), "CODEOWNERS"),
        ("", [".github/CODEOWNERS", "CODEOWNERS"], (), ".github/CODEOWNERS"),
        ("", [".github/CODEOWNERS"], ("--forge", "gitlab"), ".gitlab/CODEOWNERS"),
    ],
)
def test_the_file_is_the_one_that_the_forge_goes_by(repository, remote, there, forge, name):
    (repository / ".git" / "config").write_text(remote)
    for each in there:
        (repository / each).parent.mkdir(exist_ok=True)
        (repository / each).touch()

    assert run("codeowners", *forge).out == f"wrote `{name}`\n"


def test_a_linked_work_tree_has_the_forge_of_the_main_one(repository):
    own = repository / "main" / ".git" / "worktrees" / "linked"
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    (own.parents[1] / "config").write_text("git@gitlab.com:a/b")
    (repository / ".git").rmdir()
    (repository / ".git").write_text(f"gitdir: {own}\n")

    assert run("codeowners").out == "wrote `.gitlab/CODEOWNERS`\n"


def test_what_people_write_around_the_block_stays(repository):
    path = repository / "CODEOWNERS"
    path.write_text("* @everybody\n")
    run("codeowners")
    assert path.read_text() == f"* @everybody\n\n{BLOCK}"

    path.write_text(f"* @everybody\n\n{BLOCK}/src/ @dev\n")
    (repository / "rbac.toml").write_text(ROOT.replace("@acme/platform", "@acme/sre"))
    run("codeowners")
    mended = BLOCK.replace("@acme/platform", "@acme/sre")
    assert path.read_text() == f"* @everybody\n\n{mended}/src/ @dev\n"


def test_line_ends_and_other_lines_stay_as_they_are(repository):
    path = repository / "CODEOWNERS"
    path.write_bytes(b"# mine\r\n* @every\x0cbody \r\n")
    run("codeowners")
    block = BLOCK.replace("\n", "\r\n").encode()
    assert path.read_bytes() == b"# mine\r\n* @every\x0cbody \r\n\r\n" + block
    assert run("codeowners", "--check").code == 0


def test_a_name_with_wildcards_is_of_that_file_alone(repository):
    folder = repository / "a[1]"
    (folder / "teams").mkdir(parents=True)
    (folder / "teams" / "a*?.toml").write_text("[teams.a]\nmembers = []\n")
    files = '"team.a" = ["@bo"]\n[files]\n"teams/*.toml" = ["teams"]\n[members]'
    (folder / "rbac.toml").write_text(ROOT.replace("[members]", files))
    run("codeowners", "--config", "a[1]")

    text = (repository / ".github" / "CODEOWNERS").read_text()
    assert "\n/a\\[1\\]/ @acme/platform ana@x.org\n" in text
    assert "\n/a\\[1\\]/teams/a\\*\\?.toml @bo\n" in text


def test_a_name_that_is_more_than_a_line_is_refused(repository):
    folder = repository / "a\n* @eve #"
    folder.mkdir()
    (folder / "rbac.toml").write_text(ROOT)
    refused = run("codeowners", "--config", str(folder))

    assert refused.code == 1
    assert refused.err == (
        "error: `# BEGIN rbac-sync a\\x0a* @eve #/rbac.toml` has a character that code owners"
        " files do not know\n"
        "  = help: give the file or folder a plainer name\n"
    )
    assert not (repository / ".github").exists()


def test_two_configurations_of_a_repository_have_a_block_each(repository):
    (repository / "dev team").mkdir()
    (repository / "dev team" / "rbac.toml").write_text(ROOT)
    run("codeowners")
    run("codeowners", "--config", "dev team")

    text = (repository / ".github" / "CODEOWNERS").read_text()
    assert text.startswith(BLOCK)
    assert "# BEGIN rbac-sync dev team/rbac.toml\n" in text
    assert "\n/dev\\ team/ @acme/platform ana@x.org\n" in text


def test_check_shows_what_is_out_of_date_and_writes_nothing(repository):
    path = repository / "CODEOWNERS"
    path.write_text(BLOCK.replace("@acme/platform", "@acme/sre"))
    checked = run("codeowners", "--check")

    assert checked.code == 1
    assert "-* @acme/sre ana@x.org\n+* @acme/platform ana@x.org\n" in checked.out
    assert checked.err == (
        "error: `CODEOWNERS` is out of date\n"
        "  = help: run `rbac-sync codeowners`, and commit the file\n"
    )
    assert "@acme/sre" in path.read_text()
    run("codeowners")
    assert run("codeowners", "--check").code == 0


@pytest.mark.parametrize(
    "text",
    [
        BLOCK.replace("# END", "# end"),
        BLOCK + BLOCK,
        "# END rbac-sync rbac.toml\n# BEGIN rbac-sync rbac.toml\n",
    ],
    ids=["without an end", "twice", "the wrong way round"],
)
def test_a_damaged_block_is_refused(repository, text):
    (repository / "CODEOWNERS").write_text(text)
    refused = run("codeowners")

    assert refused.code == 1
    assert refused.err == (
        "error: the block of rbac-sync between `# BEGIN rbac-sync rbac.toml` and"
        " `# END rbac-sync rbac.toml` is damaged\n"
        "  = help: take its lines out, and run the command again\n"
    )
    assert (repository / "CODEOWNERS").read_text() == text


def test_without_owners_it_says_how_to_write_them(repository):
    (repository / "rbac.toml").write_text(
        ROOT.replace("[owners]\n", "[people]\n").replace(
            '"*" = ["@acme/platform", "ana@x.org"]', 'ana = "ana@x.org"'
        )
    )
    refused = run("codeowners")

    assert refused.code == 1
    assert refused.err == (
        "error: `rbac.toml` has no `[owners]`\n"
        '  = help: write who reviews what, as in `[owners]` and `"teams/" = ["@acme/platform"]`\n'
    )


def test_a_link_and_a_file_that_is_no_text_are_refused(repository):
    path = repository / "CODEOWNERS"
    path.write_bytes(b"\xff")
    assert run("codeowners").err == (
        "error: `CODEOWNERS` is not UTF-8\n  = help: save it in that form\n"
    )
    path.unlink()
    path.symlink_to(repository / "elsewhere")
    assert run("codeowners").err == (
        "error: `CODEOWNERS` is a symbolic link\n  = help: put the file itself there\n"
    )
    path.unlink()
    (repository / ".github").symlink_to(repository.parent)
    assert run("codeowners").err == (
        "error: `.github` is a symbolic link\n  = help: put the file itself there\n"
    )


def test_owners_of_several_accounts_are_those_of_the_shared_tables(repository):
    table = '[accounts.{0}]\nwave = 1\nbackend = {{ type = "store", account = "{0}" }}\n'
    accounts = "".join(map(table.format, "ab"))
    (repository / "rbac.toml").write_text(
        ROOT.partition("[owners]")[2].join(("[owners]", accounts))
    )

    assert run("codeowners").code == 0
    assert "@acme/platform" in (repository / ".github" / "CODEOWNERS").read_text()
