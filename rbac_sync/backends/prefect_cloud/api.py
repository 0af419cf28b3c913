"""The API of one account: its lists, whole or not at all, and its writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar
from uuid import UUID

from ...dataclasses import replace
from ...errors import BackendError, BadResponse, NoAnswer
from ...model import Instant
from ...wire.exchange import written
from ...wire.prefect_cloud.filters import LONGEST_PAGE
from ...wire.prefect_cloud.shapes import Identified
from ...wire.prefect_cloud.users import MeReadResponse, UserAccountResponse
from ..remote.api import check_distinct, parse_value
from ..remote.client import Client
from ..remote.request import LOST, Idempotency, Request
from ..remote.response import STRANGE, quote_text, refusal_text
from .lists import E, ListApi, Listing

T = TypeVar("T")
U = TypeVar("U")


class Api(ListApi):
    """One account, named by handle or id; every path is below it.

    The caller and the account are read when they are first needed.
    """

    def __init__(self, client: Client, account: str) -> None:
        super().__init__(client)
        self._account = account

    def begin(self) -> None:
        """Read the caller and the account side by side.

        Raises:
            BackendError: one of them could not be read.
        """
        reads = [lambda: self.caller_and_time, lambda: self.membership]
        for _ in self.client.side_by_side(reads):
            pass

    @cached_property
    def caller_and_time(self) -> tuple[MeReadResponse, Instant]:
        """The caller, and the time of the service when it was read."""
        me: MeReadResponse = self.answer(Request("GET", "me/"), MeReadResponse)
        return me, self.now()

    @cached_property
    def membership(self) -> UserAccountResponse:
        """The account, as the service shows it to the caller.

        Raises:
            BackendError: the key does not belong to it.
        """
        memberships: list[UserAccountResponse]
        memberships = self.answer(Request("GET", "me/accounts"), list[UserAccountResponse])
        for field in ("account_id", "account_handle"):  # a handle may read like an id
            for each in memberships:
                if str(getattr(each, field)) == self._account:
                    return each
        others = ", ".join(f"`{quote_text(each.account_handle)}`" for each in memberships) or "none"
        message = f"this API key does not belong to the account `{self._account}`"
        raise BackendError(message, hint=f"its accounts: {others}")

    @cached_property
    def rights(self) -> frozenset[str]:
        """The account permissions of the caller, as the service reports them."""
        path = f"me/accounts/{self.membership.account_id}/permissions"
        return frozenset(self.answer(Request("GET", path), list[str]))

    def scopes_in(self, workspace: UUID) -> frozenset[str]:
        """Return the permissions of the caller in one workspace, as the service reports them."""
        path = f"me/workspaces/{workspace}/scopes"
        return frozenset(self.answer(Request("GET", path), list[str]))

    def read_page(self, listing: Listing[E], offset: int = 0, limit: int = LONGEST_PAGE) -> list[E]:
        """Return one page of *listing*, from the row at *offset* on.

        Raises:
            TooLarge: fewer rows have to be requested.
        """
        page = listing.page.model_copy(update={"limit": limit, "offset": offset})
        call = self._call("POST", f"{listing.path}/filter", page, Idempotency.NONE, listing.right)
        rows: list[E] = self.answer(call, list[listing.shape])  # type: ignore[name-defined]
        if len(rows) > limit:
            message = f"{call}: {len(rows)} rows came where at most {limit} were asked for"
            raise BadResponse(message, hint=STRANGE)
        check_distinct(call, [row.id for row in rows])
        if "account_id" in listing.shape.model_fields:
            own = None, self.membership.account_id
            others = [row for row in rows if row.account_id not in own]  # type: ignore[attr-defined]
            if others:
                message = f"{call}: a row of the account `{others[0].account_id}` came"  # type: ignore[attr-defined]
                raise BadResponse(message, hint=STRANGE)
        return rows

    def get(self, path: str, shape: type[T], right: str) -> T:
        """Return the resource at *path* as *shape*."""
        call = self._call("GET", path, None, Idempotency.NONE, right)
        content: T = self.answer(call, shape)
        return content

    def put(
        self, method: str, path: str, body: Any, right: str, shape: Any = object, **sent: object
    ) -> Any:
        """Send a write that may be repeated, and return the value of the response.

        *sent* are the fields of the response that are as they were sent.

        Raises:
            NoAnswer: it is not known whether the write was done.
            BackendError: the write was refused.
        """
        call = self._call(method, path, body, Idempotency.ONCE, right)
        value = self.client.send(call).value
        try:
            answer = _parse_echo(call, shape, sent, value)
        except BadResponse as error:
            raise NoAnswer(str(error), hint=LOST) from error
        self.writes += 1
        return answer

    def once(
        self,
        path: str,
        body: Any,
        shape: type[T],
        right: str,
        trace: Callable[[], U | None],
        **sent: object,
    ) -> T | U:
        """Send a POST that must not be repeated.

        *sent* are the fields of the response that are as they were sent. If the response is lost,
        or is about something else, *trace* searches for the result.

        Raises:
            NoAnswer: the request may have been done, but its result is not visible.
            BackendError: the request was refused.
        """
        call = self._call("POST", path, body, Idempotency.EACH, right)
        return self.sent(call, partial(_parse_echo, call, shape, sent), trace)

    def _call(self, method: str, path: str, body: Any, effect: Idempotency, right: str) -> Request:
        sent = None if body is None else written(body)
        call = Request(method, f"accounts/{self.membership.account_id}/{path}", sent, effect, right)
        if effect is Idempotency.NONE:
            return call
        return replace(call, trouble=refusal_text)  # no answer about a write that was done has any


def _parse_echo(call: Request, shape: Any, sent: Mapping[str, object], value: Any) -> Any:
    """Return *value* as *shape*.

    *Why* compare the fields *sent*: later requests name the object of the response by its id.

    Raises:
        BadResponse: it has another shape, or is about another object.
    """
    parsed = parse_value(call, shape, value)
    for each in parsed if isinstance(parsed, tuple) else (parsed,):
        if others := unlike(each, sent):
            message = f"{call}: the answer has another `{others[0]}` than was sent"
            raise BadResponse(message, hint=STRANGE)
    return parsed


def unlike(row: Identified, fields: Mapping[str, object]) -> list[str]:
    """Return the names of *fields* that have another value in *row*."""
    return [name for name, value in fields.items() if getattr(row, name) != value]
