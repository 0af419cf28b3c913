"""The audit trail: read, filtered, and verified after somebody has tampered with it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rbac_sync.audit.chain import hashed
from rbac_sync.audit.texts import FIELDS
from rbac_sync.backends import credential
from rbac_sync.backends.database.sql import FileConnection
from rbac_sync.backends.store.account import Account
from rbac_sync.backends.store.trail import StoreTrail

from .live import bound, by_hand, database
from .running import run

COLUMNS = ("account", "seq", "prev", "hash", *FIELDS)
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z  #(\d+)  \S+  (\S+)  (.*)")


def rows():
    """Return the trail as JSON holds it."""
    return json.loads(run("audit log --json").out)


def test_the_trail_is_shown_newest_row_first(account):
    by_hand(account, (None, bound("dee", "test", "developer")))
    ran = run("audit log --full")
    assert (ran.code, ran.err) == (0, "")
    found = [LINE.fullmatch(line) for line in ran.lines]
    numbers = [int(each[1]) for each in found]
    assert numbers == list(range(len(numbers), 0, -1))
    assert {each[2] for each in found} == {"ana@acme.example"}
    assert found[0][3].startswith("`role.developer` given to `dee@acme.example`")
    assert found[0][3].endswith('"by hand"')
    assert found[-1][3] == '`member.ana@acme.example` created  "rbac-sync store init"'


def test_the_trail_has_the_fields_of_the_document_and_of_each_change(account):
    by_hand(account, (bound("lea", "prod", "owner"), bound("lea", "prod", "viewer")))
    newest = rows()[0]
    assert newest["object_table"] == "membership"
    assert newest["object_id"] == "workspace.prod/access/lea@acme.example"
    assert newest["message"].startswith("`role.viewer` given to `lea@acme.example`")
    assert newest["timestamp"].endswith("Z")
    assert newest["info"] == {"reason": "by hand"}
    assert (newest["applier"], newest["on_behalf_of"]) == ("ana@acme.example", "")
    assert newest["before"]["roles"] != newest["after"]["roles"]
    assert newest["result"] == "done"


def test_the_rows_of_one_apply_share_its_run_and_the_digest_of_its_plan(account):
    applied = [row for row in rows() if row["plan_digest"]]
    assert len(applied) > 5
    assert len({(row["run"], row["plan_digest"]) for row in applied}) == 1


def test_the_trail_is_cut_to_a_number_of_rows(account):
    assert len(run("audit log --full --limit 1").lines) == 1
    assert run("audit log --full --limit 3").lines == run("audit log --full").lines[:3]
    assert run("audit log --full -limit 1000").lines == run("audit log --full").lines
    assert run(f"audit log --full --limit 1{'0' * 400}").lines == run("audit log --full").lines


def test_the_trail_is_cut_to_a_time(account):
    before = datetime.now(UTC).isoformat()
    assert re.fullmatch(
        r"None of \d+ rows on record is of \S+Z or later.",
        run(f"audit log --full --since {before}").out.strip(),
    )
    by_hand(account, (None, bound("dee", "test", "developer")))
    assert len(run(f"audit log --full --since {before}").lines) == 1
    assert run("audit log --full --since 2020-01-01").lines == run("audit log --full").lines
    assert json.loads(run("audit log --since 2099-12-31 --json").out) == []


def test_the_trail_is_cut_to_a_person_by_any_of_their_names(account):
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    assert run("apply --auto-approve --on-behalf-of dee").code == 0
    for written in ("dee", "dee@acme.example", "DEE@acme.example"):
        assert len(run(f"audit log --full --who {written}").lines) == 1
    assert run("audit log --full --who ana").lines == run("audit log --full").lines
    assert "on record was applied by or for `sa:ci`." in run("audit log --full --who sa:ci").out
    assert run("audit log --full --who zork").err.startswith("error: `zork` is no principal")


@pytest.mark.parametrize(
    "written", ["tomorrow", "2026-13-01", "2026-12-31T12:00:00", "9999-12-31T23:59:59-01:00"]
)
def test_what_is_no_time_is_an_error(account, written):
    ran = run(f"audit log --full --since {written}")
    assert (ran.code, ran.out) == (1, "")
    assert f"`{written}` is no date or time; write 2026-12-31" in ran.err
    assert ", or how long ago: 2d, 12h, yesterday" in ran.err


def test_a_trail_that_nobody_touched_is_whole(account):
    ran = run("audit verify")
    count = len(rows())
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"The audit trail is whole: {count} rows.\n"
    shown = json.loads(run("audit verify --json").out)
    assert (shown["whole"], shown["rows"], shown["flaws"]) == (True, count, [])


def read(connection):
    """Return the rows of the trail, oldest first, each by column."""
    found = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY seq")
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def rewrite(connection, kept):
    """Put *kept* in the place of the whole trail, and its counts in the place of the others."""
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DELETE FROM audit")
    marks = ", ".join("?" * len(COLUMNS))
    values = [[row[name] for name in COLUMNS] for row in kept]
    connection.executemany(f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({marks})", values)
    connection.execute("DELETE FROM audit_event")
    StoreTrail(Account.unlocked(FileConnection(connection), "acme")).renew_events()


def rechained(kept):
    """Number and hash *kept* anew, as somebody would who knows how."""
    prev = "0" * 64
    for seq, row in enumerate(kept, 1):
        row |= {"seq": seq, "prev": prev}
        row["hash"] = hashed("acme", seq, prev, [row[name] for name in FIELDS])
        prev = row["hash"]
    return kept


def changed(kept):
    kept[4]["message"] = "nothing to see here"
    return kept


def deleted(kept):
    return [*kept[:4], *kept[5:]]


def inserted(kept):
    forged = {**kept[4], "prev": "f" * 64, "hash": "e" * 64, "message": "forged"}
    later = [{**row, "seq": row["seq"] + 1} for row in kept[5:]]
    return [*kept[:5], {**forged, "seq": 6}, *later]


def swapped(kept):
    kept[4], kept[5] = {**kept[5], "seq": 5}, {**kept[4], "seq": 6}
    return kept


@pytest.mark.parametrize(
    ("tamper", "flaw"),
    [
        (changed, "row 5: was changed after it was written"),
        (deleted, "row 6: stands where row 5 should"),
        (inserted, "row 6: does not follow the row before it"),
        (swapped, "row 5: does not follow the row before it"),
    ],
    ids=["T01", "T02", "T03", "T04"],
)
def test_a_row_that_was_changed_removed_put_in_or_swapped_shows(account, tamper, flaw):
    with database(account) as connection:
        rewrite(connection, tamper(read(connection)))
    ran = run("audit verify")
    assert (ran.code, ran.err) == (1, "")
    assert ran.lines[0].startswith("The audit trail cannot be trusted: ")
    assert flaw in ran.lines
    shown = json.loads(run("audit verify --json").out)
    assert (run("audit verify --json").code, shown["whole"]) == (1, False)
    assert shown["flaws"]


def test_a_history_rewritten_with_all_its_hashes_shows_by_an_earlier_checkpoint(account):
    assert run("audit verify --checkpoint-out mark").code == 0
    with database(account) as connection:
        kept = read(connection)
        for row in kept[3:]:
            row["applier"] = "lea@acme.example"
        rewrite(connection, rechained(kept))
    assert run("audit verify").code == 0
    ran = run("audit verify --checkpoint mark")
    assert ran.code == 1
    assert any("is not the row that the checkpoint of" in line for line in ran.lines)


def test_an_end_that_was_cut_off_shows_by_the_counts(account):
    by_hand(account, (None, bound("dee", "test", "viewer")))
    by_hand(account, (bound("dee", "test", "viewer"), None))
    with database(account) as connection:
        counts = connection.execute("SELECT * FROM audit_count").fetchall()
        rewrite(connection, read(connection)[:-2])
        connection.execute("DELETE FROM audit_count")
        marks = ", ".join("?" * len(counts[0]))
        connection.executemany(f"INSERT INTO audit_count VALUES ({marks})", counts)
    ran = run("audit verify")
    assert (ran.code, ran.err) == (1, "")
    assert any("does not count the rows of the trail" in line for line in ran.lines)


def test_an_end_that_was_cut_off_shows_by_an_earlier_checkpoint(account):
    by_hand(account, (None, bound("dee", "test", "viewer")))
    by_hand(account, (bound("dee", "test", "viewer"), None))
    assert run("audit verify --checkpoint-out mark").code == 0
    with database(account) as connection:
        rewrite(connection, read(connection)[:-2])
    assert run("audit verify").code == 0
    ran = run("audit verify --checkpoint mark")
    assert ran.code == 1
    assert any("is missing; the checkpoint of" in line for line in ran.lines)


def test_checkpoints_stay_good_while_the_trail_grows(account):
    assert run("audit verify --checkpoint-out one").code == 0
    by_hand(account, (None, bound("dee", "test", "viewer")))
    assert run("audit verify --checkpoint one --checkpoint-out two").code == 0
    assert run("audit verify --checkpoint one --checkpoint two").code == 0
    assert (account.folder / "one").read_text() != (account.folder / "two").read_text()


def test_a_trail_that_cannot_be_trusted_gives_no_checkpoint(account):
    with database(account) as connection:
        rewrite(connection, changed(read(connection)))
    assert run("audit verify --checkpoint-out mark").code == 1
    assert not (account.folder / "mark").exists()


@pytest.mark.parametrize("content", ["", "{}", "[]", "no checkpoint", '{"account": 1}'])
def test_what_is_no_checkpoint_is_an_error(account, content):
    (account.folder / "mark").write_text(content)
    ran = run("audit verify --checkpoint mark")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: `mark` holds no checkpoint\n  = help: ")
    missing = "error: cannot read the checkpoint `none`: no such file or directory\n"
    assert run("audit verify --checkpoint none").err.startswith(missing)


def test_a_row_without_a_change_shows(account):
    by_hand(account, (None, bound("dee", "test", "viewer")))
    with database(account) as connection:
        kept = read(connection)
        forged = {**kept[-1], **{name: kept[-1][name] for name in FIELDS}}
        for name in ("object_id", "message", "after"):
            forged[name] = forged[name].replace("dee@", "cy@")
        rewrite(connection, rechained([*kept, forged]))
    ran = run("audit verify")
    assert (ran.code, ran.err) == (1, "")
    assert any("`workspace.test/access/cy@acme.example`" in line for line in ran.lines)


def test_a_change_without_a_row_shows(account):
    with database(account) as connection:
        connection.execute("DELETE FROM binding WHERE position = 0 AND until IS NOT NULL")
    ran = run("audit verify")
    assert (ran.code, ran.err) == (1, "")
    assert any("`workspace.prod/access/cy@acme.example`" in line for line in ran.lines)
    shown = json.loads(run("audit verify --json").out)
    assert shown["whole"] is False


def test_the_trail_of_one_account_says_nothing_of_another(account, monkeypatch):
    made = run("store init --owner otto@acme.example --world prefect-cloud --account other")
    assert made.code == 0
    account.edit(('account = "acme"', 'account = "other"'))
    assert run("audit log --full").code == 4
    monkeypatch.setenv("RBAC_SYNC_API_KEY", made.out.strip())
    assert {row["applier"] for row in rows()} == {"otto@acme.example"}
    assert run("audit verify").out == "The audit trail is whole: 2 rows.\n"


REVOKE = "rbac-sync store key revoke"


def swapped_hash(account):
    """Let the owner's key be one that somebody else knows, and return it."""
    stolen = "pnu_evil"
    with database(account) as connection:
        connection.execute("UPDATE api_key SET hash = ?", (credential.hashed(stolen),))
    return stolen


def test_a_key_whose_hash_was_swapped_shows(account, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", swapped_hash(account))
    assert run("whoami").code == 0
    ran = run("audit verify")
    assert (ran.code, ran.err) == (1, "")
    assert ran.lines == [
        "The audit trail cannot be trusted: 1 flaw.",
        "`member.ana@acme.example/key/init`: `hash` is not as the trail says",
        f"= help: revoke it with `{REVOKE} ana@acme.example init`, and make a new one",
    ]
    (shown,) = json.loads(run("audit verify --json").out)["mismatches"]
    assert shown["where"] == "`member.ana@acme.example/key/init`"


def test_the_trail_holds_neither_a_secret_nor_its_hash(account):
    with database(account) as connection:
        ((kept,),) = connection.execute("SELECT hash FROM api_key").fetchall()
    told = run("audit log --json").out
    assert account.key not in told
    assert kept not in told
    assert '"api_key/' in told


def test_nothing_is_undone_by_a_trail_that_does_not_tell_of_the_keys(account, monkeypatch):
    by_hand(account, (None, bound("dee", "test", "developer")))
    (run_id,) = {row["run"] for row in rows()[:1]}
    monkeypatch.setenv("RBAC_SYNC_API_KEY", swapped_hash(account))
    ran = run(f"undo {run_id}")
    assert ran.code == 1
    assert "the audit trail cannot be believed: `member.ana@acme.example/key/init`" in ran.err


def dated(account, when):
    """Rewrite the trail as if a clock that was set back had dated its newest row."""
    with database(account) as connection:
        kept = read(connection)
        kept[-1]["timestamp"] = when
        rewrite(connection, rechained(kept))
    return len(kept)


def test_a_clock_that_was_set_back_hides_no_row_and_is_told_of(account):
    by_hand(account, (None, bound("dee", "test", "developer")))
    newest = dated(account, "2024-01-01T00:00:00.000000Z")
    assert f"#{newest}  " in run("audit log --full --limit 1").out
    assert f"#{newest}  " in run("audit log --full").lines[0]
    assert f"#{newest}  " in run("audit log --full --since 2025-01-01").lines[0]
    ran = run("audit verify")
    assert (ran.code, ran.err) == (0, "")
    said = "is dated 2024-01-01T00:00:00.000000Z, before the row before it: a clock was set back"
    whole = f"The audit trail is whole: {newest} rows."
    assert ran.lines == [whole, f"note: row {newest}: {said}"]
    (note,) = json.loads(run("audit verify --json").out)["notices"]
    assert note["row"] == newest


def test_a_damaged_trail_tells_of_no_past(account):
    with database(account) as connection:
        rewrite(connection, changed(read(connection)))
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    ran = run(f"can bo run_flows -w prod --at {moment}")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[no-trail]: the trail of `acme` is damaged: row ")
    assert "`rbac-sync audit verify` shows all that is wrong with the trail" in ran.err


def test_a_clock_that_was_ahead_for_a_while_hides_no_row_of_the_past(account):
    by_hand(account, (None, bound("dee", "test", "developer")))
    dated(account, "2099-01-01T00:00:00.000000Z")
    by_hand(account, (None, bound("bo", "test", "developer")))
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    for name in ("dee", "bo"):
        assert run(f"can {name} run_flows -w test --at {moment}").code == 0


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("after", "{", "`after`: Expecting property name"),
        ("after", '"x"', "`after`: it is no object"),
        ("after", '{"kind":"nothing"}', "not a resource: 'nothing'"),
        ("info", '{"reasons":3}', "`info`: `reasons` is of another type"),
        ("timestamp", "yesterday", "`timestamp`: Invalid isoformat string"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_flaw_and_no_mistake_of_ours(account, column, text, said):
    with database(account) as connection:
        kept = read(connection)
        kept[4][column] = text
        rewrite(connection, rechained(kept))
    ran = run("audit verify")
    assert (ran.code, ran.err) == (1, "")
    assert any(line.startswith("row 5: cannot be read: ") and said in line for line in ran.lines)
    assert any(line.startswith("= help: put the rows back from a backup") for line in ran.lines)
    log = run("audit log --full")
    if column != "after" or text != '{"kind":"nothing"}':
        assert log.code == 1
        assert log.err.startswith("error[backend]: row 5 of the audit trail cannot be read: ")
        assert "help: `rbac-sync audit verify` shows all that is wrong with the trail" in log.err


@pytest.mark.parametrize("command", ["audit log --limit 3", "audit verify"])
def test_the_trail_is_read_whatever_is_wrong_in_files_beside_the_root(account, command):
    before = run(command)
    root = account.folder / "rbac.toml"
    root.write_text(root.read_text() + '\n[files]\n"more.toml" = ["teams"]\n')
    (account.folder / "more.toml").write_text("[teams\n")

    assert run("validate").code == 1
    ran = run(command)
    assert (ran.code, ran.out, ran.err) == (0, before.out, "")


def test_whose_rows_are_wanted_may_be_a_short_name_of_another_file(account):
    root = account.folder / "rbac.toml"
    root.write_text(root.read_text() + '\n[files]\n"more.toml" = ["people"]\n')
    (account.folder / "more.toml").write_text('[people]\nboss = "ana@acme.example"\n')

    assert run("audit log --full --who boss").out == run("audit log --full").out


@pytest.fixture
def edited(account):
    """A team, a role, a workspace and a person's access, changed in one run."""
    account.edit(
        ('members = ["bo"]', 'members = ["cy", "lea"]'),
        ('permissions = ["write_work_pools"]', 'permissions = ["write_deployments"]'),
        ('name = "Production"', 'name = "Prod"'),
        ('owner = ["lea"]', 'owner = ["lea", "dee"]'),
    )
    ran = run("apply --auto-approve --reason INC-7 --allow-losers 5")
    assert ran.code == 0, ran.err
    return account


def test_each_row_says_what_it_changed_from_what_to_what(edited):
    ran = run("audit log")
    lines = ran.lines
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", lines[0])
    head = r'\d\d:\d\d  [0-9a-f]{8}  ana  \d changes  "INC-7"'
    assert re.fullmatch(head, lines[1])
    assert ran.shows("+ workspace.prod/access/dee@acme.example  role owner")
    assert ran.shows("~ role.oncall  permissions *"), ran.out
    assert ran.shows("~ team.data  member*-bo")
    assert ran.shows('~ workspace.prod  name "Production" -> "Prod"')
    assert run("audit log --limit 1").lines[-1].startswith("Older rows: --limit N")


@pytest.mark.parametrize(
    ("words", "addresses"),
    [
        ("--about lea", {"team.data"}),
        ("--about bo", {"team.data"}),
        ("--about dee", {"workspace.prod/access/dee@acme.example"}),
        ("--about team:data", {"team.data"}),
        ("--address workspace.prod", {"workspace.prod", "workspace.prod/access/dee@acme.example"}),
        ("--address 'role.*'", {"role.oncall"}),
        ("--address team.dat", set()),
    ],
)
def test_the_trail_is_cut_to_what_it_is_about(edited, words, addresses):
    run_id = rows()[0]["run"]
    shown = json.loads(run(f"audit log --json --run {run_id[:8]} {words}").out)
    assert {row["object_id"] for row in shown} == addresses


def test_a_run_is_found_by_the_beginning_of_its_id(edited):
    run_id = rows()[0]["run"]
    assert len(json.loads(run(f"audit log --json --run {run_id[:6]}").out)) > 3
    ran = run("audit log --run zzzz")
    assert (ran.code, ran.out) == (0, f"None of {len(rows())} rows on record is of a run `zzzz`.\n")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("--about eva@acme.example", "changed something of `eva@acme.example`"),
        ("--address 'role.onc'", "changed `role.onc`"),
        ("--who eva@acme.example", "was applied by or for `eva@acme.example`"),
        ("--since 2099-12-31", "is of 2099-12-31T00:00:00Z or later"),
        ("--who ana --run zz --about sa:no", "changed something of `sa:no` or is of a run `zz`"),
        ("--about team:data --address 'role.*'", "meets all of these filters together"),
    ],
)
def test_a_filter_that_selects_nothing_is_named_and_the_trail_is_not_said_to_be_empty(
    edited, words, reason
):
    sentence = f"None of {len(rows())} rows on record {reason}.\n"
    assert run(f"audit log {words}").out == run(f"audit log --full {words}").out == sentence
    ran = run(f"audit log --json {words}")
    assert (ran.out, ran.err) == ("[]\n", sentence)


def test_a_run_of_which_not_all_rows_are_shown_says_so(edited):
    head = run("audit log --limit 2").lines[1]
    assert head.endswith('  2 changes and more  "INC-7"')
    assert "and more" not in run("audit log --limit 1000").out


@pytest.mark.usefixtures("account")
def test_a_checkpoint_takes_the_place_of_a_link_and_is_written_whole_or_not_at_all():
    Path("other").write_text("kept")
    Path("mark").symlink_to("other")
    assert run("audit verify --checkpoint-out mark").code == 0
    assert (Path("other").read_text(), Path("mark").is_symlink()) == ("kept", False)
    assert run("audit verify --checkpoint mark").code == 0
    ran = run("audit verify --checkpoint-out absent/mark")
    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        "error: cannot write `absent/mark`: no such file or directory",
    )


def test_a_full_log_says_that_there_are_older_rows(edited, monkeypatch):
    assert run("audit log --full").err == ""
    monkeypatch.setattr("rbac_sync.cli.commands.audit.MOST", 3)
    ran = run("audit log --full")
    note = "note: there are more than 3 rows. Older rows: --limit N, --since WHEN\n"
    assert (len(ran.lines), ran.err) == (3, note)
    assert run("audit log --full --limit 3").err == ""


@pytest.mark.parametrize("since", ["1h", "2d", "30m", "1w", "today", "yesterday"])
def test_a_time_may_be_said_as_how_long_ago_it_is(account, since):
    # `today` begins at midnight, so at midnight the account may be of yesterday.
    ran = run(f"audit log --since {since}")
    assert ran.code == 0
    assert "workspace.prod" in ran.out or since == "today"


def test_a_renamed_thing_is_found_by_its_earlier_address(account):
    account.edit(
        ("[teams.data]", '[teams.science]\nrenamed_from = "data"'),
        ('runner = ["team:data"]', 'runner = ["team:science"]'),
    )
    assert run("apply --auto-approve").code == 0
    shown = json.loads(run("audit log --json --address team.data --limit 1").out)
    assert shown[0]["object_id"] == "team.science"
    assert run("audit log --limit 1").shows("~ team.data -> team.science*")


def test_as_text_fifty_rows_are_shown_where_no_number_is_asked_for(account):
    for number in range(26):
        name = "viewer" if number % 2 else "developer"
        other = "developer" if number % 2 else "viewer"
        before = bound("dee", "test", other) if number else None
        by_hand(account, (before, bound("dee", "test", name)))
    shown = run("audit log")
    assert len(rows()) > 50 or "Older rows" not in shown.out
    assert sum(line[:1] in "+-~" for line in shown.lines) <= 50
