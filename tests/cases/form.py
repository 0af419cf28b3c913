"""The form of a case file: what is wrong with one is told, and no case of another form passes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from rbac_sync.guard.findings import RuleId
from rbac_sync.model import Level, Status
from rbac_sync.model.address import folded
from rbac_sync.model.instant import parsed

HERE = Path(__file__).parent

KINDS = ("guard_cases", "toml_cases")

GUARD = "id model now live applier change verdict rules title? reason? path? policy? ordered? peer?"
TOML = "id files verdict why? args? code? file? line? column?"

OPERATIONS = {
    "set_account_role": "principal role",
    "remove_member": "principal",
    "invite": "email account_role? workspace_roles? teams? expires?",
    "revoke_invite": "email",
    "set_access": "workspace subject role~ expires?",
    "put_role": "name base? permissions",
    "delete_role": "name",
    "rename_role": "name to",
    "put_account_role": "name permissions",
    "delete_account_role": "name",
    "set_default_role": "workspace role~",
    "put_team": "name",
    "delete_team": "name",
    "set_team_member": "team principal present",
    "put_bot": "name account_role~",
    "delete_bot": "name",
    "mint_key": "bot expires?",
    "revoke_key": "principal key",
    "create_workspace": "name",
    "delete_workspace": "name",
    "set_workspace_public": "workspace public",
}
"""The keys of each operation; one with ``?`` may be left out, and one with ``?`` or ``~`` null."""

LIVE = {
    "users": "email account_role status? keys?",
    "bots": "account_role keys?",
    "teams": "members managed_by?",
    "workspaces": "default_role? public?",
    "account_roles": "permissions",
    "workspace_roles": "base? permissions",
}
"""The tables of the live state, each with the keys of its entries."""

ROWS = {
    "access": "workspace subject role expires?",
    "invitations": "email account_role? workspace_roles? teams? expires? status?",
}

POLICY = (
    "bots_account_role? default_role_forbids? allow_public? allow_self_reduction? min_owners?"
    " max_key_days? max_invite_days? max_removal_fraction? removal_min_existing? max_deletes?"
    " max_losers? max_gainers? allow_removals? allow_losers? allow_gainers?"
)


ANSWER = Literal["pending", "accepted", "rejected", "revoked", "expired"]


def _instant(text: str) -> str:
    parsed(text)
    return text


def _principal(text: str) -> str:
    kind, _, name = text.partition(":")
    if kind not in ("user", "bot", "team") or not name:
        raise ValueError(f"{text!r} begins with none of 'user:', 'bot:' and 'team:'")
    return text


def _inside(text: str) -> str:
    if Path(text).is_absolute() or ".." in Path(text).parts:
        raise ValueError(f"the file {text!r} is outside the folder")
    return text


def _form(name: str, keys: str, extra: Literal["allow", "forbid"] = "forbid", **types: Any) -> Any:
    """Return the form of an object with *keys*; of those that have no type the value is a text."""
    fields: dict[str, Any] = {}
    for key in keys.split():
        kind = types.get(bare := key.rstrip("?~"), TYPES.get(bare, str))
        fields[bare] = (kind if key == bare else kind | None, None if key.endswith("?") else ...)
    return create_model(name, __config__=ConfigDict(extra=extra, strict=True), **fields)


TYPES: dict[str, Any] = {
    **dict.fromkeys(("line", "column", "times"), int),
    **dict.fromkeys(("present", "public", "ordered"), bool),
    **dict.fromkeys(("permissions", "teams", "args", "default_role_forbids"), list[str]),
    **dict.fromkeys(("now", "expires"), Annotated[str, AfterValidator(_instant)]),
    **dict.fromkeys(
        ("principal", "subject", "applier"), Annotated[str, AfterValidator(_principal)]
    ),
    "members": list[Annotated[str, AfterValidator(_principal)]],
    "workspace_roles": dict[str, str],
    "id": Annotated[str, Field(min_length=1)],
    "verdict": Literal["accept", "reject"],
    "rules": list[Literal[tuple(map(str, RuleId))]],
    "status": Literal[tuple(map(str, Status))],
}
TYPES["keys"] = list[_form("Key", "id expires?")]
STEPS = [_form(name, f"op {keys}", op=Literal[name]) for name, keys in OPERATIONS.items()]
STEP = Annotated[reduce(or_, STEPS), Field(discriminator="op")]
TYPES["change"] = Annotated[list[STEP], Field(min_length=1)]
TYPES["live"] = create_model(
    "Live",
    __config__=ConfigDict(extra="forbid"),
    **{table: (dict[str, _form(table, keys)], ...) for table, keys in LIVE.items()},
    **{table: (list[_form(table, keys, status=ANSWER)], ...) for table, keys in ROWS.items()},
)
NUMBERS = {key.rstrip("?"): float for key in POLICY.split()[4:]}
TYPES["policy"] = _form("Policy", POLICY, allow_public=bool, allow_self_reduction=bool, **NUMBERS)
FILES = [_form("File", keys) for keys in ("symlink", "repeat times", "text then?")]
TYPES["files"] = dict[Annotated[str, AfterValidator(_inside)], reduce(or_, FILES, str)]

LISTS = dict[str, list[str]]
PARTS = {"{}_permissions": list[str], "{}_implies": LISTS, "builtin_{}_roles": LISTS}
PARTS = {key.format(level): form for key, form in PARTS.items() for level in Level}
MODEL = _form("Model", " ".join(["name owner_account_role", *PARTS]), "allow", **PARTS)
ASKED = POLICY.replace("role?", "role~", 1).replace("forbids?", "forbids", 1)
DEFAULTS = _form("Defaults", ASKED, allow_public=bool, allow_self_reduction=bool, **NUMBERS)
SETTINGS = create_model(
    "Settings", permission_models=(list[MODEL], ...), policy_defaults=(DEFAULTS, ...)
)
"""What the cases of a file have in common."""

GUARD_CASE = _form("GuardCase", GUARD, "allow")
TOML_CASE = _form("TomlCase", TOML, "allow")
"""Further keys of a case are remarks, unless they look like misspelt ones."""


class NoCaseFile(Exception):
    """A file that is no case file; the message has a line for each fault."""


def load(path: Path) -> dict[str, Any]:
    """Return the content of a case file, with the usual models where it has none.

    Raises:
        NoCaseFile: it cannot be read, or it has no cases that can be told apart.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_object)
    except (OSError, ValueError) as error:
        raise NoCaseFile(f"{path}: {error}") from error
    usual = json.loads((HERE / "models.json").read_text())
    if faults := list(_file_faults(content)) or _faults(SETTINGS, {**usual, **content}):
        raise NoCaseFile("\n".join(f"{path}: {fault}" for fault in faults))
    return {**usual, **content}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise ValueError(f"an object has the key {twice[0]!r} twice")
    return dict(pairs)


def _file_faults(content: Any) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "it is no object"
        return
    if content.get("format", 1) != 1:
        yield f"format {content['format']} is not known"
    if not any(content.get(kind) for kind in KINDS):
        yield f"it has no cases: {' or '.join(KINDS)}"
    yield from _misspelt(content, KINDS)
    for kind in KINDS:
        if not isinstance(cases := content.get(kind, []), list):
            yield f"{kind} is no list"
            continue
        ids = Counter(str(case.get("id")) for case in cases if isinstance(case, dict))
        yield from (f"{kind} {each}: {n} cases have this id" for each, n in ids.items() if n > 1)


def guard_faults(case: Any, content: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the form of a guard case."""
    models = content["permission_models"]
    return _faults(GUARD_CASE, case) or [*_dangling(case, models), *_twice(case["live"])]


def toml_faults(case: Any) -> list[str]:
    """Return what is wrong with the form of a case of configuration."""
    return _faults(TOML_CASE, case)


def told(case: Any, faults: list[str]) -> None:
    """Fail with the case and each of *faults*, if there are any."""
    name = case.get("id") if isinstance(case, dict) else case
    if faults:
        pytest.fail("\n".join(f"case {name}: {fault}" for fault in faults), pytrace=False)


def _faults(form: type[BaseModel], case: Any) -> list[str]:
    try:
        form.model_validate(case)
    except ValidationError as error:
        places = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        told = [": ".join(filter(None, place)) for place in places]
    else:
        told = []
    if isinstance(case, dict):
        told += _misspelt(case, form.model_fields)
    return told


def _misspelt(keys: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for key in sorted(set(keys) - set(known)):
        if meant := get_close_matches(key, known, n=1, cutoff=0.75):
            yield f"an unknown key {key!r}: {meant[0]!r}?"


def _dangling(case: Mapping[str, Any], models: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the faults of a case that lie between its parts."""
    if (case["verdict"] == "reject") is not bool(case["rules"]):
        yield f"the verdict is {case['verdict']!r}, and the rules are {case['rules']}"
    model = next((each for each in models if each["name"] == case["model"]), None)
    if model is None:
        yield f"there is no model {case['model']!r}"
        return
    live = case["live"]
    known: dict[str, set[str]] = {
        "workspace": set(live["workspaces"]),
        "team": set(live["teams"]),
        "actor": {f"{kind}:{name}" for kind in ("user", "bot") for name in live[f"{kind}s"]},
    }
    known["principal"] = known["actor"].union(f"team:{name}" for name in live["teams"])
    for level in Level:
        builtin, custom = model[f"builtin_{level}_roles"], live[f"{level}_roles"]
        known[f"{level} role"] = {*builtin, *custom}
        for name in sorted(builtin.keys() & custom):
            yield f"live.{level}_roles.{name}: the model has this role already"
    named = [*_references(live), ("policy", "account role", _bots_role(case))]
    for place, kind, name in named:
        if name is not None and name not in known[kind]:
            yield f"{place}: there is no {kind} {name!r}"


def _twice(live: Mapping[str, Any]) -> Iterator[str]:
    """Yield what *live* says twice, so that nobody could tell which holds."""
    invited = (i for i in live["invitations"] if (i.get("status") or "pending") == "pending")
    said = [("users", folded(each["email"])) for each in (*live["users"].values(), *invited)]
    said += [
        ("access", f"{x['role']} of {x['subject']} in {x['workspace']}") for x in live["access"]
    ]
    said += [
        (f"teams.{name}", who) for name, team in live["teams"].items() for who in team["members"]
    ]
    for (table, what), times in Counter(said).items():
        if times > 1:
            yield f"live.{table}: {what} is there {times} times"


def _bots_role(case: Mapping[str, Any]) -> str | None:
    return (case.get("policy") or {}).get("bots_account_role")


def _references(live: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """Yield each name in *live* that refers to something else: its place, the kind, the name."""
    for table in ("users", "bots"):
        for name, entry in live[table].items():
            yield f"live.{table}.{name}", "account role", entry["account_role"]
    for name, team in live["teams"].items():
        yield from ((f"live.teams.{name}", "actor", each) for each in team["members"])
    for name, workspace in live["workspaces"].items():
        yield f"live.workspaces.{name}", "workspace role", workspace.get("default_role")
    for level in Level:
        for name, role in live[f"{level}_roles"].items():
            yield f"live.{level}_roles.{name}", "workspace role", role.get("base")
    for row in live["access"]:
        yield "live.access", "workspace", row["workspace"]
        yield "live.access", "principal", row["subject"]
        yield "live.access", "workspace role", row["role"]
    for row in live["invitations"]:
        yield "live.invitations", "account role", row.get("account_role")
        for workspace, role in (row.get("workspace_roles") or {}).items():
            yield "live.invitations", "workspace", workspace
            yield "live.invitations", "workspace role", role
        yield from (("live.invitations", "team", each) for each in row.get("teams") or ())
