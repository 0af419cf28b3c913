"""The headline section of a plan: gains and losses of principals, with scopes and paths.

The rows are in the order of ``guard.effects.by_risk``. A risk is never left out: its people and
scopes are all named, in its row or in a note below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ..guard.effect import Effect, principals
from ..guard.risk import Risk
from ..model import Address, Permission
from ..named_tuples import NamedTuple
from .effect_rows import EffectRow, effect_rows, few
from .short_names import NO_NAMES, ShortNames
from .terminal import BLANK, Line, Tone
from .words import counted_principals, listed

MOST_PLAIN = 40
"""The number of rows without a risk that are shown."""

MOST_RISKY = 16
"""The number of risky rows above which there is an index by permission."""

MOST_REPEATED = 10
"""The number of risky rows up to which a question lists them one by one."""

MOST_PLACES = 2
WIDEST = (24, 30)
"""The greatest aligned widths of the columns of scopes and of principals."""

INDEX = "Risks by permission"


class Titles(NamedTuple):
    """The titles of the sections, and the sentence if there is none."""

    risky: str
    gains: str
    losses: str
    none: str


OF_PLAN = Titles("Risks", "Who gains", "Who loses", "Nobody gains or loses anything.")
OF_DRIFT = Titles(
    "More than declared, and a risk (declared -> live)",
    "More than declared (declared -> live)",
    "Less than declared (declared -> live)",
    "Nobody has more or less than declared.",
)


def lines(
    effects: Sequence[Effect],
    names: ShortNames = NO_NAMES,
    *,
    full: bool = True,
    titles: Titles = OF_PLAN,
) -> Iterator[Line]:
    """Yield the headline section: an index of many risks, the risks, other gains, losses."""
    rows = list(effect_rows(effects, names))
    if not rows:
        yield Line(titles.none)
    risky = [row for row in rows if row.is_risky]
    if len(risky) > MOST_RISKY:
        yield Line(INDEX, Tone.HEADING)
        yield from index(risky, names)
        yield BLANK
    sections = {
        titles.risky: risky,
        titles.gains: [row for row in rows if not row.is_risky and row.gains],
        titles.losses: [row for row in rows if not row.is_risky and not row.gains],
    }
    notes = _Notes()
    between = False
    for title, section in sections.items():
        if section:
            yield from [BLANK] if between else []
            yield Line(title, Tone.HEADING)
            yield from _section(section, rows, notes, most=None if full else MOST_PLAIN)
            between = True
    yield from [BLANK] if notes else []
    yield from notes.lines()


def reminder(effects: Sequence[Effect], names: ShortNames) -> Iterator[Line]:
    """Yield the risks again, for the question: by permission if they are many."""
    risky = [row for row in effect_rows(effects, names) if row.is_risky]
    if not risky:
        return
    if len(risky) <= MOST_REPEATED:
        yield from _section(risky, risky, _Notes(visible=False), most=None)
    else:
        yield from index(risky, names)
    yield BLANK


OTHER_RISKS = {
    Risk.UNKNOWN: "what no catalogue lists",
    Risk.REACH: "for everyone or beyond one workspace",
    Risk.OUTSIDER: "of people at other mail domains",
    Risk.DELETION: "lost by a deletion",
}
"""The words for risks that no single permission causes."""


def index(rows: Iterable[EffectRow], names: ShortNames) -> Iterator[Line]:
    """Yield a line for each risky permission of *rows*, joined for the same principals and scopes.

    There are at most as many as risky permissions in the catalogue and other reasons.
    """
    reached: defaultdict[Permission | Risk, tuple[set[Address], set[Address]]]
    reached = defaultdict(lambda: (set(), set()))
    for row in rows:
        named = row.risk not in OTHER_RISKS and row.grave
        for reason in row.grave if named else (row.risk,):
            who, where = reached[reason]
            who.update(row.effect.principals)
            where.update(row.effect.scopes)
    alike: defaultdict[tuple[frozenset[Address], frozenset[Address], bool], list[Permission | Risk]]
    alike = defaultdict(list)
    for reason, (who, where) in reached.items():
        alike[frozenset(who), frozenset(where), isinstance(reason, Risk)].append(reason)
    for (holders, scopes, _), reasons in alike.items():
        permissions = [reason for reason in reasons if not isinstance(reason, Risk)]
        risk = next((reason for reason in reasons if isinstance(reason, Risk)), Risk.ACCESS)
        what = listed(permissions, 3) or OTHER_RISKS[risk]
        named_holders, named_scopes = (few(sorted(s), names, 1) for s in (holders, scopes))
        yield Line(f"  ! {what}  {named_holders} ({named_scopes})", _tone_of(risk))


class _Notes(list[str]):
    """Lists of names that are too long for a row; each follows in full below all rows.

    If not *visible*, they are not printed and no row refers to them.
    """

    def __init__(self, *, visible: bool = True) -> None:
        super().__init__()
        self._visible = visible

    def note(self, row: EffectRow) -> str:
        """Add the long lists of *row*, if it is a risk, and return the marks that refer to them."""
        if not self._visible or not row.risk.grave:
            return ""
        marks = []
        for names in row.all_names:
            if names not in self:
                self.append(names)
            marks.append(f"[{self.index(names) + 1}]")
        return "".join(marks)

    def lines(self) -> Iterator[Line]:
        """Yield every note."""
        for number, names in enumerate(self, 1):
            mark = f"  [{number}] "
            yield Line(f"{mark}{names}", hang=len(mark))


def cut(
    rows: Sequence[EffectRow], most: int | None = MOST_PLAIN
) -> tuple[list[EffectRow], list[EffectRow]]:
    """Return the risky *rows* and the first *most* others, in order; then the rows left out."""
    plain = [row for row in rows if not row.is_risky]
    left_out = [] if most is None else plain[most:]
    numbers = {id(row) for row in left_out}
    return [row for row in rows if id(row) not in numbers], left_out


def _section(
    section: Sequence[EffectRow], rows: Sequence[EffectRow], notes: _Notes, *, most: int | None
) -> Iterator[Line]:
    """Yield the lines of *section*, aligned with all *rows*, at most *most* without a risk."""
    columns = zip(*((row.where, row.who) for row in rows), strict=True)
    widths = tuple(
        min(widest, max(map(len, column))) for widest, column in zip(WIDEST, columns, strict=True)
    )
    kept, left_out = cut(section, most)
    yield from (_line(row, widths, notes) for row in kept)
    if hidden := [effect for row in left_out for effect in (row.effect, *row.others)]:
        people = counted_principals(principals(hidden))
        more = f"{len(hidden):,} more" if len(hidden) > 1 else "1 more"
        yield Line(f"    and {more} about {people}, none of them a risk (--full names all)")


def _line(row: EffectRow, widths: tuple[int, ...], notes: _Notes) -> Line:
    where, who = (
        text.ljust(width) for text, width in zip((row.where, row.who), widths, strict=True)
    )
    alone = len(row.effect.principals) == len(row.effect.scopes) == 1 and row.effect.place
    files = [place.file_line for place in row.places[: 1 if alone else None]]
    details = (
        row.permissions,
        row.ways,
        f'"{row.reason}"' if row.reason else "",
        f"({listed(list(dict.fromkeys(files)), MOST_PLACES)})" if files else "",
        notes.note(row),
    )
    text = "  ".join(filter(None, (f"  {_sign(row)} {where}", who, row.step, *details)))
    return Line(text.rstrip(), _tone(row), hang=6 + min(widths[0], 8))


def _sign(row: EffectRow) -> str:
    if row.is_risky:
        return "!"
    return "+" if row.gains else "-" if row.effect.loses else " "


def _tone(row: EffectRow) -> Tone:
    if row.gains:
        return _tone_of(row.risk)
    return Tone.LOSS if row.effect.loses else Tone.PLAIN


def _tone_of(risk: Risk) -> Tone:
    if risk is Risk.DELETION:
        return Tone.LOSS
    return Tone.CHANGE if risk.grave else Tone.GAIN
