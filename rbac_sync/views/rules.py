"""The rules of the guard explained: the sentence, the remedy, the limit in force, an example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from .. import toml_parser
from ..dataclasses import dataclass
from ..guard import RULES, RuleId
from ..guard.rules import Rule
from ..model import Address, Kind, Limit, Policy, label
from ..model.instant import length


@dataclass(frozen=True, slots=True)
class RuleAdvice:
    """The practical side of a rule: a remedy, and an example of a refused change.

    ``limits`` are the keys of ``[guard]`` that it uses.
    """

    remedy: str
    example: str
    limits: tuple[str, ...] = ()


_TEXT = Path(__file__).with_name("rule_advice.toml").read_text("utf-8")

ADVICE: Mapping[RuleId, RuleAdvice] = {
    RuleId(rule): RuleAdvice(row["remedy"], row["example"], tuple(row.get("limits", ())))
    for rule, row in toml_parser.loads(_TEXT).items()
}
"""The advice of every rule; a test checks that none is missing."""


def render_rule(rule: Rule, policy: Policy | None) -> str:
    """Return *rule* explained, with the limits of *policy*, or the default limits without it."""
    advice = ADVICE[rule.id]
    parts = [f"{rule.code} {rule.id}", rule.explanation, f"What to do: {advice.remedy}."]
    if advice.limits:
        limits = (f"  {key} = {_value(getattr(policy or Policy(), key))}" for key in advice.limits)
        where = " in force here" if policy else ", as they usually are"
        parts.append("\n".join((f"Limits in `[guard]`{where}:", *limits)))
    return "\n\n".join((*parts, f"For example: {advice.example}."))


def _value(value: Any) -> str:
    """Return a limit as it is written in ``[guard]``; a role in a list or table has its level."""
    match value:
        case None:
            return "(no limit)"
        case bool():
            return str(value).lower()
        case timedelta():
            return length(value)
        case Limit():
            parts = [str(value.number)] if value.number is not None else []
            parts += [f'"{100 * value.share:g}%"'] if value.share is not None else []
            return ", ".join(parts)
        case frozenset():
            names = (f'"{getattr(each, "key", each)}"' for each in sorted(value))
            return f"[{', '.join(names)}]"
        case Mapping():
            texts = {f'"{k.key}"' if isinstance(k, Address) else k: v for k, v in value.items()}
            pairs = (f"{key} = {_value(each)}" for key, each in sorted(texts.items()))
            return "{" + ", ".join(pairs) + "}"
        case Address():
            return f'"{value.name if value.kind is Kind.ROLE else label(value)}"'
    return str(value)


def render_rules() -> str:
    """Return a line for each rule: its code, its name, and the rule in one sentence."""
    width = max(map(len, RULES))
    return "\n".join(f"{rule.code}  {rule.id:<{width}}  {rule.sentence}" for rule in RULES.values())
