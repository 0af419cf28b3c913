"""The errors for requests that failed: what happened, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from ...dataclasses import dataclass
from ...errors import BackendError, BadResponse, CredentialError, Forbidden, NotFound
from .network import Proxy, unreached
from .request import Request
from .response import (
    QUOTED,
    QUOTED_OF_RULES,
    STRANGE,
    TooLarge,
    quote_text,
    refusal_text,
    refuses_limit,
    retry_after,
    rules_of,
    value,
)

TOO_MANY = 429
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
"""Errors that occur before any part of a request is sent."""


class Failed(Exception):
    """An attempt failed, and the service asks the client to wait *pause* seconds.

    ``sent``: the service may have done what was requested. ``refused``: an answer says that it was
    not done, which is not certain either.
    """

    def __init__(
        self, error: BackendError, *, sent: bool, refused: bool = False, pause: float = 0
    ) -> None:
        super().__init__(str(error))
        self.error, self.sent, self.refused, self.pause = error, sent, refused, pause


@dataclass(frozen=True, slots=True)
class Failures:
    """Makes the errors for failed requests below *root*.

    *secrets* are the texts that no message repeats. *longest* is the largest number of seconds
    that the service may ask a client to wait.
    """

    root: httpx.URL
    secrets: Sequence[str]
    has_key: bool
    proxy: Proxy | None
    longest: float

    def quoted(self, text: str, longest: int = QUOTED) -> str:
        """Return the beginning of *text*, which comes from outside, for a message."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return quote_text(text, longest)

    def refused(self, call: Request, response: httpx.Response, body: bytes) -> Exception:
        """Return the error that says why the service refused *call*."""
        status = response.status_code
        try:
            content = value(str(call), body, "")
        except BadResponse:
            content = None
        rules = rules_of(content)
        longest = QUOTED_OF_RULES if rules else QUOTED
        detail = self.quoted(refusal_text(content, longest), longest)
        message = f"{call}: {status}" + (f" ({detail})" if detail else "")
        match status:
            case _ if not response.is_error:
                return BadResponse(f"{message}: this API has no such answer", hint=STRANGE)
            case 401 | 403 if not self.has_key:
                return BackendError(message, hint="such a request has no key; check the URL")
            case 401:
                hint = "the key may have expired, or belong to another service; make a new key"
                return CredentialError("the service does not accept this API key", hint=hint)
            case 403:
                return _forbidden(call, message, detail, rules)
            case 404:
                hint = "it was removed meanwhile, this key may not see it, or the URL is wrong"
                if not self.root.path.strip("/"):
                    hint = f"check the URL: the API of `{self.root.host}` may be below `/api`"
                # *Why* the API gives a reason: a page of a proxy does not say that a thing is gone.
                # A request without a key is about no thing of an account.
                sort = NotFound if detail or not self.has_key else BadResponse
                return sort(f"{message}: not found", hint=hint)
        pause = retry_after(response.headers, self.longest) or 0
        if status == TOO_MANY:
            error = BackendError(f"{message}: too many requests", hint="try again later")
            return Failed(error, sent=True, refused=True, pause=pause)
        if response.is_server_error:
            return Failed(_trouble(message), sent=True, pause=pause)
        refusal = TooLarge if refuses_limit(content) else BackendError
        return refusal(message, hint="the service does not accept this request")

    def troubled(self, call: Request, trouble: str) -> Failed:
        """Return the failure for a problem that the service reports in a successful response."""
        return Failed(_trouble(f"{call}: {self.quoted(trouble)}"), sent=True)

    def unreached(self, error: httpx.TransportError) -> BackendError:
        """Return the error for a request that got no response."""
        what = self.quoted(str(error)) or type(error).__name__
        if isinstance(error, httpx.RemoteProtocolError):
            return BadResponse(f"`{self.root.host}` broke off: {what}", hint=STRANGE)
        where = self.root.netloc.decode("ascii")
        hint = "check the network and the URL, then try again"
        if not isinstance(error, UNSENT):
            return BackendError(f"no whole answer came from `{where}`: {what}", hint=hint)
        if self.proxy:
            return unreached(self.proxy, self.root.host, error, what)
        if "WRONG_VERSION_NUMBER" in what:
            hint = "the server answers without TLS: check the port, and whether `http://` is meant"
        return BackendError(f"cannot reach `{where}`: {what}", hint=hint)

    def not_followed(self, call: Request, target: str) -> BadResponse:
        """Return the error for a redirection of *call* to *target*."""
        message = f"{call}: redirected to `{self.quoted(target)}`, which is not followed"
        hint = f"the API key goes to `{self.root.host}` alone; check the URL"
        return BadResponse(message, hint=hint)


def _forbidden(call: Request, message: str, detail: str, rules: Sequence[str]) -> Forbidden:
    """Return the error that *call* may not be made, or that *rules* of the server refuse it."""
    if rules:
        commands = ", ".join(f"`rbac-sync rule {rule}`" for rule in rules)
        return Forbidden(message, hint=f"the server refuses it by rules of its own; see {commands}")
    is_named = call.right and f"`{call.right}`" in detail
    what = f"the request needs `{call.right}`" if call.right else "this key may not do that"
    hint = "use the key of somebody who may; the account's plan may lack it, too"
    return Forbidden(message if is_named else f"{message}: {what}", hint=hint)


def _trouble(message: str) -> BackendError:
    return BackendError(message, hint="the service has a problem; try again later")
