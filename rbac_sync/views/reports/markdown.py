"""The Markdown report for a pull request: risk first, then people, changes and the rest.

To fit into a comment, sections take shorter forms; nothing is cut off. All text
from outside is written as code; see ``fence``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from ...guard.effect import principals
from ...guard.risk import Risk
from ...model import Action, Address, Kind, label
from ...planning import Plan
from .. import drift, not_changed, rising_keys
from ..difference import ResourceChanges, entries, entry_lines
from ..effective import cut
from ..ownership import new_owners
from ..plan import format_applied, headline
from ..run import Run
from ..terminal import BLANK
from ..words import VALID, counted, counted_principals
from .fence import LARGEST, code, cut_to_size, diff_block, fenced, folded, tally
from .fit import Section, SectionForm, fit_sections
from .graph import changing_edges, mermaid
from .markdown_failures import error_section, problems_section, refused_section
from .markdown_rows import box, effects_of, first, name_lists, people, risk_sentences, table

FIRST = "<!-- rbac-sync -->"
"""The hidden first line that identifies such a file."""

BYTES_LEFT = LARGEST - 1536
"""The size that is left beside the marker of a comment, and its links."""

FAILED = "Error: this run did not come to its end."
FAULTY = "The configuration cannot be used as it is written."
OTHERS: Mapping[Risk, str] = {
    Risk.UNKNOWN: "what the catalogue does not list",
    Risk.REACH: "in the account, in every workspace or for everyone",
    Risk.OUTSIDER: "of people at other mail domains than the owners'",
}
"""The words for gains whose risk is not that of a single permission."""

LONGEST = 100
DIGITS = 12
"""The number of digits of a digest that identify a plan."""

ORDER = (
    *("changes", "rest", "picture", "changes", "people", "problems", "refused"),
    *("deletions", "keys", "problems", "refused", "risk", "danger", "error", "risk"),
)
"""The sections in the order in which they are shortened."""

NOTICE = (
    "*Left out, so that this fits into a comment: {}. The run that wrote this printed it,"
    " and `--report json=FILE` keeps all of it.*"
)


def render_report(run: Run) -> str:
    """Return *run* as Markdown of at most ``BYTES_LEFT`` bytes, for GitHub and GitLab."""
    first = f"{FIRST}\n\n"
    return first + render_part(run, BYTES_LEFT - len(first))


def render_part(run: Run, limit: int) -> str:
    """Return *run* as Markdown of at most *limit* bytes, without the first line."""
    sections = {name: forms for name, forms in _sections(run) if forms}
    return fit_sections(_head(run), sections, ORDER, NOTICE, limit)


def _head(run: Run) -> str:
    handle = run.saved.target.account[:LONGEST] if run.saved else ""
    names = ", ".join(code(name) for name in (run.account, handle) if name)
    return f"### rbac-sync{names and f' on {names}'}\n\n{headline_of(run)}"


def headline_of(run: Run) -> str:
    """Return the sentence that scripts search for at the beginning of a line."""
    if run.error:
        return FAILED
    if run.plan is None:
        return VALID if run.valid else FAULTY
    if run.context is None:
        return drift.headline(run.plan)
    if run.made is not None:
        return format_applied(run.made)
    return headline(run.plan)


def _sections(run: Run) -> Iterator[tuple[str, Section]]:
    yield "error", error_section(run.error)
    yield "refused", refused_section(run)
    yield "problems", problems_section(run)
    if run.plan is None:
        return
    if run.context is None:
        whole = drift.with_deferred(run.plan)
        yield "changes", _drift(whole, run)
        yield "rest", _rest(whole)
        return
    yield "danger", _danger(run)
    yield "risk", _risk(run)
    yield "keys", _keys(run)
    yield "people", _people(run)
    yield "deletions", _deletions(run.plan)
    yield "picture", _picture(run)
    yield "changes", _changes(run.plan)
    yield "rest", _rest(run.plan)
    yield "origin", _origin(run)


def _danger(run: Run) -> Section:
    """Return the box of risks; its last form still counts them."""
    grave = [row for row in run.rows if row.risk.grave]
    if not grave:
        return ()
    owners = list(new_owners(run))
    number = counted(len({who for who, _ in owners}), "new owner")
    becoming = [f"**{number}**: {first(line.text.removeprefix('+ ') for _, line in owners)}"]
    count = counted_principals(people(grave))
    return (
        SectionForm(box("WARNING", [*(becoming if owners else []), *risk_sentences(grave)])),
        SectionForm(box("WARNING", [f"**{count} with risky gains**"]), "what is risky in words"),
    )


def _keys(run: Run) -> Section:
    keys = run.rising
    if not keys:
        return ()
    title = f"#### {rising_keys.TITLE}: {counted(len(keys), 'key')}"
    counts = Counter(OTHERS.get(each.risk, f"by a gain of risk {each.risk}") for each in keys)
    return (
        SectionForm(f"{title}\n\n{diff_block(rising_keys.entries(keys, run.makers))}"),
        SectionForm(f"{title}\n\n{tally(counts)}", "which keys rise, and who made them"),
    )


def _deletions(plan: Plan) -> Section:
    deletions = [entry for entry in entries(plan) if entry.action is Action.DELETE]
    if not deletions:
        return ()
    title = f"#### Deletions: {counted(len(deletions), 'thing')}"
    items = "\n".join(_deletion(entry.address) for entry in deletions)
    kinds = tally(Counter(map(_kind, deletions)))
    return (
        SectionForm(f"{title}\n\n{items}"),
        SectionForm(f"{title}\n\n{kinds}", "what is deleted, one by one"),
    )


def _deletion(address: Address) -> str:
    more = " with everything in it" if address.kind is Kind.WORKSPACE else ""
    return f"- {code(str(address))}{more}"


def _risk(run: Run) -> Section:
    """Return the risky gains; the last form still names every permission."""
    grave = [row for row in run.rows if row.risk.grave]
    if not grave:
        return ()
    title = f"#### Risky gains: {counted_principals(people(grave))}"
    names = name_lists(grave)
    rows = f"{title}\n\n{table(grave)}"
    return (
        SectionForm(f"{rows}\n\n{names}" if names else rows),
        SectionForm(rows, "the longest lists of who gains what is risky"),
        SectionForm(f"{title}\n\n{tally(_gained(run))}", "who gains what is risky"),
    )


def _gained(run: Run) -> Counter[str]:
    """Count the effects that give each risky permission, and the other risky effects."""
    assert run.context is not None, "an effect is of a plan that somebody judged"
    known = run.context.catalogue.managing | run.context.catalogue.reads_secrets
    counts = Counter[str]()
    for effect in (each for each in run.effects if each.risk.grave):
        permissions = known.intersection(effect.grave)
        many = len(effect.principals) * len(effect.scopes)
        risks = map(code, permissions) if permissions else (OTHERS[effect.risk],)
        counts.update(dict.fromkeys(risks, many))
    return counts


def _people(run: Run) -> Section:
    """Return the other gains and losses; if there are very many, the first."""
    plain = [row for row in run.rows if not row.risk.grave]
    if not plain:
        return ()
    kept, more = cut(plain)
    hidden = f"\n\nand {counted(len(more), 'more row')} without a risk" if more else ""
    effects = [effect for row in plain for effect in effects_of(row)]
    gaining, losing = (
        counted_principals(principals(e for e in effects if getattr(e, side)))
        for side in ("gained", "lost")
    )
    counts = f"{gaining} gaining, {losing} losing"
    title = "#### Who else gains and loses"
    return (
        SectionForm(f"{title}\n\n{table(kept)}{hidden}"),
        SectionForm(f"{title}\n\n{counts}", "who else gains and loses what"),
    )


def _picture(run: Run) -> Section:
    edges = changing_edges(run.rows)
    if not edges:
        return ()
    picture = f"```mermaid\n{mermaid(edges)}\n```"
    return SectionForm(f"#### Paths that change\n\n{picture}"), SectionForm("", "the picture")


def _origin(run: Run) -> Section:
    """Return the applier of the plan, and the digits that identify the plan."""
    if run.context is None or run.saved is None:
        return ()
    applier = code(label(run.context.applier)) if run.context.applier else "nobody"
    author = f" on behalf of {code(label(run.context.author))}" if run.context.author else ""
    digest = code(run.saved.digest[:DIGITS])
    done = "Planned" if run.made is None else "Applied"
    return (SectionForm(f"{done} as {applier}{author} · plan {digest}"),)


def _changes(plan: Plan) -> Section:
    changes = list(entries(plan))
    if not changes:
        return ()
    title = counted(len(changes), "change")
    full = chain.from_iterable((BLANK, *entry_lines(entry, plan.live)) for entry in changes)
    heads = (next(entry_lines(entry, plan.live)) for entry in changes)
    kinds = Counter(f"{_kind(entry)}: {entry.action}" for entry in changes)
    return (
        SectionForm(folded(title, diff_block(full))),
        SectionForm(folded(title, diff_block(heads)), "what differs in each change"),
        SectionForm(folded(title, tally(kinds)), "the changes one by one"),
    )


def _drift(plan: Plan, run: Run) -> Section:
    differences = list(entries(plan))
    if not differences:
        return ()
    title, kinds = counted(len(differences), "difference"), Counter(map(_kind, differences))
    full = fenced(cut_to_size(drift.differing(plan, run.touched, account=run.account)))
    return (
        SectionForm(folded(title, full)),
        SectionForm(folded(title, tally(kinds)), "the differences one by one"),
    )


def _rest(plan: Plan) -> Section:
    lines = list(not_changed.lines(plan))
    if not lines:
        return ()
    full = SectionForm(folded("What this leaves alone", fenced(lines[1:])))
    return full, SectionForm("", "what this leaves alone")


def _kind(entry: ResourceChanges) -> str:
    return entry.address.kind.noun
