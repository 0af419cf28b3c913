"""The API of one tenant: four lists, whole or not at all, and eleven mutations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar
from uuid import UUID

from ...errors import BackendError, BadResponse, CredentialError
from ...model import Instant
from ...wire.prefect_cloud_1.answers import Access, Caller, Role, Roles, Tenants
from ...wire.prefect_cloud_1.operations import QUERIES, Mutation
from ..remote.api import ServiceApi, check_distinct, read_consistently
from ..remote.client import Client
from ..remote.request import Idempotency, Request
from ..remote.response import STRANGE, quote_text
from .replies import data, payload, trouble

T = TypeVar("T")
U = TypeVar("U")

PAGE, PAGES = 500, 2000
"""The rows of each list in one response, and the largest number of responses."""

MOST_TENANTS = 1000
LISTS = tuple(Access.model_fields)


class Api(ServiceApi):
    """One tenant, named by slug or id. Every request names it, except the search for its slug.

    The caller and the tenant are read when they are first needed.
    """

    def __init__(self, client: Client, account: str) -> None:
        super().__init__(client)
        self._account = account

    @cached_property
    def tenant(self) -> UUID:
        """The id of the tenant.

        Raises:
            BackendError: the key reaches no tenant with this slug.
        """
        if (id_ := _id(self._account)) is not None:
            return id_
        query = self._query("tenants", limit=MOST_TENANTS)
        tenants = self._answer(query, Tenants).tenant
        for each in tenants:
            if each.slug == self._account:
                return each.id
        others = ", ".join(f"`{quote_text(each.slug)}`" for each in tenants[:20]) or "none"
        message = f"this API key does not reach the tenant `{self._account}`"
        if len(tenants) >= MOST_TENANTS:
            message = f"`{self._account}` is not among the first {MOST_TENANTS} tenants of this key"
            raise BackendError(message, hint="name the tenant by its id")
        raise BackendError(message, hint=f"its tenants: {others}")

    @cached_property
    def caller_and_time(self) -> tuple[Caller, Instant]:
        """The caller, and the time of the service when it was read.

        Raises:
            CredentialError: the key is a token from before API keys.
            BackendError: the service answers for another tenant.
        """
        caller = self.query_tenant("caller", Caller)
        answers_for = caller.auth_info.tenant_id
        if answers_for is None:
            message = "this is a token from before API keys, which belongs to no tenant"
            raise CredentialError(message, hint="make an API key, and use that")
        if answers_for != self.tenant:
            message = f"the service answers for the tenant `{answers_for}`, not `{self.tenant}`"
            raise BackendError(message, hint="use a key of somebody who is in this tenant")
        return caller, self.now()

    def access(self) -> Access:
        """Return all rows of the four lists.

        One page is of one moment. Several are read until two readings agree.

        Raises:
            TornRead: no two readings agree.
            BackendError: a page could not be read.
        """
        pages = read_consistently(
            "access", lambda _: self._reading(), lambda pages: len(pages) <= 1, _content
        )
        return _joined(pages)

    def role(self, id_: UUID) -> Role | None:
        """Return the current row of a custom role of the tenant."""
        rows = self.query_tenant("role", Roles, tenant=str(self.tenant), id=str(id_)).auth_role
        return next((row for row in rows if row.id == id_), None)

    def query_tenant(self, name: str, shape: type[T], **variables: Any) -> T:
        """Return the response to the query *name* about the tenant."""
        return self._answer(self._query(name, self._header, **variables), shape)

    def made(
        self, mutation: Mutation, shape: type[T], trace: Callable[[], U | None], **sent: Any
    ) -> T | U:
        """Send *mutation* once. If the response is lost, *trace* searches for its result.

        Raises:
            NoAnswer: the mutation may have been done, but its result is not visible.
            BackendError: the mutation was refused.
        """
        call = Request(
            "POST",
            "",
            _body(mutation.document, input=sent),
            Idempotency.EACH,
            mutation.right,
            name=mutation.root,
            headers=self._header,
            trouble=trouble,
        )
        parse = partial(payload, call, mutation.root, shape, quoted=self.client.quoted)
        return self.sent(call, parse, trace)

    @property
    def _header(self) -> dict[str, str]:
        return {"X-PREFECT-TENANT-ID": str(self.tenant)}

    def _query(self, name: str, header: dict[str, str] | None = None, **variables: Any) -> Request:
        body = _body(QUERIES[name], **variables)
        return Request(
            "POST", "", body, name=f"query {name}", headers=header or {}, trouble=trouble
        )

    def _answer(self, call: Request, shape: type[T]) -> T:
        return data(call, shape, self.client.send(call).value, self.client.quoted)

    def _reading(self) -> list[Access]:
        """Return the pages that have rows; a page without any is the end.

        *Why* a short list is not the end: a service, or a proxy, may return fewer rows than
        requested, and the rows that it leaves out would seem to be gone.
        """
        pages: list[Access] = []
        seen: set[UUID] = set()
        offsets = dict.fromkeys(LISTS, 0)
        while len(pages) < PAGES:
            page = self._page(offsets)
            ids = {row.id for name in LISTS for row in getattr(page, name)}
            pages += [page] if ids else []
            if not ids or not seen.isdisjoint(ids):
                return pages
            seen |= ids
            offsets = {name: start + len(getattr(page, name)) for name, start in offsets.items()}
        raise BadResponse(f"query access: more than {PAGES} answers do not end it", hint=STRANGE)

    def _page(self, offsets: Mapping[str, int]) -> Access:
        """Return a page of each list, from the row at its offset on."""
        page = self.query_tenant("access", Access, tenant=str(self.tenant), limit=PAGE, **offsets)
        ids = [[row.id for row in getattr(page, name)] for name in LISTS]
        longest = max(map(len, ids))
        if longest > PAGE:
            message = f"query access: {longest} rows came where at most {PAGE} were asked for"
            raise BadResponse(message, hint=STRANGE)
        for each in ids:
            check_distinct("query access", each)
        return page


def _body(document: str, **variables: Any) -> str:
    return json.dumps({"query": document, "variables": variables})


def _id(text: str) -> UUID | None:
    """Return *text* as an id, None if it is a slug."""
    try:
        id_ = UUID(text)
    except ValueError:
        return None
    return id_ if str(id_) == text.lower() else None


def _joined(pages: list[Access]) -> Access:
    """Return the lists of all *pages* as one page."""
    lists = {name: [row for page in pages for row in getattr(page, name)] for name in LISTS}
    return Access.model_construct(None, **lists)


def _content(pages: list[Access]) -> Access | None:
    """Return the content that two readings are compared by; None if a row occurs twice."""
    access = _joined(pages)
    lists = (getattr(access, name) for name in LISTS)
    return access if all(len({row.id for row in rows}) == len(rows) for rows in lists) else None
