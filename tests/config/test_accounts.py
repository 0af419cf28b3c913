"""``[accounts.NAME]``: the shared tables as each account has them."""

from __future__ import annotations

import pytest

from rbac_sync import config
from rbac_sync.catalogues import catalogue
from rbac_sync.errors import ConfigError, RbacSyncError
from rbac_sync.model import ACCOUNT, Level, Team, Workspace, held
from rbac_sync.model import address as named
from rbac_sync.model.policy import Limit
from rbac_sync.model.resources import role

from .folder import BACKEND, NOW, OWNER

SHARED = """\
[backend]
type = "store"
world = "prefect-cloud"

[files]
"shared.toml" = ["people", "members", "teams", "workspaces", "service_accounts"]
"accounts-*.toml" = ["accounts.dev", "accounts.prod"]

[guard]
max_losers = 5

[accounts.dev]
wave = 1
backend = { account = "acme-dev" }
"""
TABLES = """\
[people]
ana = "ana@x.org"
bo = "bo@x.org"

[members]
owner = ["ana"]
member = ["bo"]

[teams.data]
members = ["bo"]

[workspaces.etl]
description = "Extracts"
access.developer = ["team:data"]
access.viewer = ["ana"]
"""
PROD = """\
[accounts.prod]
wave = 2
backend = { account = "acme-prod" }
guard.max_losers = 1
"""
ANA, BO, CY = (named.user(f"{name}@x.org") for name in ("ana", "bo", "cy"))
DATA, ETL = named.team("data"), named.workspace("etl")
VIEWER, RUNNER, DEVELOPER = (
    role(Level.WORKSPACE, name) for name in ("viewer", "runner", "developer")
)


@pytest.fixture
def several(folder):
    """Return a function that declares one of two accounts, with tables of its own."""
    (folder.path / "shared.toml").write_text(TABLES)

    def declare(name, own="", root=""):
        (folder.path / "rbac.toml").write_text(SHARED + root)
        (folder.path / "accounts-prod.toml").write_text(PROD + own)
        sources = config.select_account(config.read(folder.path), name)
        return config.declaration(sources, catalogue("prefect-cloud"), NOW)

    return declare


def problems(several, own="", root=""):
    with pytest.raises(ConfigError) as error:
        several("prod", own, root)
    return error.value.diagnostics


def test_each_account_has_the_shared_tables(several):
    dev, prod = several("dev").desired, several("prod").desired
    assert dev.row(ETL) == prod.row(ETL) == {DATA: held(DEVELOPER), ANA: held(VIEWER)}
    assert dev.of(Team)[DATA].members == prod.of(Team)[DATA].members


def test_an_account_has_its_own_keys_over_those_of_the_root_file(several):
    assert several("dev").policy.max_losers == Limit(5)
    assert several("prod").policy.max_losers == Limit(1)


def test_an_account_has_its_own_keys_over_those_of_a_shared_object(several):
    own = """
    [accounts.prod.workspaces.etl.access]
    developer = []
    runner = ["team:data"]
    """
    declared = several("prod", own)
    assert declared.desired.row(ETL) == {DATA: held(RUNNER), ANA: held(VIEWER)}
    assert declared.desired.of(Workspace)[ETL].description == "Extracts"
    assert several("dev", own).desired.row(ETL) == {DATA: held(DEVELOPER), ANA: held(VIEWER)}


def test_an_account_is_bound_to_its_own_keys_of_authors(several, folder):
    authors = """
    issuer = "https://ci.example"
    audience = "x"
    jwks = "prod.json"
    claims = { a = "b" }
    principals = {}
    """

    several("prod", f"[accounts.prod.guard.authors]{authors}")

    def digest(name):
        return config.select_account(config.read(folder.path), name).digest

    (folder.path / "prod.json").write_text('{"keys": []}')
    dev, prod = digest("dev"), digest("prod")
    (folder.path / "prod.json").write_text('{"keys": [{}]}')
    assert digest("prod") != prod
    assert digest("dev") == dev


def test_a_short_name_stands_for_another_address_in_one_account(several):
    own = '[accounts.prod.people]\nbo = "bo@prod.x.org"\n'
    other = named.user("bo@prod.x.org")
    assert [member.principal for member in several("prod", own).desired.of(Team)[DATA].members] == [
        other
    ]


def test_an_account_adds_objects_and_entries_of_lists(several):
    own = """
    [accounts.prod.people]
    cy = "cy@x.org"
    [accounts.prod.add.members]
    member = ["cy"]
    [accounts.prod.add.teams.data]
    members = ["cy"]
    [accounts.prod.add.workspaces.billing]
    access.viewer = ["cy"]
    [[accounts.prod.add.test]]
    name = "nobody but data deploys"
    role = "developer"
    workspace = "etl"
    only = ["team:data", "bo", "cy"]
    """
    prod, dev = several("prod", own), several("dev", own)
    assert {member.principal for member in prod.desired.of(Team)[DATA].members} == {BO, CY}
    assert CY in prod.desired.row(ACCOUNT)
    assert prod.desired.row(named.workspace("billing")) == {CY: held(VIEWER)}
    assert [test.name for test in prod.expectations] == ["nobody but data deploys"]
    assert CY not in dev.desired.row(ACCOUNT)
    assert named.workspace("billing") not in dev.desired.of(Workspace)
    assert dev.expectations == ()


def test_a_place_names_the_line_of_the_account_and_the_shared_one(several):
    own = """
    [accounts.prod.workspaces.etl]
    description = "For real"
    access.developer = ["bo"]
    access.runner = ["team:data"]
    [accounts.prod.add.workspaces.etl]
    access.viewer = ["bo@x.org"]
    """
    own = own.replace('access.developer = ["bo"]', "access.developer = []")
    origin = several("prod", own).origin
    places = {
        ETL: "shared.toml:12, with accounts-prod.toml:7",
        named.binding(DATA, ETL): "accounts-prod.toml:9, beside shared.toml:14",
        named.binding(BO, ETL): "accounts-prod.toml:11, beside shared.toml:15",
        named.binding(ANA, ETL): "shared.toml:15",
        named.team("data"): "shared.toml:9",
    }
    assert {address: origin(address).file_line for address in places} == places


def test_a_place_says_over_which_line_a_list_is_written(several):
    own = '[accounts.prod.workspaces.etl.access]\ndeveloper = ["bo"]\n'
    place = several("prod", own).origin(named.binding(BO, ETL))
    assert place.file_line == "accounts-prod.toml:6, over shared.toml:14"


@pytest.mark.parametrize(
    ("own", "message", "hint"),
    [
        (
            "[accounts.prod.workspaces.etr]\naccess.viewer = []",
            "no shared file declares `workspaces.etr`, so there is nothing to change",
            "did you mean `etl`?",
        ),
        (
            '[accounts.prod.teams.zebra]\nmembers = ["bo"]',
            "no shared file declares `teams.zebra`, so there is nothing to change",
            "to declare it here alone, write `[accounts.prod.add.teams.zebra]`",
        ),
    ],
)
def test_what_no_shared_file_declares_cannot_be_changed(several, own, message, hint):
    (problem,) = problems(several, own)
    assert (problem.code, problem.message, problem.hint) == ("RS330", message, hint)
    assert (problem.place.file, problem.place.line) == ("accounts-prod.toml", 5)


def test_what_a_shared_file_says_is_not_added_again(several):
    (problem,) = problems(several, '[accounts.prod.add.workspaces.etl]\ndescription = "x"')
    assert problem.code == "RS301"
    assert problem.message == ("`workspaces.etl.description` is already declared in `shared.toml`")
    assert problem.hint == "write it without `.add` to say something else in this account"
    assert (problem.second.file, problem.second.line) == ("shared.toml", 13)


def test_two_accounts_are_not_one(several):
    root = '[accounts.stage]\nwave = 1\nbackend = { account = "acme-prod" }\n'
    (problem,) = problems(several, root=root)
    assert problem.code == "RS331"
    assert problem.message == "`stage` and `prod` are one account: `acme-prod`"
    assert problem.hint == "write another `account` in `[accounts.stage.backend]`"
    assert problem.second.file == "accounts-prod.toml"


@pytest.mark.parametrize(
    ("prod", "stage"),
    [
        ("", 'url = "sqlite:///./rbac.db"'),
        ('url = "postgresql://db/rbac"', 'url = "postgres://DB:5432/rbac"'),
    ],
)
def test_two_spellings_of_one_database_are_one_account(folder, prod, stage):
    accounts = "".join(
        f'[accounts.{name}]\nwave = 1\n[accounts.{name}.backend]\naccount = "a"\n{url}\n'
        for name, url in (("prod", prod), ("stage", stage))
    )
    shared = config.read(folder.write(BACKEND + OWNER + accounts).path)
    (problem,) = config.select_account(shared, "prod").problems
    assert problem.code == "RS331"


def test_two_names_do_not_differ_in_case_alone(several):
    root = '[accounts.Prod]\nwave = 1\nbackend = { account = "other" }\n'
    (problem,) = problems(several, root=root)
    assert problem.code == "RS331"
    assert problem.message == (
        "`Prod` and `prod` differ in case alone: on a disk that ignores case their plans and"
        " reports are one file"
    )
    assert problem.hint == "give one of them another name"
    assert problem.second.file == "accounts-prod.toml"


def test_one_handle_in_two_databases_is_two_accounts(several):
    url = 'url_variable = "RBAC_SYNC_STAGE_URL"\n'
    root = f'[accounts.stage]\nwave = 1\n{url}backend.account = "acme-prod"\n'
    assert several("stage", root=root).desired.row(ETL) == several("dev").desired.row(ETL)


def test_a_role_has_another_name_in_an_account_wherever_it_is_named(folder):
    text = """
    [members]
    owner = ["ana@x.org"]
    auditor = ["bo@x.org"]
    [roles.auditor]
    level = "account"
    base = "none"
    permissions = ["read:team"]
    [roles.deployer]
    base = "viewer"
    permissions = ["run_flows"]
    [roles.lead]
    base = "deployer"
    permissions = ["see_blocks"]
    [workspace_defaults."*"]
    default_role = "deployer"
    access.deployer = ["bo@x.org"]
    [workspaces.etl]
    [guard]
    protect = ["role.deployer"]
    max_term = { "workspace/deployer" = "9d" }
    require_reason_for = ["deployer"]
    [[test]]
    name = "few"
    role = "deployer"
    workspace = "etl"
    at_most = 9
    [accounts.prod]
    wave = 1
    [accounts.prod.names]
    roles = { deployer = "deployer-prod", auditor = "auditor-prod" }
    """
    shared = config.read(folder.write(BACKEND + text).path)
    declared = config.declaration(
        config.select_account(shared, "prod"), catalogue("prefect-cloud"), NOW
    )
    deployer, auditor = role(Level.WORKSPACE, "deployer-prod"), role(Level.ACCOUNT, "auditor-prod")
    row = declared.desired.row(ETL)
    assert row == {named.EVERYONE: held(deployer), BO: held(deployer)}
    assert declared.desired.row(ACCOUNT)[BO] == held(auditor)
    assert declared.desired.get(deployer) is not None
    assert declared.policy.protect == {"role.deployer-prod"}
    assert list(declared.policy.max_term) == [deployer]
    assert declared.policy.require_reason_for == {deployer}
    (test,) = declared.expectations
    assert test.asset.roles == {deployer}
    place = declared.origin(deployer)
    assert place.file_line.startswith("rbac.toml:12, named in rbac.toml:")


def test_an_account_is_declared_in_one_file(several):
    root = '[accounts.prod]\nwave = 1\nbackend.account = "other"\n'
    assert [problem.code for problem in problems(several, root=root)] == ["RS301"]


@pytest.mark.parametrize(
    ("root", "message", "hint"),
    [
        ("[accounts.x]\n", "`wave` is missing in `x`", "add `wave`"),
        ("[accounts.x]\nwave = 0\n", "`wave` must be at least 1", "correct the value"),
        ("[accounts.'a b']\nwave = 1\n", "`a b` is no name for an account", None),
        (
            "[accounts.x]\nwave = 1\nkey_variable = 'a-b'\n",
            "`key_variable` is no name of an environment variable",
            "write it as in `SLACK_WEBHOOK_URL`",
        ),
        (
            "[accounts.x]\nwave = 1\nwaves = 1\n",
            "unknown key `waves` in `x`",
            "did you mean `wave`?",
        ),
        (
            "[accounts.x]\nwave = 1\nguard.allow_losers = 1\n",
            "`allow_losers` is an option of one run, not a key of a file",
            "use `--allow-losers N --reason TEXT` on the command line",
        ),
        (
            "[accounts.x]\nwave = 1\nteams.data.members = [1]\n",
            "`members` must be a name or a table `{ who = ... }`, got a whole number",
            'write `"name"` or `{ who = "name" }`',
        ),
        (
            "[accounts.x]\nwave = 1\nbackend.options.token = 'x'\n",
            "`token` looks like a credential; those do not belong into files",
            "pass it in the environment",
        ),
    ],
)
def test_a_fault_of_one_account_is_one_of_all(several, root, message, hint):
    problem = next(p for p in problems(several, root=root) if p.message == message)
    assert hint is None or problem.hint == hint
    assert problem.place.file == "rbac.toml"


def test_several_accounts_ask_which_one(several):
    with pytest.raises(RbacSyncError) as error:
        several(None)
    assert str(error.value) == "this configuration is of 2 accounts: `dev` and `prod`"
    assert error.value.hint == (
        "name one with `--account NAME`; `plan`, `apply`, `drift`, `validate`, `test` and `pull`"
        " take `--all`, too"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [("prd", "did you mean `prod`?"), ("zzz", "the accounts are `dev` and `prod`")],
)
def test_an_unknown_account_is_refused(several, name, hint):
    with pytest.raises(RbacSyncError) as error:
        several(name)
    assert (str(error.value), error.value.hint) == (f"there is no account `{name}`", hint)


def test_one_account_needs_no_name(folder):
    text = SHARED.replace('"accounts-*.toml" = ["accounts.dev", "accounts.prod"]\n', "")
    folder.write(text, shared=TABLES)
    selected = config.select_account(config.read(folder.path), None)
    assert config.settings(selected).account == "acme-dev"


def test_a_backend_of_an_account_alone_says_its_type(folder):
    text = "[accounts.dev]\nwave = 1\nbackend = { account = 'a' }\n"
    lacking, whole = (
        config.select_account(config.read(folder.write(each).path), None)
        for each in (text, text.replace("}", ", type = 'store' }"))
    )
    with pytest.raises(ConfigError) as error:
        config.settings(lacking)
    assert [problem.code for problem in error.value.diagnostics] == ["RS120"]
    assert config.settings(whole).account == "a"


def test_a_configuration_of_one_account_has_none_to_name(folder):
    sources = config.read(folder.write('[backend]\ntype = "store"\naccount = "a"\n').path)
    assert config.select_account(sources, None) is sources
    with pytest.raises(RbacSyncError) as error:
        config.select_account(sources, "dev")
    assert str(error.value) == "there is no account `dev`: this configuration has no `[accounts]`"
    assert error.value.hint == "leave `--account` out, or declare `[accounts.NAME]`"


def test_accounts_are_listed_wave_by_wave(several, folder):
    several("dev", root='[accounts.aa]\nwave = 3\nbackend.account = "aa"\n')
    listed = config.accounts(config.read(folder.path))
    assert [(account.name, account.wave) for account in listed] == [
        ("dev", 1),
        ("prod", 2),
        ("aa", 3),
    ]


def test_the_root_alone_reads_the_files_of_accounts(several, folder):
    several("dev")
    assert [a.name for a in config.accounts(config.read_root(folder.path))] == ["dev", "prod"]


NAMES = """
[accounts.prod.names]
workspaces = { etl = "etl-prod" }
service_accounts = { ci = "ci-prod" }
teams = { data = "data-prod" }
"""
REFERRING = """
[service_accounts.ci]
description = "sa:ci"
[groups.robots]
members = ["sa:ci"]
[[test]]
name = "team:data"
who = "team:data"
workspace = "etl"
can = ["write_work_pools"]
"""


@pytest.fixture
def naming(several, folder):
    """Return a function that declares the account with shared things under other names."""

    def declare(name, own="", root=""):
        shared = TABLES.replace('["bo"]', '["bo", { who = "sa:ci" }]')
        (folder.path / "shared.toml").write_text(shared.replace('viewer = ["ana"]', VIEWERS))
        return several(name, NAMES + own, REFERRING + root)

    return declare


VIEWERS = 'viewer = ["ana", "group:robots"]'


def test_a_thing_has_another_name_in_one_account_wherever_it_is_named(naming):
    prod = naming("prod")
    ci, data, etl = named.service_account("ci-prod"), named.team("data-prod"), "etl-prod"
    assert prod.desired.row(named.workspace(etl)) == {
        data: held(DEVELOPER),
        ANA: held(VIEWER),
        ci: held(VIEWER),
    }
    assert {member.principal for member in prod.desired.of(Team)[data].members} == {BO, ci}
    assert prod.desired.get(ci).description == "sa:ci"
    (test,) = prod.expectations
    assert (test.name, test.who, test.scope) == ("team:data", data, named.workspace(etl))


def test_the_guard_knows_a_thing_by_its_name_in_the_account(naming, folder):
    protect = [
        "team.data",
        "workspace.etl",
        "workspace.etl/access/ana@x.org",
        "workspace.etl/access/team:data",
        "service-account.ci/key/main",
        "member.ana@x.org/key/main",
    ]
    guard = f"workspace_owners = {{ etl = 1 }}\nprotect = {protect}\n"
    ignored = "[[ignore]]\naddress = 'workspace.etl/access/x*'\nwhy = 'theirs'\n"
    assert naming("prod", root=ignored).ignored[0].pattern == "workspace.etl-prod/access/x*"
    path = folder.path / "rbac.toml"
    path.write_text(path.read_text().replace("max_losers = 5\n", f"max_losers = 5\n{guard}"))
    sources = config.select_account(config.read(folder.path), "prod")
    policy = config.declaration(sources, catalogue("prefect-cloud"), NOW).policy
    assert policy.protect == {
        "team.data-prod",
        "workspace.etl-prod",
        "workspace.etl-prod/access/ana@x.org",
        "workspace.etl-prod/access/team:data-prod",
        "service-account.ci-prod/key/main",
        "member.ana@x.org/key/main",
    }
    assert policy.workspace_owners == {"etl-prod": 1}


@pytest.mark.parametrize("written", ["Data Eng", "Data%20Eng"])
def test_a_name_with_a_space_is_protected_under_its_name_in_the_account(folder, several, written):
    several("prod")
    names = '[accounts.prod.names]\nteams = { "Data Eng" = "Eng", data = "Data Sci" }\n'
    (folder.path / "accounts-prod.toml").write_text(PROD + names)
    guard = f"[guard]\nprotect = ['workspace.etl/access/team:{written}', 'team.data']\n"
    root = SHARED.replace("[guard]\n", guard)
    (folder.path / "rbac.toml").write_text(f'{root}[teams."Data Eng"]\n')
    sources = config.select_account(config.read(folder.path), "prod")
    policy = config.declaration(sources, catalogue("prefect-cloud"), NOW).policy
    assert policy.protect == {"workspace.etl/access/team:Eng", "team.Data%20Sci"}


def test_the_other_accounts_have_the_shared_names(naming):
    assert naming("dev").desired.of(Workspace).keys() == {ETL}


def test_a_place_names_the_line_that_gives_a_name(naming):
    origin = naming("prod").origin
    assert origin(named.workspace("etl-prod")).file_line == (
        "shared.toml:12, named in accounts-prod.toml:7"
    )
    assert origin(
        named.binding(named.team("data-prod"), named.workspace("etl-prod"))
    ).file_line == ("shared.toml:14")


@pytest.mark.parametrize("test", ["[[test]]\nworkspace = ['etl']", "[[test]]\nname = 1"])
def test_a_test_that_cannot_be_read_is_one_problem_in_an_account_too(several, test):
    root = f"{test}\n"
    found = problems(several, NAMES.replace("service_accounts", "#"), root)
    assert {problem.code for problem in found} <= {"RS113", "RS114"}


def test_an_override_speaks_of_the_shared_name(naming):
    own = '[accounts.prod.workspaces.etl.access]\ndeveloper = []\nrunner = ["team:data"]\n'
    prod = naming("prod", own)
    binding = named.binding(named.team("data-prod"), named.workspace("etl-prod"))
    assert prod.desired.row(named.workspace("etl-prod"))[named.team("data-prod")] == held(RUNNER)
    assert prod.origin(binding).file_line.startswith("accounts-prod.toml:12")


@pytest.mark.parametrize(
    ("own", "message", "hint"),
    [
        (
            '[accounts.prod.names]\nteams = { dta = "x" }\n',
            "no shared file declares `teams.dta`, so there is nothing to change",
            "did you mean `data`?",
        ),
        (
            '[accounts.prod.names]\nworkspaces = { etl = "reports" }\n',
            "`workspaces.reports` is the name of something else",
            "give one of them another name",
        ),
        (
            '[accounts.prod.names]\nworkspaces = { etl = "x", reports = "x" }\n',
            "`workspaces.x` is the name of something else",
            "give one of them another name",
        ),
    ],
)
def test_a_name_is_of_one_thing_that_is_declared(several, folder, own, message, hint):
    several("dev")
    (folder.path / "shared.toml").write_text(TABLES + "[workspaces.reports]\n")
    (problem,) = problems(several, own)
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.place.file == "accounts-prod.toml"


def test_a_short_name_of_one_account_is_to_be_used_there(several):
    own = '[accounts.prod.people]\nanna = "anna@x.org"\n'
    (advice,) = several("prod", own).advice
    assert (advice.code, advice.message) == ("RS502", "nothing refers to `anna`")
    assert advice.place.file == "accounts-prod.toml"


def test_a_short_name_that_all_share_need_not_be_used_in_each(several, folder):
    text = TABLES.replace("[members]", 'cy = "cy@x.org"\n[members]')
    (folder.path / "shared.toml").write_text(text)
    assert several("prod").advice == ()
