"""The parser of one file: it returns the tree, or raises the problem. Safe on any bytes."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any

from .. import toml_parser
from ..errors import Diagnostic
from .problems import File
from .secrets_and_hidden import HIDDEN, KEY_WITHIN, forbidden, hidden, secret
from .spans import BASIC, LITERAL, LONG_BASIC, LONG_LITERAL, LineIndex

if TYPE_CHECKING:
    from tomli import TOMLDecodeError

MOST_PARTS = 16
MOST_LEVELS = 32

_PART = rf"(?:{LONG_BASIC}|{LONG_LITERAL}|{BASIC}|{LITERAL}|[A-Za-z0-9_-]++)"
_MORE = rf"(?:[ \t]*+\.[ \t]*+{_PART})"
_LONG_KEY = rf"{_PART}{_MORE}{{{MOST_PARTS}}}"
_LISTED = rf"(?:{BASIC}\s*+,\s*+)"
NEXT = re.compile(
    rf"(?:{_LISTED}++|[^\[\]{{}}#\"'A-Za-z0-9_-]++|#[^\n]*+"
    rf"|{_PART}{_MORE}{{0,{MOST_PARTS - 1}}}+(?![ \t]*+\.))*+"
    r"(?P<found>[\[\]{}]|[A-Za-z0-9_-]++|[\s\S])?"
)
"""A match up to the next bracket, long key or mistake, past strings and comments."""


class InvalidToml(Exception):
    """The diagnostic of a file that cannot be parsed."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def parse_file(name: str, raw: bytes) -> tuple[File, list[Diagnostic]]:
    """Return the file and the diagnostics on forbidden text in it.

    Raises:
        InvalidToml: the bytes are not TOML.
    """
    try:
        text = _decode(name, raw)
        _refuse_depth(name, text)
        file = File(name, text, _tree(name, text))
    except InvalidToml:
        _refuse_key(name, raw.decode(errors="replace"))  # before an error quotes the line
        raise
    return file, list(forbidden(file))


def _refuse_key(name: str, text: str) -> None:
    if match := re.search(KEY_WITHIN, text):
        place = LineIndex(text).place(name, match.start(), match.end())
        raise InvalidToml(secret(place)) from None


def _decode(name: str, raw: bytes) -> str:
    raw = raw.removeprefix(BOM_UTF8)
    try:
        return raw.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        place = LineIndex(before).place(name, len(before), len(before) + 1)
        message = f"the file is not UTF-8: byte 0x{raw[error.start]:02x}"
        raise InvalidToml(Diagnostic("RS002", message, place, "save it as UTF-8")) from None


def _refuse_depth(name: str, text: str) -> None:
    depth = 0
    for match in NEXT.finditer(text):
        token, start = match["found"] or "", match.start("found")
        depth += (token in ("[", "{")) - (token in ("]", "}"))
        if depth > MOST_LEVELS:
            problem = f"arrays and tables nest more than {MOST_LEVELS} levels"
        elif token in ("", "[", "]", "{", "}"):
            continue
        elif re.compile(_LONG_KEY).match(text, start):
            problem = f"the key has more than {MOST_PARTS} parts"
        elif token in ("'", '"'):
            return  # a text that is never closed: tomli stops here too, and reports it
        else:
            continue
        place = LineIndex(text[:start]).place(name, start, start + 1)
        raise InvalidToml(Diagnostic("RS005", problem, place, "write it flatter"))


def _tree(name: str, text: str) -> dict[str, Any]:
    try:
        return toml_parser.loads(text)
    except (ValueError, RecursionError) as error:
        from tomli import TOMLDecodeError

        if isinstance(error, TOMLDecodeError):
            raise InvalidToml(_unreadable(name, text, error)) from None
        # A number too long for Python raises a bare ValueError, without a place.
        number = re.search(r"(?<![0-9_])[0-9](?:_?[0-9]){4000}", text)
        start = number.start() if number else 0
        place, hint = LineIndex(text).place(name, start, start + 1), "write a shorter number"
        problem = Diagnostic("RS001", "a number has too many digits", place, hint)
        raise InvalidToml(problem) from None


def _unreadable(name: str, text: str, error: TOMLDecodeError) -> Diagnostic:
    from .span_scanner import scan_spans
    from .times import find_invalid_date

    scan = scan_spans(text[: error.pos])
    lines = LineIndex(text)
    if error.msg.startswith(("Cannot ", "Duplicate ")):
        second = scan.earlier and lines.place(name, *scan.earlier[0])
        place = lines.place(name, scan.last, max(scan.last + 1, error.pos))
        message, hint = "this is written twice", "keep one of them"
        if second is None:
            message = "this key is inside a value that another line has written"
            hint = "write the key in that line"
        return Diagnostic("RS006", message, place, hint, second, "first written here")
    bad = text[error.pos : error.pos + 1]
    if re.match(HIDDEN, bad) or bad == "\r" or (bad.isspace() and not bad.isascii()):
        place = lines.place(name, min(scan.at, error.pos), error.pos + 1)
        return hidden(bad, place)
    if error.msg in AT_VALUES and (invalid := find_invalid_date(text, error.pos)):
        place = lines.place(name, invalid.start, invalid.end)
        return Diagnostic("RS001", invalid.problem, place, invalid.hint)
    in_string = text[scan.at : scan.at + 1] in ("'", '"') and scan.at < error.pos
    start = scan.at if in_string else error.pos
    if error.msg == NO_VALUE:
        start = scan.key_start
    message, hint = _explain_syntax(error.msg, text[error.pos :], in_string=in_string)
    line = text[text.rfind("\n", 0, error.pos) + 1 :]
    message, hint = next(
        (LEFT_BY_GIT[s] for s in LEFT_BY_GIT if line.startswith(s)), (message, hint)
    )
    return Diagnostic("RS001", message, lines.place(name, start, start + 1), hint)


CONFLICT = (
    "a conflict of a merge is not solved",
    "keep one side, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`",
)
LEFT_BY_GIT = {
    **dict.fromkeys(("<<<<<<<", "|||||||", "=======", ">>>>>>>"), CONFLICT),
    "version https://git-lfs.": (
        "this is a pointer of Git LFS in the place of the file",
        "run `git lfs pull`",
    ),
}
"""The message and the hint for a line that git left in the place of a text, by its start."""

NO_VALUE = "Expected '=' after a key in a key/value pair"

AT_VALUES = (
    "Expected newline or end of document after a statement",
    "Unclosed array",
    "Unclosed inline table",
    "Invalid date or datetime",
)
"""The messages of tomli for a value of unknown form."""

QUOTES = "a key with other characters than letters, digits, `-` and `_` stands in quotes"

FLAG = r"(?i:true|false)\b"
CURLED = r"[\u2018-\u201f\xab\xbb]"
"""A quotation mark of a text editor."""

PLAINLY = {
    "Invalid statement": ("a key or a table header is expected here", "write `key = value`"),
    "Invalid value": ("this is no value", 'text stands in quotes: `"..."`'),
    "Unclosed array": (
        "the array is not closed, or a comma is missing",
        "write the comma, or close it with `]`",
    ),
    "Unclosed inline table": (
        "the inline table is not closed, or a comma is missing",
        "write the comma, or close it with `}`",
    ),
    "Invalid date or datetime": ("there is no such date or time", "write `2026-12-31`"),
    "Invalid initial character for a key part": ("this is no key", QUOTES),
    NO_VALUE: ("`=` is missing after the key", f"write `=`; {QUOTES}"),
    AT_VALUES[0]: ("the line goes on after the value", "begin a new line for the next key"),
    "Expected ']' at the end of a table declaration": (
        "the header of a table is not closed",
        f"write `]`; {QUOTES}",
    ),
    "Expected ']]' at the end of an array declaration": (
        "the header of a list of tables is not closed",
        f"write `]]`; {QUOTES}",
    ),
}
"""The messages of tomli, in words for people who do not know its grammar."""


def _explain_syntax(message: str, rest: str, *, in_string: bool) -> tuple[str, str]:
    if in_string and "Unescaped" not in message and "scape" not in message:
        return "the text is not closed on its line", "close it with the same quote"
    if in_string:
        return "the text has an escape that TOML does not know", "write a backslash as `\\\\`"
    if message == "Invalid value" and (flag := re.match(FLAG, rest)):
        return "this is no value", f"write `{flag[0].lower()}`, in small letters"
    if message == "Invalid value" and re.match(CURLED, rest):
        return f"`{rest[0]}` is no quotation mark of TOML", 'write a plain one: `"..."`'
    if message == "Invalid value" and not rest.partition("\n")[0]:
        return "a value is missing", "write one; a list ends with `]`"
    known = PLAINLY.get(message)
    return known or (message[:1].lower() + message[1:], "see https://toml.io for the grammar")
