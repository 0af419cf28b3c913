"""The operations of a guard case as raw requests, as far as this API has words for them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from rbac_sync.model import ACCOUNT, Kind, Level
from rbac_sync.model import address as named
from rbac_sync.model.instant import parsed, rfc3339
from rbac_sync.model.resources import role as role_address

NOWHERE = str(uuid4())
"""The id of what does not exist."""


class Inexpressible(Exception):
    """The API has no words for an operation; the message says which are missing."""


class Requests:
    """Turns operations into requests, by the ids that things have at the moment."""

    def __init__(self, cast, view, now) -> None:
        self.cast, self.register, self.now = cast, view.register, now
        self.account = f"/accounts/{self.register.account_id}"

    def of(self, operation) -> tuple[str, str, object]:
        """Return method, path and body."""
        method, path, body = getattr(self, f"_{operation['op']}")(operation)
        return method, f"/api{path if path.startswith('/users') else self.account + path}", body

    def id(self, address) -> str:
        entry = self.register.named.get(address)
        return str(entry.id) if entry else NOWHERE

    def role(self, level, name) -> str:
        return self.id(role_address(level, name))

    def _row(self, scope, who) -> str:
        rows = self.register.held_by(scope, who)
        return str(rows[0].id) if rows else NOWHERE

    def _workspace(self, op) -> str:
        return f"/workspaces/{self.id(named.workspace(op['workspace']))}"

    def _set_account_role(self, op):
        who = self.cast.principal(op["principal"])
        if op["role"] is None:
            raise Inexpressible("no account role at all")
        body = {"account_role_id": self.role(Level.ACCOUNT, op["role"])}
        if who.kind is Kind.SERVICE_ACCOUNT:
            return "PATCH", f"/bots/{self.id(who)}", body
        return "PATCH", f"/account_memberships/{self._row(ACCOUNT, who)}", body

    def _set_access(self, op):
        if op.get("expires"):
            raise Inexpressible("the end of a role held")
        who, scope = self.cast.principal(op["subject"]), named.workspace(op["workspace"])
        kind = {Kind.USER: "user", Kind.SERVICE_ACCOUNT: "bot", Kind.TEAM: "team"}[who.kind]
        path = f"{self._workspace(op)}/{kind}_access/"
        if op["role"] is None:
            if not self.register.held_by(scope, who):
                raise Inexpressible("an access row that is not there")
            gone = self.id(who) if kind == "team" else self._row(scope, who)
            return "DELETE", f"{path}{gone}", None
        role = self.role(Level.WORKSPACE, op["role"])
        body = [{f"{kind}_id": self.id(who), "workspace_role_id": role}]
        return ("PUT" if kind == "team" else "POST"), path, body

    def _set_default_role(self, op):
        role = self.role(Level.WORKSPACE, op["role"]) if op["role"] else None
        return "PATCH", self._workspace(op), {"default_workspace_role_id": role}

    def _remove_member(self, op):
        who = self.cast.principal(op["principal"])
        if who.kind is Kind.SERVICE_ACCOUNT:
            return "DELETE", f"/bots/{self.id(who)}", None
        return "DELETE", f"/account_memberships/{self._row(ACCOUNT, who)}", None

    def _invite(self, op):
        for word in ("workspace_roles", "teams"):
            if op.get(word):
                raise Inexpressible(f"{word} of an invitation")
        if not op.get("expires"):
            raise Inexpressible("an invitation without an end")
        raise_late(op, self.now)
        role = op.get("account_role")
        if not role:
            raise Inexpressible("an invitation without an account role")
        return (
            "POST",
            "/invitations/",
            [{"email": op["email"], "account_role_id": self.role(Level.ACCOUNT, role)}],
        )

    def _revoke_invite(self, op):
        return "POST", f"/invitations/{self.id(named.user(op['email']))}/revoke", None

    def _put_role(self, op):
        base = self.role(Level.WORKSPACE, op["base"]) if op.get("base") else None
        body = {"name": op["name"], "scopes": op["permissions"], "inherited_role_id": base}
        there = self.role(Level.WORKSPACE, op["name"])
        if there == NOWHERE:
            return "POST", "/workspace_roles/", body
        return "PATCH", f"/workspace_roles/{there}", body

    def _put_account_role(self, op):
        there = self.role(Level.ACCOUNT, op["name"])
        if there == NOWHERE:
            raise Inexpressible("a new account role")
        return "PATCH", f"/account_roles/{there}", {"permissions": op["permissions"]}

    def _delete_role(self, op):
        return "DELETE", f"/workspace_roles/{self.role(Level.WORKSPACE, op['name'])}", None

    def _delete_account_role(self, op):
        return "DELETE", f"/account_roles/{self.role(Level.ACCOUNT, op['name'])}", None

    def _rename_role(self, op):
        for level, path in ((Level.WORKSPACE, "workspace_roles"), (Level.ACCOUNT, "account_roles")):
            if (there := self.role(level, op["name"])) != NOWHERE:
                return "PATCH", f"/{path}/{there}", {"name": op["to"]}
        return "PATCH", f"/workspace_roles/{NOWHERE}", {"name": op["to"]}

    def _put_team(self, op):
        return "POST", "/teams/", {"name": op["name"]}

    def _delete_team(self, op):
        return "DELETE", f"/teams/{self.id(named.team(op['name']))}", None

    def _set_team_member(self, op):
        who, team = self.cast.principal(op["principal"]), self.id(named.team(op["team"]))
        if who.kind is Kind.TEAM:
            raise Inexpressible("a team in a team")
        if op["present"]:
            kind = "user" if who.kind is Kind.USER else "service_account"
            body = {"members": [{"member_id": self.id(who), "member_type": kind}]}
            return "PUT", f"/teams/{team}/members", body
        entry = self.register.named.get(who)
        actor = entry.actor_id if entry else NOWHERE
        return "DELETE", f"/teams/{team}/members/{actor}", None

    def _put_bot(self, op):
        body = {"account_role_id": self.role(Level.ACCOUNT, op["account_role"])}
        there = self.id(named.service_account(op["name"]))
        if there != NOWHERE:
            return "PATCH", f"/bots/{there}", body
        end = {"api_key_expiration": within(self.now)}
        return "POST", "/bots/", {"name": op["name"], **body, **end}

    def _delete_bot(self, op):
        return "DELETE", f"/bots/{self.id(named.service_account(op['name']))}", None

    def _mint_key(self, op):
        bot = self.id(named.service_account(op["bot"]))
        body = {"api_key_expiration": op.get("expires"), "old_key_expires_in_seconds": 3600}
        return "POST", f"/bots/{bot}/rotate_api_key", body

    def _revoke_key(self, op):
        owner = self.cast.principal(op["principal"])
        keys = {key.name: str(key.id) for key in self.register.keys.get(owner, ())}
        return "DELETE", f"/users/{self.id(owner)}/api_keys/{keys[op['key']]}", None

    def _create_workspace(self, op):
        return "POST", "/workspaces/", {"name": op["name"], "handle": op["name"]}

    def _delete_workspace(self, op):
        return "DELETE", f"/workspaces/{self.id(named.workspace(op['name']))}", None

    def _set_workspace_public(self, op):
        raise Inexpressible("whether a workspace is public")


def within(now) -> str:
    return rfc3339(now + timedelta(hours=1))


def raise_late(op, now) -> None:
    if not now < parsed(op["expires"]) <= now + timedelta(days=30):
        raise Inexpressible("the end of an invitation")
