"""Tables that are not as the language has them are told in its own words, all at once."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.config import codes
from rbac_sync.config.problems import File, Problems
from rbac_sync.config.schema_errors import check_tables


def told(text):
    problems = Problems()
    check_tables(File("x.toml", text, tomli.loads(text)), problems)
    return [
        f"{e.code} {e.place.line}:{e.place.column} {e.message}; {e.hint}" for e in problems.errors()
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[members]\na = [{ who = 'x', utnil = 2026-01-01 }]\n",
            "RS112 2:19 unknown key `utnil` in `a`; did you mean `until`?",
        ),
        (
            "[guard]\nminowners = 2\n",
            "RS112 2:1 unknown key `minowners` in `guard`; did you mean `min_owners`?",
        ),
        (
            "[teams.x]\nqqq = 2\n",
            (
                "RS112 2:1 unknown key `qqq` in `x`; "
                "the keys here are `description`, `members`, `renamed_from`"
            ),
        ),
        (
            "[service_accounts.x]\nkeys.ci = { q = 1 }\n",
            "RS112 2:13 unknown key `q` in `ci`; the keys here are `until`",
        ),
        (
            "[groups.x]\nmembers = ['x', 3]\n",
            (
                "RS114 2:17 `members` must be a name or a table `{ who = ... }`, got a whole"
                ' number; write `"name"` or `{ who = "name" }`'
            ),
        ),
        (
            "[[test]]\nname = 't'\nnever_together = ['x']\n",
            (
                "RS115 3:18 `never_together` must name at least two;"
                " name the roles or permissions to keep apart"
            ),
        ),
        (
            "[[test]]\nname = 't'\nnever_together = ['x', 3]\n",
            (
                "RS114 3:24 `never_together` must be text, got a whole number;"
                ' write it in quotes: `"..."`'
            ),
        ),
        (
            "[[test]]\nname = 't'\n",
            (
                "RS113 1:3 `who` is missing in `test`;"
                " add `who`, `permission`, `role` or `never_together`"
            ),
        ),
        (
            "[notify]\nslack = 'https://hooks.acme.example/T1/secret'\n",
            (
                "RS119 2:9 `slack` looks like a URL, which is a secret here;"
                " name a variable that holds it"
            ),
        ),
        (
            "[notify]\nwebhook = 'DRIFT-URL'\n",
            (
                "RS115 2:11 `webhook` is no name of an environment variable;"
                " write it as in `SLACK_WEBHOOK_URL`"
            ),
        ),
        (
            "[test]\nname = 't'\n",
            "RS114 1:2 `test` must be a list of tables, got a table; write `[[test]]`",
        ),
        ("tests = []\n", "RS112 1:1 unknown key `tests`; did you mean `test`?"),
        (
            "[members]\na = [{ until = 2026-01-01 }]\n",
            "RS113 2:6 `who` is missing in `a`; add `who`",
        ),
        (
            "[members]\na = 'x'\n",
            "RS114 2:5 `a` must be a list, got text; write it in brackets: `[...]`",
        ),
        (
            "[members]\na.b = 'x'\n",
            (
                "RS114 2:1 `a` must be a list, got a table; write it in brackets: `[...]`;"
                " a key below `[members]` belongs to that table"
            ),
        ),
        (
            "[members]\na = ['x', 3]\n",
            (
                "RS114 2:11 `a` must be a name or a table `{ who = ... }`, got a whole number;"
                ' write `"name"` or `{ who = "name" }`'
            ),
        ),
        (
            "[roles.x]\npermissions = ['x', 2026-01-01]\n",
            'RS114 2:21 `permissions` must be text, got a date; write it in quotes: `"..."`',
        ),
        (
            "roles = 10:00:00\n",
            (
                "RS114 1:9 `roles` must be a table, got a time;"
                " write it in braces, `{ key = value }`, or as a table of its own"
            ),
        ),
        (
            "[groups]\nx = []\n",
            (
                "RS114 2:5 `x` must be a table, got a list;"
                " write it in braces, `{ key = value }`, or as a table of its own;"
                " its keys are `members`, `except`, `all`, `allow_empty`"
            ),
        ),
        (
            "[workspaces.x]\npublic = 1\n",
            (
                "RS114 2:10 `public` must be `true` or `false`, got a whole number;"
                " write it without quotes"
            ),
        ),
        (
            "[guard]\nmin_owners = true\n",
            ("RS114 2:14 `min_owners` must be a whole number, got a boolean; write it as in `20`"),
        ),
        (
            "[guard]\nmin_owners = 0x8000000000000000\n",
            "RS115 2:14 `min_owners` must be at most 9223372036854775807; correct the value",
        ),
        (
            f"[guard]\nmax_deletes = 0x{'f' * 5000}\n",
            "RS115 2:15 `max_deletes` must be at most 9223372036854775807; correct the value",
        ),
        (
            f"[backend]\ntype = 'store'\noptions = {{ a = 0x{'f' * 5000} }}\n",
            "RS115 3:17 `a` must be at most 9223372036854775807; correct the value",
        ),
        (
            f"[guard]\nmax_losers = 0x{'f' * 5000}\n",
            (
                "RS115 2:14 `max_losers` must be a number, or a percentage up to `100%`;"
                ' write it as in `20` or `"25%"`'
            ),
        ),
        (
            "[guard]\nmax_removal_fraction = 1e999\n",
            "RS115 2:24 `max_removal_fraction` must be at most 1; correct the value",
        ),
        (
            "[guard]\nmin_owners = nan\n",
            ("RS114 2:14 `min_owners` must be a whole number, got `nan`; write it as in `20`"),
        ),
        (
            "[guard]\nmin_owners = 0\n",
            "RS115 2:14 `min_owners` must be at least 1; correct the value",
        ),
        (
            "[guard]\nmax_removal_fraction = inf\n",
            "RS115 2:24 `max_removal_fraction` must be at most 1; correct the value",
        ),
        (
            "[limits]\nmax_file = 99999999999\n",
            "RS115 2:12 `max_file` must be at most 67108864; correct the value",
        ),
        (
            "[[test]]\nname = ''\nwho = 'x'\ncan = ['see_flows']\n",
            "RS117 2:8 `name` must not be empty; write a name on one line",
        ),
        (
            "[guard]\nmax_removal_fraction = nan\n",
            "RS115 2:24 `max_removal_fraction` must be at most 1; correct the value",
        ),
        (
            "[guard]\nmax_removed = '125%'\n",
            'RS115 2:15 `max_removed` must be a percentage up to `100%`; write it as in `"25%"`',
        ),
        (
            "[guard]\nmax_losers = -3\n",
            (
                "RS115 2:14 `max_losers` must be a number, or a percentage up to `100%`;"
                ' write it as in `20` or `"25%"`'
            ),
        ),
        (
            "[guard]\nmax_gainers = true\n",
            (
                "RS115 2:15 `max_gainers` must be a number, or a percentage up to `100%`;"
                ' write it as in `20` or `"25%"`'
            ),
        ),
        (
            "[guard]\nmax_plan_age = '1 day'\n",
            ('RS115 2:16 `max_plan_age` must be a time; write it as in `"24h"`, `"90m"` or `"7d"`'),
        ),
        (
            "[manage]\nteams = 'every'\n",
            "RS115 2:9 `teams` must be `all`, `declared` or `none`; write one of these",
        ),
        (
            "[manage]\nteams = 'declare'\n",
            "RS115 2:9 `teams` must be `all`, `declared` or `none`; did you mean `declared`?",
        ),
        (
            "[members]\na = [{ who = 'x', until = 2026-01-01T00:00:00 }]\n",
            "RS116 2:27 `until` has no UTC offset; write `2026-01-01T00:00:00Z`",
        ),
        (
            "[service_accounts.x]\nkeys.ci = { until = 10:00:00 }\n",
            "RS116 2:21 `until` is a time without a date; write `2026-12-31T18:00:00Z`",
        ),
        (
            "[members]\na = [{ who = 'x', from = 'tomorrow' }]\n",
            "RS114 2:26 `from` must be a date; write `2026-12-31`, without quotes",
        ),
        (
            "[members]\na = [{ who = 'x', until = 0001-01-01T00:00:00+10:00 }]\n",
            "RS115 2:27 `until` is no date of the calendar in UTC; write another",
        ),
        (
            "[roles.' x']\n",
            "RS117 1:8 ` x` must not begin or end with space; write a name on one line",
        ),
        ("['roles'.'']\n", "RS117 1:10 `` must not be empty; write a name on one line"),
        (
            "[workspaces.x]\nname = '''a\nb'''\n",
            "RS117 2:8 `a\nb` must be one line; write a name on one line",
        ),
        (
            "[people]\nbo = 'bo'\n",
            "RS118 2:6 `bo` is no e-mail address; write it as in `ana@acme.example`",
        ),
        (
            "[guard]\nallow_removals = 3\n",
            (
                "RS122 2:1 `allow_removals` is an option of one run, not a key of a file;"
                " use `--allow-deletes N --reason TEXT` on the command line"
            ),
        ),
        (
            "[backend]\ntype = 'store'\nAPI-Key = 'x'\n",
            (
                "RS119 3:1 `API-Key` looks like a credential; those do not belong into files;"
                " pass the API key in RBAC_SYNC_API_KEY"
            ),
        ),
        (
            "[backend]\ntype = 'x'\noptions.a = [1]\n",
            "RS114 3:13 `a` must be text, a whole number or a boolean; write one of these",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_to_do(text, problem):
    assert told(text) == [problem]


def test_all_faults_are_told_at_once_and_sound_objects_are_kept():
    text = (
        "[roles.a]\nx = 1\n[roles.b]\nbase = 3\n[roles.c]\n[members]\nowner = [1, 2]\nadmin = []\n"
    )
    problems = Problems()
    document = check_tables(File("x.toml", text, tomli.loads(text)), problems).document
    assert [str(e.place) for e in problems.errors()] == [
        "x.toml:2:1",
        "x.toml:4:8",
        "x.toml:7:10",
        "x.toml:7:13",
    ]
    assert (list(document.roles), list(document.members)) == (["c"], ["admin"])


def test_a_backend_with_one_fault_is_told_once():
    assert told("[backend]\ntype = 3\naccount = 'x'\n") == [
        'RS114 2:8 `type` must be text, got a whole number; write it in quotes: `"..."`'
    ]


KEYS = st.sampled_from(
    [
        "backend",
        "type",
        "account",
        "options",
        "files",
        "limits",
        "max_file",
        "manage",
        "members",
        "teams",
        "guard",
        "min_owners",
        "max_removed",
        "max_plan_age",
        "protect",
        "people",
        "service_accounts",
        "keys",
        "until",
        "from",
        "who",
        "roles",
        "base",
        "permissions",
        "workspaces",
        "access",
        "test",
        "can",
        "name",
        "[key]",
        "\x00name",
        "x",
    ]
)
VALUES = st.recursive(
    st.none().map(lambda _: "x")
    | st.sampled_from([0, -1, 10**30, 1.5, float("nan"), float("inf"), True, "", "all", "é@x"])
    | st.datetimes()
    | st.dates()
    | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_tree_is_checked_tables_and_problems_with_known_codes(tree):
    problems = Problems()
    document = check_tables(File("x.toml", "", tree), problems).document
    assert {e.code for e in problems.diagnostics} <= codes.all_codes().keys()
    assert all(e.message and e.hint for e in problems.diagnostics)
    assert document is not None


def test_more_problems_than_anybody_reads_are_counted():
    problems = Problems()
    text = "".join(f"k{n} = 1\n" for n in range(5000))
    check_tables(File("x.toml", text, tomli.loads(text)), problems)
    assert len(problems.errors()) == 1000
    assert problems.errors()[-1].hint.endswith("4000 more problems were found and are not listed")
