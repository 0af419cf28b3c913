"""Draw ``docs/images/plan.svg``: a plan as a terminal shows it, for the README."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from rbac_sync.errors import Place  # noqa: E402
from rbac_sync.guard import examine  # noqa: E402
from rbac_sync.model import Address, Membership, Team  # noqa: E402
from rbac_sync.views.effect_rows import ShortNames  # noqa: E402
from rbac_sync.views.plan import render_plan  # noqa: E402
from rbac_sync.views.run import Run  # noqa: E402
from rbac_sync.views.terminal import Layout, Tone  # noqa: E402
from tests.build import NOW, bind, context, plan, role, state, team, user, workspace  # noqa: E402
from tests.views.scene import saved  # noqa: E402

FILE = ROOT / "docs" / "images" / "plan.svg"
WIDTH = 104
COLOURS = {
    Tone.HEADING: "#ffffff",
    Tone.GAIN: "#5fd38d",
    Tone.LOSS: "#ff8c82",
    Tone.CHANGE: "#f2c94c",
    Tone.FAULT: "#ff5f56",
}
PLACES = {
    "team.oncall": Place("teams/oncall.toml", 6),
    "role.oncall": Place("roles.toml", 7),
}
COLOUR = re.compile("((?:\33\\[\\d+m)+)(.*?)\33\\[0m")
PEOPLE = ("ana", "zoe", "bo", "lucia", "petra")


def story() -> Run:
    """Return the plan of a small change: somebody is on call, a team loses a grant."""
    people = [user(name, "owner" if name == "ana" else "member") for name in PEOPLE]
    fixed = [*people, workspace("prod", "Production", "viewer"), workspace("staging")]
    live = state(
        *fixed,
        team("oncall", "bo", "lucia"),
        team("analytics", "petra", "lucia"),
        role("oncall", "run_flows", "see_flows", "see_blocks"),
        bind("team:oncall", "prod", "oncall"),
        bind("team:analytics", "staging", "runner"),
    )
    desired = state(
        *fixed,
        _because(*team("oncall", "bo", "lucia", "zoe until 2027-03-01T00:00:00Z")),
        team("analytics", "petra", "lucia"),
        role("oncall", "run_flows", "see_flows", "see_blocks", "manage_access"),
        bind("team:oncall", "prod", "oncall"),
    )
    steps = plan(live, desired, origin=_origin)
    judged = context(steps)
    names = ShortNames.of({name: f"{name}@acme.example" for name in PEOPLE})
    return Run((), {}, steps, saved(steps), judged, examine(judged), names=names)


def _origin(address: Address) -> Place | None:
    return PLACES.get(str(address))


def _because(group: Team) -> list[Team]:
    """Return the team with a reason for whoever is in it for a time."""

    def reasoned(member: Membership) -> Membership:
        return replace(member, reason="INC-4900: release week") if member.until else member

    return [replace(group, members=frozenset(map(reasoned, group.members)))]


def drawing() -> str:
    """Return the picture."""
    layout = Layout(colour=True, full=False, width=WIDTH)
    lines = ["\33[97m$ rbac-sync plan\33[0m", ""]
    lines += render_plan(story(), layout, NOW + timedelta(seconds=2)).split("\n")
    wide, high = 24 + WIDTH * 8, 32 + len(lines) * 19
    rows = "\n".join(
        f'<text x="16" y="{32 + number * 19}" xml:space="preserve">{"".join(_spans(line))}</text>'
        for number, line in enumerate(lines)
        if line
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"'
        f' viewBox="0 0 {wide} {high}" role="img" aria-labelledby="title">\n'
        '<title id="title">What rbac-sync plan prints for a small change</title>\n'
        f'<rect width="{wide}" height="{high}" rx="8" fill="#14171c"/>\n'
        '<g fill="#c9d1d9" font-size="13" font-family="ui-monospace, SFMono-Regular, Menlo,'
        " Consolas, 'DejaVu Sans Mono', monospace\">\n"
        f"{rows}\n</g>\n</svg>\n"
    )


def _spans(line: str) -> Iterator[str]:
    end = 0
    for part in COLOUR.finditer(line):
        tone = next((tone for tone in COLOURS if tone and part[1] == tone), Tone.HEADING)
        yield escape(line[end : part.start()])
        yield f'<tspan fill="{COLOURS[tone]}">{escape(part[2])}</tspan>'
        end = part.end()
    yield escape(line[end:])


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(drawing(), encoding="utf-8")
