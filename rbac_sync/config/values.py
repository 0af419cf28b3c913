"""The single values of the TOML language: instants, names, texts. Nothing is converted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from ..model.reasons import reason_fault
from .codes import SECRET
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


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise _value_error("RS116", "has no UTC offset", f"write `{value.isoformat()}Z`")
        return _in_utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, time):
        raise _value_error("RS116", "is a time without a date", "write `2026-12-31T18:00:00Z`")
    from .times import suggest_form

    hint = suggest_form(value) if isinstance(value, str) else "write `2026-12-31`, without quotes"
    raise _value_error("RS114", "must be a date", hint)


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise _value_error("RS115", "is no date of the calendar in UTC", "write another") from None


def _value_error(code: str, problem: str, hint: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{problem}", {"problem": problem, "hint": hint})


def _validator(code: str, fault: Callable[[str], str], hint: str) -> AfterValidator:
    """Return a validator that refuses text with a *fault*."""

    def check(value: str) -> str:
        if problem := fault(value):
            raise _value_error(code, problem, hint)
        return value

    return AfterValidator(check)


FORMATS = [{"type": "string", "format": format_} for format_ in ("date", "date-time")]
Moment = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"anyOf": FORMATS})]


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


Principal = Annotated[str, AfterValidator(WholePrincipal)]
ResourceAddress = Annotated[str, AfterValidator(WholeAddress)]
Name = Annotated[str, _validator("RS117", name_fault, "write a name on one line")]
_ALONE = "write the URL alone, without blanks around it"
Url = Annotated[str, _validator("RS117", name_fault, _ALONE)]
_AS_IN_PROD = "write letters, digits, `-` and `_`, as in `prod`"
AccountName = Annotated[str, _validator("RS117", account_name_fault, _AS_IN_PROD)]
ShortName = Annotated[str, _validator("RS117", short_name_fault, "write it without `@` and `:`")]
Reason = Annotated[str, _validator("RS117", reason_fault, "write it on one line, shorter")]
Prose = Annotated[str, _validator("RS117", prose_fault, "shorten it")]
Email = Annotated[str, _validator("RS118", email_fault, EMAIL_HINT)]
Jwks = Annotated[str, _validator("RS115", jwks_fault, "write `https://...`, or a file's name")]


_NO_URL = _validator(SECRET, url_fault, "name a variable that holds it")
_VARIABLE = _validator("RS115", variable_fault, "write it as in `SLACK_WEBHOOK_URL`")
_OWN_VARIABLE = _validator("RS115", own_variable_fault, "write it as in `RBAC_SYNC_PROD_URL`")
Variable = Annotated[str, _NO_URL, _VARIABLE]
UrlVariable = Annotated[str, _NO_URL, _OWN_VARIABLE]


def _several(value: object) -> object:
    if not isinstance(value, str | list):
        raise _value_error("RS114", "must be a name or a list of names", 'write `"old-name"`')
    return [value] if isinstance(value, str) else value


TEXTS = {"type": "array", "items": {"type": "string"}}
TEXT_OR_TEXTS = WithJsonSchema({"anyOf": [{"type": "string"}, TEXTS]})
OldNames = Annotated[list[Name], BeforeValidator(_several), TEXT_OR_TEXTS]
OldAddresses = Annotated[list[Email], BeforeValidator(_several), TEXT_OR_TEXTS]
Everybody = Annotated[str, Field(pattern=r"^(members|service_accounts|team:.+)$")]
"""The people of `[members]`, all service accounts, or the people of teams by pattern."""
Reach = Literal["all", "declared", "none"]


def _scalar(value: object) -> object:
    if not isinstance(value, str | int):
        problem = "must be text, a whole number or a boolean"
        raise _value_error("RS114", problem, "write one of these")
    return value


SCALARS = {"type": ["string", "integer", "boolean"]}
Option = Annotated[Any, AfterValidator(_scalar), WithJsonSchema(SCALARS)]
