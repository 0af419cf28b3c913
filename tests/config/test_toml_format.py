"""Files in canonical form: one order, one layout, every comment, and the same meaning."""

from __future__ import annotations

import re
from itertools import islice, permutations
from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.config import toml_format
from rbac_sync.config.toml_events import Unreadable
from rbac_sync.config.toml_format import format_file
from rbac_sync.errors import ConfigError


def formatted(text):
    once = format_file("x.toml", text.encode()).decode()
    assert format_file("x.toml", once.encode()).decode() == once
    assert tomli.loads(once) == tomli.loads(text)
    return once


MESSY = """\
#:schema ./rbac.schema.json
# Of the data team.
[workspaces.prod] # the one that earns
default_role='none'
  # seen by customers
name   =   'Production'
access."viewer"=["a@x.org",'b@x.org' ] # may look
access.owner = [  # may do all
  # by turns
  {until = 2027-01-01, who = "c@x.org"}
  , # in the middle
  "d@x.org" # the chief

]
# access.runner = []


# On call

[teams.z]
[teams.b]
members = []
[people]
zoe = "z@x.org"
ana = "a@x.org"

# visitors
eve = "e@x.org"
# of the auditor
bo = "b@x.org"
[[test]]
name = "b"
permission = "x"
[[test]]
name = "a"
who = "ana"
cannot = ["y"]
can = ["x"]
# The end.

# Not here: service accounts.
"""

TIDY = """\
#:schema ./rbac.schema.json

[people]
ana = "a@x.org"
zoe = "z@x.org"

# visitors
eve = "e@x.org"
# of the auditor
bo = "b@x.org"

# On call

[teams.b]
members = []

[teams.z]

# Of the data team.
[workspaces.prod]  # the one that earns
# seen by customers
name = "Production"
default_role = "none"
access.owner = [
    # may do all
    # by turns
    { who = "c@x.org", until = 2027-01-01 },
    # in the middle
    "d@x.org",  # the chief
]
access.viewer = ["a@x.org", "b@x.org"]  # may look
# access.runner = []

[[test]]
name = "b"
permission = "x"

[[test]]
name = "a"
who = "ana"
can = ["x"]
cannot = ["y"]
# The end.

# Not here: service accounts.
"""


def test_a_file_is_put_in_order_and_keeps_its_comments():
    assert formatted(MESSY) == TIDY


BLOCKS = (
    '# who\n[people]\nana = "a@x.org"\n',
    '[members]\nowner = ["ana"]\nvisitor = ["bo"]\n',
    '[teams.a]\nmembers = ["ana"]\n',
    '# late\n[teams.b]\ndescription = "b"\nmembers = []\n',
    '[workspaces.w]\nname = "W"\n# none yet\n',
    '[workspaces.w.access]\nviewer = ["ana"]\n',
)


def test_tables_are_in_the_order_of_the_page_about_them():
    page = Path(__file__).parents[2] / "docs" / "reference" / "configuration.md"
    listed = re.findall(r"^\| `\[+([a-z_]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    order = list(dict.fromkeys(listed))
    arrays = ("ignore", "test")
    tables = [f"[[{name}]]" if name in arrays else f"[{name}]" for name in order]
    assert len(order) == 20
    assert formatted("\n".join(reversed(tables))).split() == tables


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_any_order_of_the_tables_becomes_the_same(step):
    orders = islice(permutations(BLOCKS), 0, None, step)
    results = {formatted("\n".join(blocks)) for blocks in orders}
    assert results == {"\n".join(BLOCKS)}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("", ""),
        ("\n\n", ""),
        ("# Nothing yet.\n", "# Nothing yet.\n"),
        ("\n\n# a\n\n\n\n# b", "# a\n\n# b\n"),
        ("#a\nx = 1", "#a\nx = 1\n"),
        ("# a\n\nx = 1\n\n\ny = 2\n", "# a\n\nx = 1\n\ny = 2\n"),
        ("y = 2\nx = 1\n", "x = 1\ny = 2\n"),
        ("[teams.'a b']\n[teams.\"c\"]\n", '[teams."a b"]\n\n[teams.c]\n'),
        ('[people]\na = """\n# no comment\nb"""\n', '[people]\na = """\n# no comment\nb"""\n'),
        ("[people]\na = '\"'\nb = '\\'\nc = ''\n", "[people]\na = '\"'\nb = '\\'\nc = ''\n"),
        ("[limits]\nmax_file = 0x1_0\n", "[limits]\nmax_file = 0x1_0\n"),
        ("[files]\n'b.toml' = []\n'a.toml' = [\n]\n", '[files]\n"a.toml" = []\n"b.toml" = []\n'),
        ("[teams]\n[teams.b]\n[teams.a]\n", "[teams]\n\n[teams.a]\n\n[teams.b]\n"),
        ("people = { b = 'x', a = 'y' }\n", 'people = { a = "y", b = "x" }\n'),
        (
            "[service_accounts.ci]\nkeys = {b = {}, a.until = 2027-01-01}\n",
            "[service_accounts.ci]\nkeys = { a.until = 2027-01-01, b = {} }\n",
        ),
        (
            "[members]\nuser = ['a']\nagent = ['b']\nadministrator = ['c']\n",
            '[members]\nadministrator = ["c"]\nuser = ["a"]\nagent = ["b"]\n',
        ),
        (
            "[nonsense.b]\nz = 1\na = 1\n[nonsense.a]\n[backend]\nx = 1\ntype = 'store'\n",
            '[backend]\ntype = "store"\nx = 1\n\n[nonsense.a]\n\n[nonsense.b]\na = 1\nz = 1\n',
        ),
        (
            "[[teams.w.members]]\nuntil = 2027-01-01\nwho = 'b'\n[teams.w]",
            '[teams.w]\n\n[[teams.w.members]]\nwho = "b"\nuntil = 2027-01-01\n',
        ),
        (
            "[workspaces.w.objects.'pool:p']\nmanage = []\nview = []\n",
            '[workspaces.w.objects."pool:p"]\nview = []\nmanage = []\n',
        ),
        (
            "[accounts.a]\nwave = 1\nbackend.account = 'a'\n",
            '[accounts.a]\nbackend.account = "a"\nwave = 1\n',
        ),
        (
            "# teams of a\n\n[teams.c]\n[teams.b]\n\n# others\n\n[teams.a]\n[teams.d]\n",
            "# teams of a\n\n[teams.b]\n\n[teams.c]\n\n# others\n\n[teams.a]\n\n[teams.d]\n",
        ),
    ],
)
def test_what_stays_and_what_moves(text, same):
    assert formatted(text) == same


def test_a_list_of_one_line_takes_several_once_it_is_too_long():
    names = [f"person-{number}@x.org" for number in range(4)]
    listed = ", ".join(f'"{name}"' for name in names)
    short = f"[teams.t]\nmembers = [{listed}]\n"
    assert formatted(short) == short
    longer = f'[teams.t]\nmembers = [{listed}, "one-more-person@x.org"]\n'
    lines = "".join(f'    "{name}",\n' for name in (*names, "one-more-person@x.org"))
    assert formatted(longer) == f"[teams.t]\nmembers = [\n{lines}]\n"


def test_line_ends_stay_and_a_byte_order_mark_goes():
    raw = b"\xef\xbb\xbf[teams.b]\r\n\r\n\r\n[teams.a]\r\n"
    assert format_file("x.toml", raw) == b"[teams.a]\r\n\r\n[teams.b]\r\n"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"a = ", "RS001"),
        (b"a = '\xff'", "RS002"),
        (b"\xff\xfea\x00", "RS002"),
        (b'a = "\\u200b"', "RS004"),
        (b"a = 'pnu_0123456789abcdef0'", "RS119"),
    ],
)
def test_what_a_file_must_not_hold_is_an_error(raw, code):
    with pytest.raises(ConfigError) as caught:
        format_file("x.toml", raw)
    assert caught.value.diagnostics[0].code == code
    assert "x.toml" in caught.value.texts


def test_a_form_that_another_meaning_would_come_of_is_a_fault(monkeypatch):
    monkeypatch.setattr(toml_format._Document, "formatted", lambda _: "a = 2\n")
    with pytest.raises(AssertionError, match="means something else"):
        format_file("x.toml", b"a = 1\n")


KEYS = st.sampled_from(
    [
        "a b",
        *[
            "people",
            "teams",
            "workspaces",
            "access",
            "viewer",
            "zzz",
            "é",
            "ana",
            "who",
            "until",
            "test",
        ],
    ]
)
SCALARS = st.one_of(
    st.integers(-9, 9).map(str),
    st.booleans().map(lambda each: str(each).lower()),
    st.sampled_from(["'x'", '"é"', "'''a\nb'''", "2027-01-01", "1e3", "nan", "'\"'"]),
)
SPACES = st.sampled_from(["", " ", "  "])
BREAKS = st.sampled_from(["", " ", "\n", "\n\n  ", " # c\n", "\n# own\n\n", "\n # two\n# lines\n"])


@st.composite
def lists(draw, values):
    parts = draw(st.lists(st.tuples(BREAKS, values, BREAKS, BREAKS), max_size=4))
    inner = ",".join(f"{a}{value}{b}" for a, value, b, _ in parts)
    comma = draw(st.sampled_from(["", ","])) if parts else ""
    return f"[{inner}{comma}{draw(BREAKS)}]"


@st.composite
def inline(draw, values):
    keys = draw(st.lists(KEYS, unique=True, max_size=3))
    return "{" + ",".join(f"{draw(SPACES)}'{k}' ={draw(SPACES)}{draw(values)} " for k in keys) + "}"


VALUES = st.recursive(SCALARS, lambda inner: lists(inner) | inline(inner), max_leaves=6)
TRIVIA = st.sampled_from(["", "", "\n", "\n\n", "# c\n", "  # c\n# d\n", "\n# e\n\n", "# f\n\n"])
SIDES = st.sampled_from(["", " # side", "#x"])


@st.composite
def documents(draw):
    lines = []
    for _ in range(draw(st.integers(0, 5))):
        keys = [f'"{key}"' for key in draw(st.lists(KEYS, min_size=1, max_size=3))]
        name = ".".join(keys)
        header = draw(st.sampled_from([f"[{name}]", f"[ {name} ]", f"[[{name}]]", ""]))
        if header:
            lines.append(f"{draw(TRIVIA)}{header}{draw(SIDES)}\n")
        for _ in range(draw(st.integers(0, 3))):
            key = ".".join(f"'{each}'" for each in draw(st.lists(KEYS, min_size=1, max_size=2)))
            value = f"{draw(SPACES)}{key}{draw(SPACES)}={draw(SPACES)}{draw(VALUES)}"
            lines.append(f"{draw(TRIVIA)}{value}{draw(SIDES)}\n")
    return "".join(lines) + draw(TRIVIA)


def comments(text):
    return sorted(line.split("#", 1)[1].strip() for line in text.splitlines() if "#" in line)


@given(documents())
def test_formatting_twice_is_formatting_once_and_loses_nothing(text):
    try:
        once = format_file("x.toml", text.encode())
    except (ConfigError, Unreadable):
        return
    assert format_file("x.toml", once) == once
    assert comments(once.decode()) == comments(text)
