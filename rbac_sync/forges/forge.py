"""The interface of a forge, and the requests to its API."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from ..backends.copied_text import check_secret, check_url_text
from ..backends.remote.client import Client
from ..backends.remote.login import check_url
from ..backends.remote.request import Idempotency, Request
from ..dataclasses import dataclass
from ..errors import BadResponse, CredentialError, Forbidden, NoAnswer, NotFound
from ..named_tuples import NamedTuple

SIZE = 100
"""The number of comments in a page: the most that both forges return."""

MOST = 100
"""The most pages that are read: neither forge allows so many comments."""


class Comment(NamedTuple):
    """A comment below a pull request; ``author`` is the author's name or id in the API."""

    id: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class ForgeFacts:
    """The name of a forge, the URL of its API, the variables of a job, and hints.

    The hints are for the refusals "forbidden" and "not found" of the API.
    """

    name: str
    url: str
    url_variable: str
    token_variable: str
    forbidden: str
    not_found: str


class Api:
    """A client of a forge's API. It sends the token only to that host, and never shows it."""

    def __init__(self, url: str, environment: Mapping[str, str], facts: ForgeFacts) -> None:
        """Create the client without a connection.

        The token comes from *environment*, and the URL, too, if *url* is empty.

        Raises:
            CredentialError: there is no token, or the URL has characters that no URL has.
            BackendError: the token may not be sent to this URL.
        """
        if not url:
            url = environment.get(facts.url_variable, "")
            check_url_text(url, f"`{facts.url_variable}`")
        token = environment.get(facts.token_variable, "")
        if not token:
            hint = f"set `{facts.token_variable}`"
            raise CredentialError(f"there is no token for {facts.name}", hint=hint)
        check_secret(token, f"`{facts.token_variable}`")
        self.url = url or facts.url
        check_url(self.url, facts.url)
        self._client, self._facts = Client(self.url, token), facts

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def read(self, path: str, query: str = "") -> Any:
        """Return the response at *path*."""
        return self._send(Request("GET", path, query=query))

    def write(self, method: str, path: str, body: Mapping[str, str], effect: Idempotency) -> Any:
        """Send *body* to *path* and return the response."""
        return self._send(Request(method, path, json.dumps(body), effect))

    def rows(self, path: str, order: str = "") -> Iterator[Any]:
        """Yield the rows of *path*, page after page until an empty one.

        *order* is a query for forges whose usual order is not the oldest first.
        """
        for page in range(1, MOST + 1):
            page_rows = self.read(path, f"per_page={SIZE}&page={page}{order}")
            if not isinstance(page_rows, list):
                raise self.unusable(path)
            if not page_rows:
                return
            yield from page_rows
        raise self.unusable(path)

    def unusable(self, path: str) -> BadResponse:
        """Return the error for a response of an unexpected form."""
        message = f"{self._facts.name} answers to {path} otherwise than expected"
        return BadResponse(message, hint="look at the URL of the API")

    def _send(self, call: Request) -> Any:
        facts = self._facts
        try:
            return self._client.send(call).value
        except CredentialError as error:
            hint = f"renew `{facts.token_variable}`"
            raise CredentialError(f"{facts.name} does not accept the token", hint=hint) from error
        except Forbidden as error:
            raise Forbidden(str(error), hint=facts.forbidden) from error
        except NotFound as error:
            raise NotFound(str(error), hint=facts.not_found) from error
        except NoAnswer as error:
            hint = "run the command again: it looks for its comment before it writes one"
            raise NoAnswer(str(error), hint=hint) from error


class Forge(ABC):
    """The comments below one pull request; ``place`` names the pull request for people."""

    def __init__(self, api: Api, path: str, place: str) -> None:
        self._api, self._path, self.place = api, path, place

    @abstractmethod
    def myself(self) -> str:
        """Return the author of the token's comments, as in ``Comment.author``."""

    @abstractmethod
    def comments(self) -> Iterator[Comment]:
        """Yield all comments, the oldest first, page by page on demand."""

    def create(self, text: str) -> None:
        """Write a new comment."""
        self._api.write("POST", self._path, {"body": text}, Idempotency.EACH)

    @abstractmethod
    def update(self, comment: Comment, text: str) -> None:
        """Replace the text of *comment*."""

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
