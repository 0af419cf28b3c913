"""An account resolves to what its flat configuration, written out by hand, resolves to."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from rbac_sync import config
from rbac_sync.catalogues import catalogue
from rbac_sync.errors import ConfigError

from .folder import NOW, Folder

PEOPLE = ("ana", "bo", "cy", "dee")
TEAMS, WORKSPACES = ("data", "ops"), ("etl", "web")
ROLES = ("viewer", "runner", "developer", "deployer")
WORLD = catalogue("prefect-cloud")
LEAD = {"base": "deployer", "permissions": ["see_flows"]}
ADDRESSES = {name: f"{name}@x.org" for name in PEOPLE}


def some(*names):
    return st.lists(st.sampled_from(names), unique=True)


def tables(names, table, least=0):
    return st.dictionaries(st.sampled_from(names), table, min_size=least)


actors = some(*PEOPLE, *(f"team:{team}" for team in TEAMS), "sa:ci")
principals = some(*PEOPLE, *(f"team:{team}" for team in TEAMS), "sa:ci", "group:duty")
group = st.fixed_dictionaries({"members": actors, "allow_empty": st.just(True)})
defaults = st.fixed_dictionaries(
    {}, optional={"default_role": st.just("runner"), "access": tables(ROLES, principals)}
)
team = st.fixed_dictionaries(
    {}, optional={"members": some(*PEOPLE, "sa:ci"), "description": st.sampled_from("xy")}
)
workspace = st.fixed_dictionaries(
    {},
    optional={
        "description": st.sampled_from("xy"),
        "default_role": st.sampled_from(("none", "viewer", "deployer")),
        "access": tables(ROLES, principals),
        "objects": tables(
            ("work_pool:p",), st.fixed_dictionaries({}, optional={"view": principals})
        ),
    },
)
overlay = st.fixed_dictionaries(
    {},
    optional={
        "teams": tables(TEAMS, team),
        "workspaces": tables(WORKSPACES, workspace),
        "groups": tables(("duty",), group),
        "workspace_defaults": tables(("*",), defaults),
        "people": tables(PEOPLE, st.sampled_from(("else@x.org", "other@x.org"))),
        "guard": st.fixed_dictionaries({"max_losers": st.integers(1, 9)}),
        "names": st.fixed_dictionaries(
            {},
            optional={
                "teams": st.just({"data": "data-2"}),
                "workspaces": st.just({"etl": "etl-2"}),
                "service_accounts": st.just({"ci": "ci-2"}),
                "roles": st.just({"deployer": "deployer-2"}),
            },
        ),
        "add": st.fixed_dictionaries(
            {},
            optional={
                "teams": tables((*TEAMS, "new"), st.fixed_dictionaries({"members": some(*PEOPLE)})),
                "workspaces": tables(
                    (*WORKSPACES, "new"),
                    st.fixed_dictionaries({"access": tables(ROLES, principals)}),
                ),
            },
        ),
    },
)
shared = st.fixed_dictionaries(
    {
        "teams": tables(TEAMS, team, len(TEAMS)),
        "workspaces": tables(WORKSPACES, workspace, len(WORKSPACES)),
        "groups": tables(("duty",), group, 1),
        "workspace_defaults": tables(("*",), defaults, 1),
    }
)


def over(base, upper, *, adds=False):
    """Return *upper* over *base*, key by key; lists are added to if it *adds*."""
    result = deepcopy(base)
    for key, value in upper.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = over(result[key], value, adds=adds)
        elif adds and isinstance(value, list) and isinstance(result.get(key), list):
            result[key] = result[key] + value
        else:
            result[key] = deepcopy(value)
    return result


def called(value, names):
    """Return *value* with the other names, as whoever wrote it by hand would write them."""
    text = json.dumps(value)
    for section, prefix in (("teams", "team:"), ("service_accounts", "sa:")):
        for old, new in names.get(section, {}).items():
            text = text.replace(f'"{prefix}{old}"', f'"{prefix}{new}"')
    for old, new in names.get("roles", {}).items():
        text = text.replace(f'"{old}"', f'"{new}"').replace(f'/{old}"', f'/{new}"')
    result = json.loads(text)
    for section, renamed in names.items():
        result[section] = {renamed.get(k, k): v for k, v in result[section].items()}
    return result


def toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}" = {toml(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def written(document):
    return "".join(f"{key} = {toml(value)}\n" for key, value in document.items())


def meaning(path, account=None):
    """Return what a configuration declares, or the codes of what is wrong with it."""
    sources = config.select_account(config.read(path), account)
    try:
        declared = config.declaration(sources, WORLD, NOW)
    except ConfigError as error:
        return sorted({problem.code for problem in error.diagnostics})
    tests = [replace(each, place=None) for each in declared.expectations]
    rows = {scope: dict(declared.desired.row(scope)) for scope in scopes(declared)}
    return set(declared.desired.resources()), rows, declared.policy, tests


def scopes(declared):
    return {binding.scope for binding in declared.desired.bindings()}


@given(shared, overlay)
def test_an_account_means_what_its_flat_configuration_means(base, own):
    base = {
        "people": ADDRESSES,
        "members": {"owner": ["ana"], "member": ["bo", "cy", "dee", "sa:ci"]},
        "service_accounts": {"ci": {}},
        "roles": {"deployer": {"base": "viewer", "permissions": []}, "lead": LEAD},
        "guard": {"max_term": {"workspace/deployer": "9d"}, "require_end_for": ["deployer"]},
        "test": [{"name": "x", "role": "deployer", "at_most": 9, "workspace": "*"}],
        **base,
    }
    backend = {"type": "store", "world": "prefect-cloud", "account": "acme"}
    plain = {key: own[key] for key in own if key not in ("names", "add")}
    flat = over(over(base, plain), own.get("add", {}), adds=True)
    flat = called(flat, own.get("names", {}))
    with TemporaryDirectory() as several, TemporaryDirectory() as one:
        document = {"backend": backend, **base, "accounts": {"x": {"wave": 1, **own}}}
        Folder(Path(several)).write(written(document))
        Folder(Path(one)).write(written({"backend": backend, **flat}))
        assert meaning(Path(several), "x") == meaning(Path(one))
