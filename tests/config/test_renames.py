"""What ``renamed_from`` says."""

from __future__ import annotations

import pytest

from rbac_sync.model import Level
from rbac_sync.model import address as named
from rbac_sync.model.resources import role

from .folder import BACKEND, OWNER

RENAMED = """
[service_accounts.deployer]
renamed_from = "ci"

[roles.releaser]
renamed_from = "deployer"

[roles.billing]
level = "account"
renamed_from = "money"

[teams.data-eng]
renamed_from = "data"

[workspaces.production]
renamed_from = "prod"
"""


def test_a_renamed_object_is_known_by_the_address_that_it_had(folder):
    assert folder.write(BACKEND + OWNER + RENAMED).declare().former == {
        named.service_account("deployer"): (named.service_account("ci"),),
        role(Level.WORKSPACE, "releaser"): (role(Level.WORKSPACE, "deployer"),),
        role(Level.ACCOUNT, "billing"): (role(Level.ACCOUNT, "money"),),
        named.team("data-eng"): (named.team("data"),),
        named.workspace("production"): (named.workspace("prod"),),
    }


@pytest.mark.parametrize(
    ("text", "told", "second"),
    [
        ("[teams.new]\nrenamed_from = 'old'\n[teams.old]\n", "RS314 7:16", 8),
        ("[teams.old]\nrenamed_from = 'old'\n", "RS314 7:16", 6),
        (
            "[workspaces.a]\nrenamed_from = 'old'\n[workspaces.b]\nrenamed_from = 'old'\n",
            "RS314 9:16",
            7,
        ),
        ("[roles.new]\nrenamed_from = 'Viewer'\n", "RS306 7:16", None),
    ],
)
def test_a_name_that_is_still_used_is_not_given_up(folder, text, told, second):
    (error,) = folder.write(BACKEND + OWNER + text).errors()
    assert f"{error.code} {error.place.line}:{error.place.column}" == told
    assert (error.second and error.second.line) == second


def test_the_same_name_of_another_kind_is_another_one(folder):
    text = "[teams.new]\nrenamed_from = 'old'\n[workspaces.old]\n"
    assert folder.write(BACKEND + OWNER + text).errors() == ()


PEOPLE = """[people]
ana = { email = "ana.jones@x.org", renamed_from = ["Ana.Smith@x.org", "asmith@y.org"] }
bo = "bo@x.org"
[groups.leads]
members = [{ who = "cy@x.org", renamed_from = "cyd@x.org" }]
[members]
owner = ["ana", "group:leads"]
member = [{ who = "bo", renamed_from = "bob@x.org" }]
"""


def test_a_person_is_known_by_the_addresses_that_it_had(folder):
    assert folder.write(BACKEND + PEOPLE).declare().former == {
        named.user("ana.jones@x.org"): (
            named.user("ana.smith@x.org"),
            named.user("asmith@y.org"),
        ),
        named.user("cy@x.org"): (named.user("cyd@x.org"),),
        named.user("bo@x.org"): (named.user("bob@x.org"),),
    }


def test_things_may_have_several_old_names(folder):
    text = "[teams.new]\nrenamed_from = ['old', 'older']\n"
    assert folder.write(BACKEND + OWNER + text).declare().former == {
        named.team("new"): (named.team("old"), named.team("older"))
    }


def who(entry: str, *others: str, manage: str = "all") -> str:
    """Return a configuration whose members are Ana, *entry* and *others*."""
    listed = ", ".join((entry, *others))
    return (
        f'{BACKEND}[manage]\nmembers = "{manage}"\n'
        f'[members]\nowner = ["ana@x.org"]\nmember = [{listed}]\n'
    )


BO = '{ who = "bo@x.org", renamed_from = "bob@x.org" }'


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (
            who(BO, '"bob@x.org"'),
            "RS314 8:46",
            "`bob@x.org` is declared itself",
            "take `renamed_from` out, or what has the old name",
        ),
        (
            who(BO, manage="declared") + '[teams.data]\nmembers = ["bob@x.org"]\n',
            "RS314 8:46",
            "`bob@x.org` is declared itself",
            "take `renamed_from` out, or what has the old name",
        ),
        (
            who('{ who = "bo@x.org", renamed_from = "Bo@x.org" }'),
            "RS314 8:46",
            "`bo@x.org` is declared itself",
            "take `renamed_from` out, or what has the old name",
        ),
        (
            who(BO, '{ who = "cy@x.org", renamed_from = ["bob@x.org"] }'),
            "RS314 8:97",
            "`bob@x.org` cannot become two things",
            "take `renamed_from` out",
        ),
        (
            who('{ who = "bo@x.org", renamed_from = ["bob@x.org", "BOB@x.org"] }'),
            "RS303 8:60",
            "`bob@x.org` is listed twice",
            "keep one of them",
        ),
        (
            who('{ who = "bo@x.org", renamed_from = "bob" }'),
            "RS118 8:46",
            "`bob` is no e-mail address",
            "write it as in `ana@acme.example`",
        ),
        (
            who('{ who = "bo@x.org", renamed_from = 3 }'),
            "RS114 8:46",
            "`renamed_from` must be a name or a list of names",
            'write `"old-name"`',
        ),
        (
            who('"cy@x.org"') + "[teams.a]\nrenamed_from = ['b', 3]\n",
            "RS114 10:22",
            "`renamed_from` must be text, got a whole number",
            'write it in quotes: `"..."`',
        ),
        (
            who('{ who = "sa:ci", renamed_from = "bob@x.org" }') + "[service_accounts.ci]\n",
            "RS308 8:43",
            "`sa:ci` is no person",
            "write `renamed_from` where it is declared; for a person of a group, in `[groups]`",
        ),
        (
            who(BO) + '[teams.data]\nmembers = ["bob@x.org"]\n',
            "RS202 10:12",
            "`bob@x.org` is not in `[members]`",
            "write `bo@x.org`, its address now",
        ),
        (
            who(BO) + '[teams.data]\nmembers = [{ who = "bo@x.org", renamed_from = "b@x.org" }]\n',
            "RS112 10:32",
            "unknown key `renamed_from` in `members`",
            "the keys here are `who`, `from`, `until`, `reason`",
        ),
    ],
)
def test_an_old_address_that_cannot_be_one_is_refused(folder, text, place, message, hint):
    (error,) = folder.write(text).errors()
    assert f"{error.code} {error.place.line}:{error.place.column}" == place
    assert (error.message, error.hint) == (message, hint)
