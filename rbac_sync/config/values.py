"""The single values of the TOML language: instants, names, texts. Nothing is converted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from ..model.reasons import reason_fault
from .codes import SECRET
from .forms import MOST_INTEGER, Faulty, Form, TextRule, faulty, list_of, number, text, word
from .spans import KeyPath
from .text_rules import (
    EMAIL_HINT,
    account_name_fault,
    email_fault,
    jwks_fault,
    name_fault,
    own_variable_fault,
    prose_fault,
    short_name_fault,
    url_fault,
    variable_fault,
)


def _instant(value: object, at: KeyPath) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise faulty("RS116", at, "has no UTC offset", f"write `{value.isoformat()}Z`")
        return _in_utc(value, at)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, time):
        raise faulty("RS116", at, "is a time without a date", "write `2026-12-31T18:00:00Z`")
    from .times import suggest_form

    hint = suggest_form(value) if isinstance(value, str) else "write `2026-12-31`, without quotes"
    raise faulty("RS114", at, "must be a date", hint)


def _in_utc(value: datetime, at: KeyPath) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise faulty("RS115", at, "is no date of the calendar in UTC", "write another") from None


FORMATS = [{"type": "string", "format": format_} for format_ in ("date", "date-time")]
MOMENT = Form(_instant, {"anyOf": FORMATS})


class AddressText(str):
    """Text of ``[guard]`` that names a principal or a thing: an address, never a short name.

    *Why* a type of its own: the people who may edit `[people]`, which has the short names, may
    not be those who edit `[guard]`. One check covers every value of this type, in any key.
    """

    __slots__ = ()


class WholePrincipal(AddressText):
    """A person's e-mail address, ``sa:NAME`` or ``team:NAME``."""

    __slots__ = ()


class WholeAddress(AddressText):
    """An address as plans show it: ``member.EMAIL``, ``team.NAME``, ``workspace.HANDLE``."""

    __slots__ = ()


def _name(fault: Callable[[str], str], hint: str) -> Form[str]:
    """Return the form of a text without this *fault*."""
    return text(TextRule("RS117", fault, hint))


TEXT: Form[str] = text()
TEXTS = list_of(TEXT, any_text=True)
PRINCIPAL = text(of=WholePrincipal)
RESOURCE_ADDRESS = text(of=WholeAddress)
NAME = _name(name_fault, "write a name on one line")
URL = _name(name_fault, "write the URL alone, without blanks around it")
ACCOUNT_NAME = _name(account_name_fault, "write letters, digits, `-` and `_`, as in `prod`")
SHORT_NAME = _name(short_name_fault, "write it without `@` and `:`")
_REASON = TextRule("RS117", reason_fault, "write it on one line, shorter")
REASON: Form[str] = text(_REASON)
_NOT_EMPTY = TextRule(
    "RS115", lambda why: "" if why else "is empty", "write why no plan touches it"
)
WHY: Form[str] = text(_REASON, _NOT_EMPTY, minLength=1)
PROSE = _name(prose_fault, "shorten it")
EMAIL: Form[str] = text(TextRule("RS118", email_fault, EMAIL_HINT))
JWKS: Form[str] = text(TextRule("RS115", jwks_fault, "write `https://...`, or a file's name"))

_NO_URL = TextRule(SECRET, url_fault, "name a variable that holds it")
_VARIABLE = TextRule("RS115", variable_fault, "write it as in `SLACK_WEBHOOK_URL`")
_OWN_VARIABLE = TextRule("RS115", own_variable_fault, "write it as in `RBAC_SYNC_PROD_URL`")
VARIABLE: Form[str] = text(_NO_URL, _VARIABLE)
URL_VARIABLE: Form[str] = text(_NO_URL, _OWN_VARIABLE)


def _pattern(pattern: str, problem: str, hint: str) -> Form[str]:
    """Return the form of a text that is like *pattern*."""
    check = TextRule("RS115", lambda each: "" if re.fullmatch(pattern, each) else problem, hint)
    return text(check, pattern=pattern)


def _duration(hint: str) -> Form[str]:
    """Return the form of a time, as in ``24h``."""
    return _pattern(r"^[1-9][0-9]{0,4}(m|h|d)$", "must be a time", hint)


TERM = _duration('write it as in `"90d"`, `"24h"` or `"90m"`')
AGE = _duration('write it as in `"24h"`, `"90m"` or `"7d"`')
SHARE = _pattern(
    r"^(100|[0-9]{1,2}(\.[0-9]+)?)%$", "must be a percentage up to `100%`", 'write it as in `"25%"`'
)
"""A share of the live number, as in ``25%``."""

WHOLE = number(int, -MOST_INTEGER)
COUNT = number(int, 0)
POSITIVE = number(int, 1)
DAYS = number(int, 1, 36_500)


def _limit(value: object, at: KeyPath) -> int | str:
    try:
        return SHARE.read(value, at) if isinstance(value, str) else COUNT.read(value, at)
    except Faulty:
        problem = "must be a number, or a percentage up to `100%`"
        raise faulty("RS115", at, problem, 'write it as in `20` or `"25%"`') from None


LIMIT = Form(_limit, {"anyOf": [COUNT.schema, SHARE.schema]})
EVERYBODY = _pattern(
    r"^(members|service_accounts|team:.+)$",
    "names nobody",
    "write `members`, `service_accounts` or `team:PATTERN`",
)
"""The people of `[members]`, all service accounts, or the people of teams by pattern."""

REACH = word("all", "declared", "none")


def _one_or_more(form: Form[str]) -> Form[list[str]]:
    """Return the form of a text or a list of texts, which is read as a list."""
    texts = list_of(form)

    def read(value: object, at: KeyPath) -> list[str]:
        if isinstance(value, str):
            return [form.read(value, at)]
        if isinstance(value, list):
            return texts.read(value, at)
        raise faulty("RS114", at, "must be a name or a list of names", 'write `"old-name"`')

    return Form(read, {"anyOf": [form.schema, texts.schema]}, [])


OLD_NAMES = _one_or_more(NAME)
OLD_ADDRESSES = _one_or_more(EMAIL)


def _scalar(value: object, at: KeyPath) -> Any:
    if not isinstance(value, str | int):
        problem = "must be text, a whole number or a boolean"
        raise faulty("RS114", at, problem, "write one of these")
    is_number = not isinstance(value, str | bool)
    return WHOLE.read(value, at) if is_number else value


OPTION = Form(_scalar, {"type": ["string", "integer", "boolean"]})
