"""An account as seen through the API: paths, ids, and short words for what tests do a lot."""

from __future__ import annotations

import httpx

from .serving import Server


class Account:
    """One client's view of the one account of a server."""

    def __init__(self, server: Server | None, client: httpx.Client) -> None:
        self.server, self.client = server, client
        self.id = (
            server.account_id if server else client.get("/me/accounts").json()[0]["account_id"]
        )
        self.path = f"/accounts/{self.id}"

    def of(self, key: str) -> Account:
        """Return the same account as the owner of another key sees it."""
        return Account(self.server, self.server.client(key))

    def call(self, method: str, path: str, body: object = None, **options) -> httpx.Response:
        """Ask something below the account."""
        sent = {} if body is None else {"json": body}
        return self.client.request(method, f"{self.path}{path}", **sent, **options)

    def get(self, path: str, status: int = 200):
        """Read, and return what the answer says."""
        return self._body(self.call("GET", path), status)

    def post(self, path: str, body: object = None, status: int = 200):
        """Post, and return what the answer says."""
        return self._body(self.call("POST", path, body), status)

    def put(self, path: str, body: object = None, status: int = 200):
        """Put, and return what the answer says."""
        return self._body(self.call("PUT", path, body), status)

    def patch(self, path: str, body: object, status: int = 204):
        """Patch, and return what the answer says."""
        return self._body(self.call("PATCH", path, body), status)

    def delete(self, path: str, status: int = 204):
        """Delete, and return what the answer says."""
        return self._body(self.call("DELETE", path), status)

    def workspace(self, handle: str = "prod", **also) -> dict:
        """Create a workspace."""
        return self.post("/workspaces/", {"name": handle.title(), "handle": handle, **also}, 201)

    def role(self, name: str) -> str:
        """Return the id of a workspace role."""
        body = {"workspace_roles": {"name": {"any_": [name]}}}
        (found,) = self.post("/workspace_roles/filter", body)
        return found["id"]

    def account_role(self, name: str) -> str:
        """Return the id of an account role."""
        body = {"account_roles": {"name": {"any_": [name]}}}
        (found,) = self.post("/account_roles/filter", body)
        return found["id"]

    def member(self, email: str) -> dict:
        """Return the membership of a user."""
        body = {"account_memberships": {"email": {"any_": [email]}}}
        (found,) = self.post("/account_memberships/filter", body)
        return found

    @staticmethod
    def _body(answer: httpx.Response, status: int):
        assert answer.status_code == status, answer.text
        if status == 204:
            assert answer.content == b""
            return None
        return answer.json()
