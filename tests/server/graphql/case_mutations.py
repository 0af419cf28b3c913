"""The operations of a guard case as mutations, as far as this API has words for them."""

from __future__ import annotations

from typing import Any

from rbac_sync.model import ACCOUNT, Kind, Level, Role
from rbac_sync.model import address as named
from rbac_sync.model.resources import role as role_address
from rbac_sync.server.graphql import ids

from ..case_requests import NOWHERE, Inexpressible, raise_late

Mutation = tuple[str, dict[str, Any]]


class Mutations:
    """Turns operations into mutations, by the ids that things have at the moment."""

    def __init__(self, cast, view, now) -> None:
        self.cast, self.state, self.register, self.now = cast, view.state, view.register, now

    def of(self, operation) -> Mutation:
        """Return the mutation and its input."""
        method = getattr(self, f"_{operation['op']}", None)
        if method is None:
            raise Inexpressible(operation["op"])
        return method(operation)

    def _id(self, who) -> str:
        if who.kind is Kind.USER:
            return str(ids.user_id(who.key))
        entry = self.register.named.get(who)
        return str(entry.id) if entry else NOWHERE

    def _role(self, name) -> str:
        found = self.state.get(role_address(Level.ACCOUNT, name))
        if not isinstance(found, Role):
            return NOWHERE
        if found.builtin:
            return str(ids.builtin_id(name))
        return str(self.register.named[found.address].id)

    def _membership(self, who) -> str:
        rows = self.register.held_by(ACCOUNT, who)
        return str(rows[0].id) if rows else NOWHERE

    def _key(self, owner, name) -> str:
        entries = {key.name: key for key in self.register.keys.get(owner, ())}
        return str(entries[name].id) if name in entries else NOWHERE

    def _set_account_role(self, op) -> Mutation:
        told = {"membership_id": self._membership(self.cast.principal(op["principal"]))}
        if op["role"] is not None:
            told["role_id"] = self._role(op["role"])
        return "set_membership_role", told

    def _remove_member(self, op) -> Mutation:
        who = self.cast.principal(op["principal"])
        return "delete_membership", {"membership_id": self._membership(who)}

    def _put_account_role(self, op) -> Mutation:
        there, permissions = self._role(op["name"]), op["permissions"]
        if there == NOWHERE:
            return "create_custom_role", {"name": op["name"], "permissions": permissions}
        return "update_custom_role_permissions", {"role_id": there, "permissions": permissions}

    def _delete_account_role(self, op) -> Mutation:
        return "delete_custom_role", {"role_id": self._role(op["name"])}

    def _invite(self, op) -> Mutation:
        if not op.get("expires"):
            raise Inexpressible("an invitation without an end")
        raise_late(op, self.now)
        if named.user(op["email"]) in self.register.named:
            raise Inexpressible("an invitation in the place of another")
        told = {"email": op["email"]}
        if op.get("account_role"):
            told["role_id"] = self._role(op["account_role"])
        return "create_membership_invitation", told

    def _revoke_invite(self, op) -> Mutation:
        told = {"invitation_id": self._pending(named.user(op["email"]))}
        return "delete_membership_invitation", told

    def _pending(self, who) -> str:
        entry = self.register.named.get(who)
        return str(entry.id) if entry else NOWHERE

    def _put_bot(self, op) -> Mutation:
        bot = named.service_account(op["name"])
        if bot in self.register.named:
            told = {
                "membership_id": self._membership(bot),
                "role_id": self._role(op["account_role"]),
            }
            return "set_membership_role", told
        told = {"tenant_id": str(self.register.account_id), "name": op["name"]}
        if op["account_role"]:
            told["role_id"] = self._role(op["account_role"])
        return "create_service_account", told

    def _delete_bot(self, op) -> Mutation:
        bot = named.service_account(op["name"])
        return "delete_service_account", {"user_id": self._id(bot)}

    def _mint_key(self, op) -> Mutation:
        bot = named.service_account(op["bot"])

        told = {"user_id": self._id(bot), "name": "minted", "expires_at": op.get("expires")}
        return "create_api_key", told

    def _revoke_key(self, op) -> Mutation:
        owner = self.cast.principal(op["principal"])
        return "delete_api_key", {"key_id": self._key(owner, op["key"])}
