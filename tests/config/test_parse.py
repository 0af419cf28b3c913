"""Bytes become a tree, or one problem with a place; never a traceback, never a hang."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rbac_sync.config.parse import InvalidToml, parse_file


def refused(text):
    with pytest.raises(InvalidToml) as caught:
        parse_file("x.toml", text if isinstance(text, bytes) else text.encode())
    return caught.value.diagnostic


def told(text):
    problem = refused(text)
    return f"{problem.code} {problem.place.line}:{problem.place.column}"


def forbidden(text):
    return [
        f"{p.code} {p.place.line}:{p.place.column}" for p in parse_file("x.toml", text.encode())[1]
    ]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=200)
    | st.text("ab.=\"'[]{}#,\n\r\t\\u0x-:é\0\x1b\u202e", max_size=60).map(str.encode)
)
@example(b"\xff")
@example(b"a = " + b"9" * 5000)
@example(b'a = "\\ud800"')
@example(b"a = 0001-01-01T00:00:00+23:59")
@example(b'pnu_ = "\\u0000"')
def test_any_bytes_are_a_file_or_one_problem_with_a_place_inside_it(raw):
    problem = None
    try:
        file, _ = parse_file("x.toml", raw)
    except InvalidToml as error:
        problem = error.diagnostic
    if problem is None:
        assert file.tree == tomli.loads(raw.decode())
        return
    lines = raw.decode(errors="replace").replace("\r\n", "\n").split("\n")
    assert problem.hint
    assert 1 <= problem.place.line <= len(lines)
    assert 1 <= problem.place.column <= len(lines[problem.place.line - 1]) + 1


@pytest.mark.parametrize(
    "text",
    [
        "a." * 32_000,
        "a" + ".a" * 500_000 + " = 1",
        "a = " + "[" * 1_000_000,
        "a = " + "{a=" * 300_000,
        "a = " + "[" * 33 + "]" * 33,
        "[" + ".".join(["'a'"] * 17) + "]",
        'a = ["b", "c", ' + "[" * 32 + "]" * 33,
        'a = { "b" = ["c", "d"], ' + " . ".join(['"e"'] * 17) + " = 1 }",
        'a = ["b" , "c"]\n' + " . ".join(['"d"'] * 17) + " = 1",
        "a" * 1_000_000 + ".",
        '"""\\' * 250_000,
        "'" * 1_000_001,
        "a = 9" + "_9" * 500_000,
        "a = " + "9" * 1_000_000,
        "a = [" + "9" * 3_999 + ("\n,'" + "9" * 3_999 + "'") * 200 + "," + "9" * 5_000 + "]",
    ],
    ids=lambda text: text[:8],
)
def test_a_file_made_to_exhaust_the_parser_is_refused(text):
    assert refused(text).code in ("RS001", "RS005")


def test_what_real_files_need_is_not_too_deep():
    text = "a = " + "[" * 32 + "]" * 32 + "\n" + ".".join(["b"] * 16) + " = 1.5\n"
    assert parse_file("x.toml", text.encode())[0].tree["a"]


def test_brackets_and_dots_in_texts_and_comments_do_not_count():
    text = 'a = "' + "[" * 100 + '" # ' + "{" * 100 + "\nb = '''\n" + "a." * 100 + "'''\n"
    assert parse_file("x.toml", text.encode())[0].tree["b"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"a = 1\nb = '\xff'\n", "RS002 2:6"),
        ("x = 1\n" + "a." * 16 + "a = 1", "RS005 2:1"),
        ("a = [[" + "[" * 31, "RS005 1:37"),
        ("a = b\n", "RS001 1:5"),
        ("a = \n", "RS001 1:5"),
        ("a = 1\n= 2\n", "RS001 2:1"),
        ('a = "b\nc = 1\n', "RS001 1:5"),
        ("a = 'b", "RS001 1:5"),
        ('a = ["b", "\\d"]\n', "RS001 1:11"),
        ('a = """b', "RS001 1:5"),
        ("a = [1 2]\n", "RS001 1:8"),
        ("a = 2026-02-30\n", "RS001 1:5"),
        ("a = 1 b = 2\n", "RS001 1:7"),
        ("a = 1\nb.c d = 2\n", "RS001 2:1"),
        ("x = 1\nb = [\n " + "9" * 5000 + "]", "RS001 3:2"),
        ("a = 1\na = 2\n", "RS006 2:1"),
        ("a = 1\nb = [\n1]\n[a]\n", "RS006 4:2"),
        ("[a]\n[b]\n  [ a ]\n", "RS006 3:5"),
        ("a = { b = 1, b = { c = 1 } }\n", "RS006 1:14"),
        ("a.b = 1\na = { c = 2 }\n", "RS006 2:1"),
        ("a = 'x\x1by'\n", "RS004 1:5"),
        ("# x\x00y\n", "RS004 1:4"),
        ('a = 1 # x\rb = "2"\n', "RS004 1:10"),
        ("a\u202e = 1\n", "RS004 1:2"),
    ],
)
def test_the_place_is_the_first_character_of_what_is_wrong(text, where):
    assert told(text) == where


BOM = "\ufeff"


@pytest.mark.parametrize(
    "text",
    [
        b"a = 1\nb = '\xff'\n",
        "a = b\n",
        "a = 1\na = 2\n",
        "a = 'x\x1by'\n",
        "[" * 40,
        "a\u202e = 1\n",
    ],
)
def test_a_byte_order_mark_is_passed_over_and_moves_no_place(text):
    raw = text if isinstance(text, bytes) else text.encode()
    assert refused(BOM.encode() + raw) == refused(raw)
    assert parse_file("x.toml", f"{BOM}a.b = 1\r\n".encode()) == parse_file("x.toml", b"a.b = 1\n")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (f"{BOM}{BOM}a = 1\n", "RS004 1:1"),
        (f"a = 1\n{BOM}b = 1\n", "RS004 2:1"),
        (f"a = 1 {BOM}\n", "RS004 1:7"),
    ],
)
def test_a_byte_order_mark_elsewhere_is_an_invisible_character(text, where):
    assert told(text) == where


def test_what_is_written_twice_names_the_first_place_too():
    assert str(refused("[a]\nb = 1\n[a]\n").second) == "x.toml:1:2"
    assert str(refused("[a]\nb.c = 1\nb = 2\n").second) == "x.toml:2:1"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('a = "ok \u202eresu"\n', ["RS004 1:5"]),
        ('a = "x\\u0000"\nb = [1, "\\u200b"]\n', ["RS004 1:5", "RS004 2:9"]),
        ("# \u200f\n", ["RS004 1:3"]),
        ("a = [\n # \u200f\n]\n", ["RS004 2:4"]),
        ('"a\\nb" = 1\n', ["RS004 1:1"]),
        ('["a\u00adb"]\n', ["RS004 1:2"]),
        ('a = "x\\r"\n', ["RS004 1:5"]),
        ('a = "pnu_abc123"\n', ["RS119 1:5"]),
        ('a = ["x", " pnb_1"]\nb = "\\u0070cu_1"\n', ["RS119 1:11", "RS119 2:5"]),
        ("# rbs_0123456789abcdef\n", ["RS119 1:3"]),
        ('a = "see pnu_0123456789abcdef"\n', ["RS119 1:5"]),
        ('a = "a\\nb\\tc, see pnu_keys, x_pnu_0123456789abcdef \U0001f600 é"\n', []),
        ('a = """x\n\ty"""\n', []),
    ],
)
def test_hidden_characters_and_keys_are_refused_in_values_keys_and_comments(text, where):
    assert sorted(forbidden(text)) == where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"key = pnu_0123456789abcdef\n", "RS119 1:7"),
        (b"pnu_0123456789abcdef\n", "RS119 1:1"),
        (b"a = [\n# rbs_0123456789abcdef", "RS119 2:3"),
        (b"a = '\xff'\nb = 'pnb_0123456789abcdef'\n", "RS119 2:6"),
    ],
)
def test_a_key_is_refused_in_a_file_that_is_no_toml_too_so_that_its_line_is_not_quoted(text, where):
    assert told(text) == where


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[guard\n", "the header of a table is not closed", "write `]`"),
        ("[a b]\n", "the header of a table is not closed", "write `]`"),
        ("[[test\n", "the header of a list of tables is not closed", "write `]]`"),
        ("sa:ci = 1\n", "`=` is missing after the key", "write `=`"),
    ],
)
def test_a_name_with_other_characters_is_told_to_stand_in_quotes(text, message, hint):
    problem = refused(text)
    quotes = "a key with other characters than letters, digits, `-` and `_` stands in quotes"
    assert (problem.message, problem.hint) == (message, f"{hint}; {quotes}")


@pytest.mark.parametrize("text", ["a = [\n<<<<<<< x\n", "=======\n", "||||||| x\n", ">>>>>>> x\n"])
def test_a_conflict_of_a_merge_is_told_as_one(text):
    problem = refused(text)
    assert problem.message == "a conflict of a merge is not solved"
    assert problem.hint.startswith("keep one side, and delete the lines of `<<<<<<<`")


def test_a_pointer_of_git_lfs_is_told_as_one():
    problem = refused("version https://git-lfs.github.com/spec/v1\nsize 1\n")
    assert problem.message == "this is a pointer of Git LFS in the place of the file"
    assert problem.hint == "run `git lfs pull`"


def test_a_line_that_goes_on_after_its_value_is_told_to_end():
    problem = refused("a = 1 b = 2\n")
    assert (problem.message, problem.hint) == (
        "the line goes on after the value",
        "begin a new line for the next key",
    )


def test_a_quotation_mark_of_a_text_editor_is_told_apart_from_that_of_toml():
    problem = refused("a = “x”\n")
    message = "`“` is no quotation mark of TOML"
    assert (problem.message, problem.hint) == (message, 'write a plain one: `"..."`')


@pytest.mark.parametrize(("text", "hint"), [("True", "true"), ("FALSE", "false")])
def test_a_flag_in_capitals_is_told_how_it_is_written(text, hint):
    problem = refused(f"a = {text}\n")
    assert (problem.message, problem.hint) == (
        "this is no value",
        f"write `{hint}`, in small letters",
    )


@pytest.mark.parametrize("text", ["a = [", "a = [1,\n", "a =\nb = 1\n"])
def test_a_value_that_is_missing_is_told_as_missing(text):
    problem = refused(text)
    assert problem.message == "a value is missing"
    assert problem.hint == "write one; a list ends with `]`"


def test_a_missing_comma_is_told_how_to_mend():
    problem = refused("a = [1 2]\n")
    assert problem.message == "the array is not closed, or a comma is missing"
    assert problem.hint == "write the comma, or close it with `]`"


def test_a_blank_that_is_no_space_is_named():
    problem = refused("a\u00a0= 1\n")
    assert problem.message == "the text contains the character U+00A0 NO-BREAK SPACE"
    assert told("a =\u00a01\n") == "RS004 1:4"


def test_a_hidden_character_is_named():
    (problem,) = parse_file("x.toml", b'a = "\\u001b[2K"')[1]
    assert problem.message == "the text contains a control character U+001B"
    (problem,) = parse_file("x.toml", "a = '\u202e'".encode())[1]
    assert problem.message == "the text contains the character U+202E RIGHT-TO-LEFT OVERRIDE"


def test_lines_may_end_in_carriage_return_and_line_feed():
    file, problems = parse_file("x.toml", b"a = 1\r\nb = '''x\r\ny'''\r\n")
    assert (file.tree, problems) == ({"a": 1, "b": "x\ny"}, [])
    assert told("a = 1\r\nb = c\r\n") == "RS001 2:5"
