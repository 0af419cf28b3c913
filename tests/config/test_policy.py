"""What ``[guard]`` tells the guard."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from rbac_sync.catalogues import catalogue
from rbac_sync.config.forms import Faulty
from rbac_sync.config.root_tables import GuardTable
from rbac_sync.config.values import AddressText
from rbac_sync.errors import ConfigError
from rbac_sync.model import Level, Policy
from rbac_sync.model.address import service_account, team, user
from rbac_sync.model.resources import role

from .folder import BACKEND, OWNER

WORLD = catalogue("prefect-cloud")
DEFAULT = Policy(
    bots_account_role=WORLD.bots_account_role, default_role_forbids=WORLD.default_role_forbids
)


def policy(folder, text):
    return folder.write(f"{BACKEND}{OWNER}[guard]\n{text}\n").declare().policy


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("", {}),
        ("min_owners = 3", {"min_owners": 3}),
        ('bots_account_role = "any"', {"bots_account_role": None}),
        ('bots_account_role = "Admin"', {"bots_account_role": role(Level.ACCOUNT, "admin")}),
        ("default_role_forbids = []", {"default_role_forbids": frozenset()}),
        (
            'default_role_forbids = ["Delete flows"]',
            {"default_role_forbids": frozenset({"manage_flows"})},
        ),
        ("max_key_days = 90", {"max_key_days": 90}),
        ("max_invite_days = 7", {"max_invite_days": 7}),
        ("max_removal_fraction = 1", {"max_removal_fraction": 1.0}),
        ("max_removal_fraction = 0.5", {"max_removal_fraction": 0.5}),
        ('max_removed = "12.5%"', {"max_removal_fraction": 0.125}),
        ('max_removed = "100%"', {"max_removal_fraction": 1.0}),
        ("removal_min_existing = 0", {"removal_min_existing": 0}),
        ("max_deletes = 10", {"max_deletes": 10}),
        ("allow_public = true", {"allow_public": True}),
        ("require_author = true", {"require_author": True}),
        ('max_plan_age = "90m"', {"max_plan_age": timedelta(minutes=90)}),
        ('max_plan_age = "7d"', {"max_plan_age": timedelta(days=7)}),
        (
            'protect = ["member.CTO@x.org", "workspace.prod/default_role"]',
            {"protect": frozenset({"member.cto@x.org", "workspace.prod/default_role"})},
        ),
    ],
)
def test_what_guard_says_is_the_policy_and_the_rest_is_the_worlds_default(folder, text, differs):
    assert policy(folder, text) == replace(DEFAULT, **differs)


AUTHORS = """
[guard.authors]
issuer = "https://ci.x.org"
audience = "x"
jwks = "jwks.json"
claims = { a = "b" }
"""
PEOPLE = """
[people]
cto = "C@x.org"
"team.x" = "t@x.org"
"""


@pytest.mark.parametrize(
    ("text", "who", "hint"),
    [
        ('protect = ["member.cto"]', "cto", "write `member.C@x.org`"),
        (
            'protect = ["member.cto/account_role"]',
            "cto",
            "write `member.C@x.org/account_role`",
        ),
        ('protect = ["member.ceo"]', "ceo", "write `member.EMAIL`"),
        ('protect = ["cto"]', "cto", "write `member.C@x.org`"),
        (f'{AUTHORS}principals.octo = "cto"', "cto", "write `C@x.org`"),
        (f'{AUTHORS}principals.octo = "team.x"', "team.x", "write `t@x.org`"),
        (f'{AUTHORS}principals.octo = "ceo"', "ceo", "write an e-mail address, or `sa:NAME`"),
    ],
)
def test_guard_takes_no_short_name_and_shows_the_address_to_write(folder, text, who, hint):
    (error,) = folder.write(f"{BACKEND}{OWNER}[guard]\n{text}\n{PEOPLE}").errors()

    assert error.code == "RS125"
    assert error.message == f"`{who}` is a short name; `[guard]` takes whole addresses only"
    assert error.hint == hint


def test_whole_addresses_mean_the_same_whatever_people_says(folder):
    text = f"""protect = ["member.cto@x.org", "team.x"]
        {AUTHORS}principals = {{ o = "cto@x.org", r = "sa:robot", t = "team:ops" }}
        [people]\n"team.x" = "t@x.org"
        [service_accounts.robot]\n[teams.ops]"""

    found = policy(folder, text)

    assert found.protect == {"member.cto@x.org", "team.x"}
    assert found.authors == {
        "o": user("cto@x.org"),
        "r": service_account("robot"),
        "t": team("ops"),
    }


NAMES_NOBODY = {
    "issuer": "a URL",
    "audience": "a word of the token",
    "jwks": "a file or a URL",
    "claims": "words of the token",
    "actor": "the name of a claim",
    "bots_account_role": "a role",
    "default_role_forbids": "permissions",
    "require_reason_for": "roles",
    "require_end_for": "roles",
    "max_term": "roles and times",
    "workspace_owners": "handles and numbers",
    "max_removed": "a share",
    "max_losers": "a share",
    "max_gainers": "a share",
    "max_plan_age": "a time",
}
"""Keys of ``[guard]`` that hold text and name nobody, with what they hold."""


def test_every_key_of_guard_that_holds_text_takes_whole_addresses_or_names_nobody():
    found = dict(texts(GuardTable))

    assert {name for name, whole in found.items() if not whole} == set(NAMES_NOBODY)
    assert {name for name, whole in found.items() if whole} == {"protect", "principals"}


def texts(table):
    """Yield each key of a table that may hold text, and whether it is a whole address."""
    for name, key in table.known_keys.items():
        if inner := key.form.schema.get("$ref"):
            yield from texts(inner)
        elif re.search("string|additionalProperties", str(key.form.schema)):
            yield name, any(map(partial(is_whole, key.form), ("a@x", ["a@x"], {"k": "a@x"})))


def is_whole(form, value):
    """Say whether *form* reads the text in *value* as a whole address."""
    try:
        read = form.read(value, ("guard",))
    except Faulty:
        return False
    texts = [read] if isinstance(read, str) else read.values() if isinstance(read, dict) else read
    return all(isinstance(text, AddressText) for text in texts)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('max_removed = "5%"\nmax_removal_fraction = 0.1\n', ["RS304 7:1"]),
        ('bots_account_role = "viewer"\n', ["RS307 7:21"]),
        ('bots_account_role = "admim"\n', ["RS205 7:21"]),
        ('default_role_forbids = ["*"]\n', ["RS207 7:25"]),
        ('protect = ["prod", "team.x y", "user.x"]\n', ["RS115 7:12", "RS115 7:20", "RS115 7:32"]),
        ("allow_self_reduction = true\n", ["RS122 7:1"]),
        ("allow_deletes = 5\n", ["RS122 7:1"]),
    ],
)
def test_a_guard_table_that_cannot_be_followed_is_refused(folder, text, told):
    assert folder.write(f"{BACKEND}{OWNER}[guard]\n{text}\n").full_message() == told


def test_roles_with_terms_are_named_at_each_level_or_at_one(folder):
    terms = 'max_term = { owner = "90d", "workspace/viewer" = "24h" }'
    found = policy(folder, f'{terms}\nrequire_end_for = ["account/owner"]')

    account, workspace = Level.ACCOUNT, Level.WORKSPACE
    assert found.max_term == {
        role(account, "owner"): timedelta(days=90),
        role(workspace, "owner"): timedelta(days=90),
        role(workspace, "viewer"): timedelta(days=1),
    }
    assert found.require_end_for == {role(account, "owner")}


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (
            'max_term = { ownr = "90d" }',
            "RS205",
            "unknown role `ownr`",
            "did you mean `owner`?",
        ),
        (
            'require_end_for = ["account/viewer"]',
            "RS205",
            "unknown role `account/viewer`",
            "name a role",
        ),
        (
            'max_term = { owner = "soon" }',
            "RS115",
            "`owner` must be a time",
            'write it as in `"90d"`, `"24h"` or `"90m"`',
        ),
    ],
)
def test_a_role_or_a_term_that_is_none_is_refused(folder, text, code, message, hint):
    (error,) = folder.write(f"{BACKEND}[guard]\n{text}\n{OWNER}").errors()

    assert (error.code, error.message, error.hint) == (code, message, hint)


def test_declared_grants_that_the_policy_would_not_allow_anew_are_advice_by_role(folder):
    people = "".join(f'"p{n}@x.org", ' for n in range(7))
    text = f"""{BACKEND}[guard]
max_term = {{ viewer = "90d" }}
require_reason_for = ["runner"]
{OWNER}[workspaces.w.access]
viewer = [{people}]
runner = ["ana@x.org"]
"""
    advice = [a for a in folder.write(text).declare().advice if a.code in ("RS518", "RS519")]

    assert [(a.code, a.hint) for a in advice] == [
        ("RS518", "write an `until` beside each, no later than `[guard]` allows"),
        ("RS519", 'write `{ who = "...", reason = "..." }`'),
    ]
    assert advice[0].message.startswith(
        "`viewer` is held by `p0@x.org` in workspace w without an end; `p1@x.org` in"
    )
    assert advice[0].message.endswith("; and 2 more")
    assert advice[1].message == "`runner` is held by `ana@x.org` in workspace w without a reason"
    assert [a.place.line for a in advice] == [10, 11]


def test_advice_on_a_grant_names_the_copy_of_a_role(folder):
    text = f"""{BACKEND}[guard]
require_end_for = ["runner"]
{OWNER}[roles.chief]
base = "runner"
[workspaces.w.access]
chief = ["ana@x.org"]
"""
    (advice,) = [a for a in folder.write(text).declare().advice if a.code == "RS518"]

    assert advice.message == "`chief` is held by `ana@x.org` in workspace w without an end"
    assert advice.hint.endswith("; `chief` has all permissions of a role that `[guard]` names")


def test_default_roles_that_the_policy_would_not_allow_anew_are_advice(folder):
    text = f"""{BACKEND}[guard]
default_role_forbids = ["manage_flows", "see_secret_blocks"]
{OWNER}[workspaces.a]
default_role = "worker"
[workspaces.b]
default_role = "mender"
[workspaces.c]
default_role = "viewer"
[workspaces.s-1]
[workspaces.s-2]
[workspace_defaults."s-*"]
default_role = "mender"
[roles.mender]
base = "viewer"
permissions = ["manage_flows"]
"""
    advice = [a for a in folder.write(text).declare().advice if a.code == "RS520"]

    assert [(a.message, a.place.line) for a in advice] == [
        ("as default role `worker` gives everybody `see_secret_blocks`", 9),
        ("as default role `mender` gives everybody `manage_flows`", 11),
        ("as default role `mender` gives everybody `manage_flows`", 17),
    ]
    assert {a.hint for a in advice} == {
        "give it to named people or teams, or take it out of `default_role_forbids`"
    }


def test_the_advice_on_a_protected_address_is_at_its_line(folder):
    text = 'protect = [\n  "workspace.prod",\n  "team.opps",\n]\n[workspaces.prod]\n[teams.ops]'
    advice = folder.write(f"{BACKEND}{OWNER}[guard]\n{text}\n").declare().advice
    (wrong,) = [each for each in advice if each.code == "RS504"]
    before = f"{BACKEND}{OWNER}[guard]\n".count("\n")
    assert (wrong.message, wrong.place.line, wrong.place.column) == (
        "`team.opps` protects nothing that is declared here",
        before + 3,
        3,
    )


@pytest.mark.parametrize("text", ["team.*", "workspace.prod/access/*", "team.a?"])
def test_a_pattern_protects_nothing_and_is_refused(folder, text):
    written = f'{BACKEND}{OWNER}[guard]\nprotect = ["team.a%2A", "{text}"]\n[teams."a*"]\n'

    with pytest.raises(ConfigError) as error:
        folder.write(written).declare()

    (wrong,) = error.value.diagnostics
    assert (wrong.code, wrong.message, wrong.hint) == (
        "RS115",
        f"`{text}` is a pattern, and `protect` takes whole addresses",
        "name each thing; write `*` and `?` of a name as `%2A` and `%3F`",
    )
