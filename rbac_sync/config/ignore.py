"""The tables ``[[ignore]]``: live things that no plan touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import EVERYONE, Address, ObjectAccess, State, Team
from ..model.address_pattern import WILDCARD, AddressIndex, IgnoreRule
from ..model.kind import SPECS
from .problems import Problems, TomlLocation
from .sources import Sources

KINDS = frozenset(str(kind) for kind, spec in SPECS.items() if spec.section)
"""The words that the addresses of things begin with."""

ADDRESSES = "write `member.EMAIL`, `team.NAME`, `role.NAME` or `workspace.HANDLE`"


def ignore_rules(sources: Sources) -> tuple[IgnoreRule, ...]:
    """Return the rules in the order of the root file; no other file may have any."""
    return tuple(
        IgnoreRule(table.address, table.why, TomlLocation(sources.root, ("ignore", index)).place())
        for index, table in enumerate(sources.root.document.ignore)
    )


def refuse_declared(
    rules: Iterable[IgnoreRule],
    desired: State,
    others: Iterable[Address],
    sources: Sources,
    problems: Problems,
) -> None:
    """Add a problem for each rule that covers something declared, or cannot cover anything.

    *others* are further declared addresses.
    """
    rules = list(rules)
    declared = AddressIndex({*others, *_addresses(desired)} if rules else ())
    for index, rule in enumerate(rules):
        covered = min(declared.selected(rule.pattern), key=str, default=None)
        location = TomlLocation(sources.root, ("ignore", index, "address"))
        kind = rule.pattern.partition(".")[0]
        if kind not in KINDS and not WILDCARD.search(kind):
            message = f"`{rule.pattern}` is no address"
            problems.add("RS115", location, message, hint=ADDRESSES)
        elif covered is not None:
            message = f"`{rule.pattern}` is ignored, and `{covered}` is declared"
            hint = "take it out of the configuration, or write a pattern that leaves it out"
            problems.add("RS325", location, message, hint=hint)


def _addresses(desired: State) -> Iterator[Address]:
    yield from (resource.address for resource in desired.resources())
    for binding in desired.bindings():
        yield from (binding.address, binding.principal)
    for team in desired.of(Team).values():
        yield from team.references
    for listed in desired.of(ObjectAccess).values():
        yield from listed.principals - {EVERYONE}
