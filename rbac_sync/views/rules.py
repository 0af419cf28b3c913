"""The rules of the guard explained: the sentence, the remedy, the limit in force, an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..guard import RULES, RuleId
from ..guard.rules import Rule
from ..model import Address, Limit, Policy, label
from ..model.instant import length
from .words import role_name


@dataclass(frozen=True, slots=True)
class RuleAdvice:
    """The practical side of a rule: a remedy, and an example of a refused change.

    ``limits`` are the keys of ``[guard]`` that it uses.
    """

    remedy: str
    example: str
    limits: tuple[str, ...] = ()


ADVICE: Mapping[RuleId, RuleAdvice] = {
    RuleId.NO_AUTHORITY: RuleAdvice(
        "use the key of an active member of the account; `rbac-sync whoami` says whose it is",
        "a plan with the key of somebody who was suspended yesterday",
    ),
    RuleId.CAPABILITY: RuleAdvice(
        "have somebody apply it who manages such things there; the refusal names them",
        "an account member changes `[teams.oncall]`, which needs `update:team` in the account",
    ),
    RuleId.ESCALATION: RuleAdvice(
        "have somebody apply it who holds all that it gives, or give less",
        'an owner of `prod` adds `owner = ["bo"]` to workspace `staging`, where she is a viewer',
    ),
    RuleId.DOMINANCE: RuleAdvice(
        "have somebody apply it who holds all that it takes away",
        "an account member removes an owner of the account from `[members]`",
    ),
    RuleId.DURATION: RuleAdvice(
        "give it an `until` that is no later than the applier's own",
        "an owner until 1 March makes `bo` an owner without an end",
    ),
    RuleId.LAST_OWNER: RuleAdvice(
        "make somebody else an owner first, in a run of its own",
        'the only owner is removed from `owner = ["ana"]`',
        ("min_owners", "workspace_owners"),
    ),
    RuleId.TRANSIENT: RuleAdvice(
        "make the change in two runs: first what takes, then what gives",
        "a plan whose middle step gives a role that its last step takes away again",
    ),
    RuleId.SELF_LOCKOUT: RuleAdvice(
        "have another applier make it, or pass `--allow-self-reduction`",
        "an admin moves herself from `admin` to `member`",
    ),
    RuleId.BUILTIN: RuleAdvice(
        "give the role another name; built-in ones stay as they are",
        "`[roles.viewer]`, or a role called `Vièwer`",
    ),
    RuleId.IN_USE: RuleAdvice(
        "take the role from those who hold it in the same plan, or keep it",
        "`[roles.oncall]` is deleted while an invited person holds it",
    ),
    RuleId.DEFAULT_ROLE: RuleAdvice(
        "grant the permission to a team instead, or take it out of the role",
        '`default_role = "owner"`: everyone could then read the secrets of the workspace',
        ("default_role_forbids",),
    ),
    RuleId.BOT: RuleAdvice(
        "give the service account a lower account role, and roles in the workspaces it needs",
        '`admin = ["sa:ci"]`',
        ("bots_account_role",),
    ),
    RuleId.PUBLIC: RuleAdvice(
        "leave `public` out, or pass `--allow-public`",
        "`public = true` in `[workspaces.docs]`",
        ("allow_public",),
    ),
    RuleId.EXPIRY: RuleAdvice(
        "write an earlier `until`, or raise the limit in `[guard]`",
        "a key of `sa:ci` with `until = 2099-01-01`",
        ("max_key_days", "max_invite_days"),
    ),
    RuleId.THRESHOLD: RuleAdvice(
        "make it in several runs, or pass the option that the refusal names, with `--reason`",
        "a file with eight of twenty teams is no longer read",
        (
            "max_removal_fraction",
            "removal_min_existing",
            "max_deletes",
            "max_losers",
            "max_gainers",
        ),
    ),
    RuleId.EXTERNAL: RuleAdvice(
        "change the members of the team in the directory that manages it",
        '`members = ["bo"]` in a team that comes from the identity provider',
    ),
    RuleId.INVALID: RuleAdvice(
        "plan again; a plan file that nobody altered is never invalid on a new plan",
        "a plan file in which somebody has edited what was there before",
    ),
    RuleId.UNSUPPORTED: RuleAdvice(
        "leave it out, or use what the refusal says this backend has in its place",
        "an `until` on a member of Prefect Cloud",
    ),
    RuleId.PROTECTED: RuleAdvice(
        "take the address out of `protect` first, in a change of its own that is reviewed",
        '`workspace.prod` is deleted while `protect = ["workspace.prod"]`',
        ("protect",),
    ),
    RuleId.TEST: RuleAdvice(
        "change the plan until the test holds, or change the test with its owners",
        '`[[test]] who = "team:analysts" cannot = "see_secret_blocks"`, and a grant that allows it',
    ),
    RuleId.AUTHOR: RuleAdvice(
        "pass `--on-behalf-of PRINCIPAL`, or set `RBAC_SYNC_OIDC_TOKEN` where tokens are asked for",
        "an apply by hand where `require_author = true`",
        ("require_author", "authors"),
    ),
    RuleId.UNSEEN: RuleAdvice(
        "use a key that is shown all of the account; `rbac-sync whoami` says what is not shown",
        "a change in a workspace that the key is not shown",
    ),
    RuleId.OUTCOME: RuleAdvice(
        "report it: the other rules should have refused this plan",
        "none is known; this rule stands behind the others",
    ),
    RuleId.REASON: RuleAdvice(
        "write a `reason` beside the grant or the place in the team",
        '`owner = ["bo"]` where `require_reason_for` has `owner`',
        ("require_reason_for",),
    ),
    RuleId.TERM: RuleAdvice(
        "write an `until` beside the grant or the place in the team, or choose an earlier one",
        '`owner = ["bo"]` in a workspace where `max_term = { owner = "90d" }`',
        ("max_term", "require_end_for"),
    ),
}
"""The advice of every rule; a test checks that none is missing."""


def render_rule(rule: Rule, policy: Policy | None = None) -> str:
    """Return *rule* explained, with the limits of *policy*, or the default limits."""
    return "\n".join(_lines(rule, policy))


def _lines(rule: Rule, policy: Policy | None) -> Iterator[str]:
    advice = ADVICE[rule.id]
    yield f"{rule.code} {rule.id}"
    yield f"\n{rule.explanation}"
    yield f"\nWhat to do: {advice.remedy}."
    if advice.limits:
        yield f"\nLimits in `[guard]`{' in force here' if policy else ', as they usually are'}:"
        for name in advice.limits:
            yield f"  {name} = {_value(getattr(policy or Policy(), name))}"
    yield f"\nFor example: {advice.example}."


def _value(value: Any) -> str:
    """Return a limit as it is written in ``[guard]``."""
    match value:
        case None:
            return "(no limit)"
        case bool():
            return str(value).lower()
        case timedelta():
            return length(value)
        case Limit():
            parts = [str(value.number)] if value.number is not None else []
            parts += [f'"{value.share:.0%}"'] if value.share is not None else []
            return ", ".join(parts)
        case frozenset():
            return "[" + ", ".join(f'"{_name(each)}"' for each in sorted(value)) + "]"
        case Mapping():
            pairs = (f"{_name(key)} = {_value(each)}" for key, each in sorted(value.items()))
            return "{" + ", ".join(pairs) + "}"
    return f'"{_name(value)}"' if isinstance(value, Address) else str(value)


def _name(value: object) -> str:
    if not isinstance(value, Address):
        return str(value)
    return role_name(value) if str(value).startswith("role.") else label(value)


def render_rules() -> str:
    """Return a line for each rule: its code, its name, and the rule in one sentence."""
    width = max(map(len, RULES))
    return "\n".join(f"{rule.code}  {rule.id:<{width}}  {rule.sentence}" for rule in RULES.values())
