"""The Markdown report for a pull request: risk first, then people, then changes, then the rest.

Fits into a comment by saying less, never by cutting off. Whatever somebody
could have named stands as code; see ``fence``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from ...errors import RbacSyncError
from ...guard import CODES
from ...guard.effects import Effect
from ...guard.risk import Risk
from ...model import Action
from ...planning import Plan
from .. import diagnostics, drift, effective, findings, not_changed, rising_keys
from ..by_resource import ResourceChanges, entries
from ..ownership import new_owners
from ..plan import applied, entry_lines, headline
from ..run import Run
from ..terminal import BLANK, Line, Tone
from ..words import at, counted
from .fence import code, fenced
from .fit import Section, SectionForm, fitted

FIRST = "<!-- rbac-sync -->"
"""The hidden first line, by which such a file is known."""

LARGEST = 65_536
"""How much a comment on GitHub takes; GitLab takes more."""

ROOM = LARGEST - 256
"""What is left beside the marker that goes into a comment."""

FAILED = "Error: this run did not come to its end."
FAULTY = "The configuration cannot be used as it is written."
VALID = "Success! The configuration is valid."
SIGNS: Mapping[Tone, str] = {Tone.GAIN: "+", Tone.LOSS: "-", Tone.CHANGE: "!"}
"""What a forge colours a line by."""

OTHERS: Mapping[Risk, str] = {
    Risk.UNKNOWN: "what the catalogue does not list",
    Risk.REACH: "in the account, in every workspace or for everyone",
}
"""What stands for gains that no single permission makes risky."""

LONGEST = 100
ORDER = (
    *("changes", "rest", "changes", "people", "problems", "refused"),
    *("deletions", "keys", "owners", "problems", "refused", "risk", "error", "risk"),
)
"""What is said in fewer words first, and next."""

NOTICE = (
    "*Left out, so that this fits into a comment: {}. The run that wrote this printed it,"
    " and `--report json=FILE` keeps all of it.*"
)


def text(run: Run) -> str:
    """Return *run* as Markdown of at most ``ROOM`` bytes, for GitHub and GitLab."""
    sections = {name: forms for name, forms in _sections(run) if forms}
    return fitted(_head(run), sections, ORDER, NOTICE, ROOM)


def _head(run: Run) -> str:
    account = f" on {code(run.saved.target.account[:LONGEST])}" if run.saved else ""
    return f"{FIRST}\n\n### rbac-sync{account}\n\n{_headline(run)}"


def _headline(run: Run) -> str:
    """Return the sentence that is searched for; it stands at the beginning of its line."""
    if run.error:
        return FAILED
    if run.plan is None:
        return VALID if run.valid else FAULTY
    if run.context is None:
        return drift.headline(run.plan)
    if run.made is not None:
        return applied(run.made)
    return headline(run.plan)


def _sections(run: Run) -> Iterator[tuple[str, Section]]:
    yield "error", _error(run.error)
    yield "refused", _refused(run)
    yield "problems", _problems(run)
    if run.plan is None:
        return
    if run.context is None:
        whole = drift.whole(run.plan)
        yield "changes", _drift(whole, run.touched)
        yield "rest", _rest(whole)
        return
    yield "owners", _owners(run)
    yield "risk", _risk(run)
    yield "keys", _keys(run)
    yield "deletions", _deletions(run.plan)
    yield "people", _people(run)
    yield "changes", _changes(run.plan)
    yield "rest", _rest(run.plan)


def _error(error: RbacSyncError | None) -> Section:
    if error is None:
        return ()
    told = [Line(f"error[{error.code}]: {error}")]
    if error.hint:
        told.append(Line(f"  = help: {error.hint}"))
    return SectionForm(fenced(told)), SectionForm("", "what went wrong")


def _refused(run: Run) -> Section:
    found = list(dict.fromkeys(run.findings))
    if not found:
        return ()
    title = f"#### Refused by the guard: {counted(len(found), 'finding')}"
    whole = findings.text(found, run.sources)
    short = [Line(f"{CODES[f.rule]} {f.rule}{at(f.place)}: {f.message}") for f in found]
    rules = Counter[str](f.rule for f in found)
    return (
        SectionForm(f"{title}\n\n{_block(whole)}"),
        SectionForm(f"{title}\n\n{fenced(short)}", "the lines of the configuration and what to do"),
        SectionForm(f"{title}\n\n{_tally(rules)}", "what the guard found"),
    )


def _problems(run: Run) -> Section:
    found = run.problems
    if not found:
        return ()
    title = "#### Advice" if run.valid else f"#### {counted(len(found), 'problem')}"
    short = [Line(f"{d.code}{at(d.place)}: {d.message}") for d in found]
    return (
        SectionForm(f"{title}\n\n{_block(diagnostics.text(found, run.sources))}"),
        SectionForm(f"{title}\n\n{fenced(short)}", "the lines of the configuration"),
        SectionForm(
            f"{title}\n\n{_tally(Counter(d.code for d in found))}", "the problems one by one"
        ),
    )


def _owners(run: Run) -> Section:
    found = list(new_owners(run))
    if not found:
        return ()
    title = f"#### New owners: {counted(len({who for who, _ in found}), 'principal')}"
    return (
        SectionForm(f"{title}\n\n{_listing(line for _, line in found)}"),
        SectionForm(title, "who becomes an owner, and of what"),
    )


def _keys(run: Run) -> Section:
    found = run.rising
    if not found:
        return ()
    title = f"#### {rising_keys.TITLE}: {counted(len(found), 'key')}"
    counts = Counter(OTHERS.get(each.risk, f"by a gain of risk {each.risk}") for each in found)
    return (
        SectionForm(f"{title}\n\n{_listing(rising_keys.entries(found, run.makers))}"),
        SectionForm(f"{title}\n\n{_tally(counts)}", "which keys rise, and who made them"),
    )


def _deletions(plan: Plan) -> Section:
    found = [entry for entry in entries(plan) if entry.action is Action.DELETE]
    if not found:
        return ()
    title = f"#### Deletions: {counted(len(found), 'thing')}"
    lines = (Line(f"- {entry.address}{at(entry.place)}", Tone.LOSS) for entry in found)
    return (
        SectionForm(f"{title}\n\n{_listing(lines)}"),
        SectionForm(
            f"{title}\n\n{_tally(Counter(map(_kind, found)))}", "what is deleted, one by one"
        ),
    )


def _risk(run: Run) -> Section:
    """Return the gains that a reviewer must see; the last form still names every permission."""
    grave = [effect for effect in run.effects if effect.risk.grave]
    if not grave:
        return ()
    assert run.plan is not None, "an effect is of a plan"
    live = run.plan.live
    title = f"#### Risky gains: {counted(len({e.principal for e in grave}), 'principal')}"
    return (
        SectionForm(f"{title}\n\n{_listing(effective.entries(grave, live))}"),
        SectionForm(
            f"{title}\n\n{_listing(effective.entries(grave, live, notes=False))}",
            "the longest lists of who gains what is risky",
        ),
        SectionForm(f"{title}\n\n{_tally(_gained(run, grave))}", "who gains what is risky"),
    )


def _gained(run: Run, grave: Sequence[Effect]) -> Counter[str]:
    """Return how many effects give each permission that is a risk, and how many are another."""
    assert run.context is not None, "an effect is of a plan that somebody judged"
    known = run.context.catalogue.managing | run.context.catalogue.reads_secrets
    counts = Counter[str]()
    for effect in grave:
        named = known.intersection(effect.grave)
        counts.update(map(code, named) if named else (OTHERS[effect.risk],))
    return counts


def _people(run: Run) -> Section:
    plain = [effect for effect in run.effects if not effect.risk.grave]
    if not plain:
        return ()
    assert run.plan is not None, "an effect is of a plan"
    title, _, *lines = effective.lines(plain, run.plan.live)
    gaining, losing = (
        counted(len({e.principal for e in plain if getattr(e, side)}), "principal")
        for side in ("gained", "lost")
    )
    counts = f"{gaining} gaining, {losing} losing"
    return (
        SectionForm(f"#### {title.text}\n\n{_listing(lines)}"),
        SectionForm(f"#### {title.text}\n\n{counts}", "who gains and loses what"),
    )


def _changes(plan: Plan) -> Section:
    found = list(entries(plan))
    if not found:
        return ()
    title = counted(len(found), "change")
    full = chain.from_iterable((BLANK, *entry_lines(entry, plan.live)) for entry in found)
    heads = (next(entry_lines(entry, plan.live)) for entry in found)
    kinds = Counter(f"{_kind(entry)}: {entry.action}" for entry in found)
    return (
        SectionForm(_folded(title, _listing(full))),
        SectionForm(_folded(title, _listing(heads)), "what differs in each change"),
        SectionForm(_folded(title, _tally(kinds)), "the changes one by one"),
    )


def _drift(plan: Plan, touched: drift.Touched) -> Section:
    found = list(entries(plan))
    if not found:
        return ()
    title, kinds = counted(len(found), "difference"), Counter(map(_kind, found))
    return (
        SectionForm(_folded(title, fenced(_enough(drift.differing(plan, touched))))),
        SectionForm(_folded(title, _tally(kinds)), "the differences one by one"),
    )


def _rest(plan: Plan) -> Section:
    lines = list(not_changed.lines(plan))
    if not lines:
        return ()
    title = "What this leaves alone"
    return (
        SectionForm(_folded(title, fenced(lines[1:]))),
        SectionForm("", "what this leaves alone"),
    )


def _kind(entry: ResourceChanges) -> str:
    return entry.address.kind.replace("-", " ")


def _listing(lines: Iterable[Line]) -> str:
    """Return *lines* as a forge colours them, without a blank one at the beginning."""
    marked = _enough(map(_marked, lines))
    first = next(marked, BLANK)
    return fenced(chain((first,) if first.text else (), marked), "diff")


def _enough(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield *lines* as long as they could fit: a form that does not is never shown."""
    size = 0
    for line in lines:
        yield line
        size += len(line.text)
        if size > LARGEST:
            return


def _marked(line: Line) -> Line:
    """Return *line* with its sign at the very beginning."""
    sign, words = SIGNS.get(line.tone), line.text.lstrip(" ")
    return Line(f"{sign} {words[2:]}" if sign else words)


def _block(found: str) -> str:
    """Return text of several lines, escaped already, as a block of code."""
    return fenced(map(Line, found.rstrip("\n").split("\n")))


def _tally(of: Mapping[str, int]) -> str:
    return "\n".join(f"- {name}: {count:,}" for name, count in sorted(of.items()))


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"
