"""The form of a case file: what is wrong with one is said before any case of it runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rbac_sync.guard.findings import RuleId
from rbac_sync.model import Policy
from rbac_sync.model.instant import parsed

HERE = Path(__file__).parent

KINDS = ("guard_cases", "toml_cases")

GUARD = "id model now live applier change verdict rules title? reason? path? policy? ordered? peer?"
TOML = "id files verdict why? args? code? file? line? column?"
FILES = ({"symlink"}, {"repeat", "times"}, {"text", "then"}, {"text"})

OPERATIONS = {
    "set_account_role": "principal role",
    "remove_member": "principal",
    "invite": "email account_role? workspace_roles? teams? expires?",
    "revoke_invite": "email",
    "set_access": "workspace subject role expires?",
    "put_role": "name base? permissions",
    "delete_role": "name",
    "rename_role": "name to",
    "put_account_role": "name permissions",
    "delete_account_role": "name",
    "set_default_role": "workspace role",
    "put_team": "name",
    "delete_team": "name",
    "set_team_member": "team principal present",
    "put_bot": "name account_role",
    "delete_bot": "name",
    "mint_key": "bot expires?",
    "revoke_key": "principal key",
    "create_workspace": "name",
    "delete_workspace": "name",
    "set_workspace_public": "workspace public",
}
"""The keys of each operation; one with a question mark may be left out."""

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

POLICY = {"allow_removals"} | set(Policy.__dataclass_fields__)


class NoCaseFile(Exception):
    """A file that is no case file; the message has a line for each fault."""


def load(path: Path) -> dict[str, Any]:
    """Return the content of a case file, with the usual models where it has none.

    Raises:
        NoCaseFile: it cannot be read, or something in it has another form.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoCaseFile(f"{path}: {error}") from error
    if isinstance(content, dict):
        content = {**json.loads((HERE / "models.json").read_text()), **content}
    if faults := list(_faults(content)):
        raise NoCaseFile("\n".join(f"{path}: {fault}" for fault in faults))
    return content


def _faults(content: Any) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "it is no object"
        return
    if content.get("format", 1) != 1:
        yield f"format {content['format']} is not known"
    if not any(content.get(kind) for kind in KINDS):
        yield f"it has no cases: {' or '.join(KINDS)}"
    for kind, check in zip(KINDS, (_guard_faults, _toml_faults), strict=True):
        cases = content.get(kind, [])
        if not isinstance(cases, list):
            yield f"{kind} is no list"
            continue
        for number, case in enumerate(cases):
            name = case.get("id", number) if isinstance(case, dict) else number
            try:
                for fault in check(case, content):
                    yield f"{kind} {name}: {fault}"
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                yield f"{kind} {name}: another form is expected: {error!r}"
        ids = Counter(case.get("id") for case in cases if isinstance(case, dict))
        yield from (f"{kind} {each}: {n} cases have this id" for each, n in ids.items() if n > 1)


def _guard_faults(case: Any, content: Mapping[str, Any]) -> Iterator[str]:
    yield from _keys(case, GUARD, "the case")
    models = {model["name"]: model for model in content["permission_models"]}
    if case["model"] not in models:
        yield f"there is no model {case['model']!r}"
        return
    parsed(case["now"])
    yield from _verdict_faults(case)
    if (case["verdict"] == "reject") is not bool(case["rules"]):
        yield f"the verdict is {case['verdict']!r}, and the rules are {case['rules']}"
    known_rules = set(map(str, RuleId))
    yield from (f"there is no rule {each!r}" for each in case["rules"] if each not in known_rules)
    unknown = set(case.get("policy") or ()) - POLICY
    yield from (f"there is no key {each!r} of the policy" for each in sorted(unknown))
    for number, operation in enumerate(case["change"], 1):
        if (name := operation.get("op")) not in OPERATIONS:
            yield f"step {number}: there is no operation {name!r}"
        else:
            keys = f"op {OPERATIONS[name]}"
            yield from _keys(operation, keys, f"step {number}", any_more=False)
            whom = [operation.get("principal"), operation.get("subject")]
            yield from _principal_faults(filter(None, whom), f"step {number}")
    yield from _principal_faults([case["applier"]], "the applier")
    yield from _live_faults(case["live"], models[case["model"]])


def _principal_faults(principals: Iterable[str], place: str) -> Iterator[str]:
    for each in principals:
        if each.partition(":")[0] not in ("user", "bot", "team"):
            yield f"{place}: {each!r} begins with none of 'user:', 'bot:' and 'team:'"


def _live_faults(live: Any, model: Mapping[str, Any]) -> Iterator[str]:
    yield from _keys(live, " ".join((*LIVE, *ROWS)), "live")
    for table, keys in LIVE.items():
        for name, entry in live[table].items():
            yield from _keys(entry, keys, f"live.{table}.{name}")
    for table, keys in ROWS.items():
        for number, row in enumerate(live[table]):
            yield from _keys(row, keys, f"live.{table}[{number}]")
    for level, tables in (("account", ("users", "bots")), ("workspace", ("access",))):
        roles = {*model[f"builtin_{level}_roles"], *live[f"{level}_roles"]}
        for table in tables:
            rows = live[table] if table == "access" else live[table].values()
            used = {row["role" if table == "access" else "account_role"] for row in rows}
            yield from (f"live.{table}: there is no role {r!r}" for r in sorted(used - roles))
    known = {f"user:{name}" for name in live["users"]} | {f"bot:{name}" for name in live["bots"]}
    members = [(f"live.teams.{t}", m) for t, team in live["teams"].items() for m in team["members"]]
    holders = [("live.access", row["subject"]) for row in live["access"]]
    teams = {f"team:{name}" for name in live["teams"]}
    yield from (f"{place}: there is no {who!r}" for place, who in members if who not in known)
    yield from (
        f"{place}: there is no {who!r}" for place, who in holders if who not in known | teams
    )
    for row in live["access"]:
        if row["workspace"] not in live["workspaces"]:
            yield f"live.access: there is no workspace {row['workspace']!r}"


def _toml_faults(case: Any, content: Mapping[str, Any]) -> Iterator[str]:
    yield from _keys(case, TOML, "the case")
    yield from _verdict_faults(case)
    for name, file in case["files"].items():
        if Path(name).is_absolute() or ".." in Path(name).parts:
            yield f"the file {name!r} is outside the folder"
        if not isinstance(file, str) and set(file) not in FILES:
            yield f"the file {name!r} has the keys {sorted(file)}"


def _verdict_faults(case: Mapping[str, Any]) -> Iterator[str]:
    if case["verdict"] not in ("accept", "reject"):
        yield f"the verdict is {case['verdict']!r}, and neither 'accept' nor 'reject'"


def _keys(entry: Any, keys: str, place: str, *, any_more: bool = True) -> Iterator[str]:
    """Yield the faults of the keys of *entry*; *any_more*: of further keys only misspelt ones."""
    if not isinstance(entry, dict):
        yield f"{place} is no object"
        return
    needed = {key for key in keys.split() if not key.endswith("?")}
    known = {key.rstrip("?") for key in keys.split()}
    yield from (f"{place} has no key {key!r}" for key in sorted(needed - set(entry)))
    for key in sorted(set(entry) - known):
        meant = get_close_matches(key, known, n=1, cutoff=0.75)
        if meant or not any_more:
            yield f"{place} has an unknown key {key!r}" + (f": {meant[0]!r}?" if meant else "")
