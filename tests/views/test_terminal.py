from __future__ import annotations

import re

from click import unstyle
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.views.terminal import BLANK, Layout, Line, Tone, render_lines

COLOUR = Layout(colour=True)

LINES = st.lists(st.builds(Line, st.text(), st.sampled_from(Tone)))


def test_tones_are_colours():
    assert render_lines([Line("more", Tone.GAIN), BLANK, Line("same")], COLOUR) == (
        "\x1b[32mmore\x1b[0m\n\nsame"
    )


@given(LINES)
def test_no_line_breaks_out_of_its_line(lines):
    found = render_lines(lines)
    assert found.count("\n") == max(0, len(lines) - 1)
    assert all(line.isprintable() for line in found.split("\n"))


@given(LINES)
def test_colour_is_all_that_colour_adds(lines):
    assert unstyle(render_lines(lines, COLOUR)) == render_lines(lines)


def test_no_tone_is_the_colour_of_a_dark_or_of_a_light_background():
    codes = {int(code) for tone in Tone for code in re.findall(r"\x1b\[(\d+)m", tone)}
    assert codes.isdisjoint({30, 37, 90, 97})
