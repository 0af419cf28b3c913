"""All rows about access in one tenant, and no rows of another tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from ...dataclasses import dataclass
from ...errors import BadResponse
from ...model import Address, Instant, Kind
from ...model.address import user
from ...named_tuples import NamedTuple
from ...wire.prefect_cloud_1 import answers as wire
from .api import Api

CHECK_THERE = "look at it in the service"

NEEDED_TO_SEE: Mapping[str, Kind] = {
    "read:user": Kind.USER,
    "read:membership": Kind.USER,
    "read:membership-invitation": Kind.USER,
    "read:service-account": Kind.SERVICE_ACCOUNT,
    "read:service-api-key": Kind.KEY,
}
"""Permissions without which the service may silently leave out rows.

Source: inferred. The service's filters were never published.
"""


class TenantMember(NamedTuple):
    """A person or a service account, and its membership in the tenant."""

    user: wire.User
    membership: wire.Membership


@dataclass(frozen=True)
class TenantLists:
    """The lists of one tenant.

    ``now`` is the time of the service. ``invited`` has the invitations by person. ``hidden`` has
    the kinds that the key may not see completely, with the right that it needs.
    """

    now: Instant
    roles: Sequence[wire.Role]
    people: Sequence[TenantMember]
    service_accounts: Sequence[TenantMember]
    invited: dict[Address, wire.Invitation]
    keys: Sequence[wire.APIKey]
    hidden: Mapping[Kind, str]

    def ids(self) -> Iterator[UUID]:
        """Yield the ids of all rows that can be deleted."""
        for lists in (self.roles, self.keys, self.invited.values()):
            yield from (row.id for row in lists)
        for member in (*self.people, *self.service_accounts):
            yield from (member.user.id, member.membership.id)


def fetched(api: Api) -> TenantLists:
    """Read all rows.

    *Why* check the tenant of each row, although the request names it: a row of
    another tenant must never be changed here, whatever the service returns.

    Raises:
        BackendError: the rows could not all be read.
    """
    caller, now = api.caller_and_time
    access, tenant = api.access(), api.tenant
    members = list(_members(access.user_view_same_tenant, tenant))
    if not members:
        raise BadResponse(f"nobody is shown in the tenant `{tenant}`", hint=CHECK_THERE)
    return TenantLists(
        now,
        [row for row in access.auth_role if row.tenant_id in (None, tenant)],
        [m for m in members if m.user.account_type is wire.AccountType.USER],
        [m for m in members if m.user.account_type is wire.AccountType.SERVICE],
        _invited(row for row in access.membership_invitation if row.tenant_id == tenant),
        access.auth_api_key,
        _hidden(caller),
    )


def _hidden(caller: wire.Caller) -> dict[Kind, str]:
    """Return the kinds that this key may not see completely, each with the right it lacks."""
    there = caller.permissions_info.all_permissions_filtered_by_license_features
    missing = NEEDED_TO_SEE.keys() & frozenset(there) - frozenset(caller.auth_info.permissions)
    hidden = {NEEDED_TO_SEE[right]: right for right in sorted(missing, reverse=True)}
    if Kind.SERVICE_ACCOUNT in hidden:  # the keys of hidden service accounts are hidden too
        hidden.setdefault(Kind.KEY, hidden[Kind.SERVICE_ACCOUNT])
    return hidden


def _members(users: Iterable[wire.User], tenant: UUID) -> Iterator[TenantMember]:
    for person in users:
        if not person.memberships:
            raise BadResponse(f"the user `{person.id}` is shown in no tenant", hint=CHECK_THERE)
        places = [place for place in person.memberships if place.tenant_id == tenant]
        if len(places) > 1:
            message = f"the user `{person.id}` is in the tenant {len(places)} times"
            raise BadResponse(message, hint=CHECK_THERE)
        for place in places:
            yield TenantMember(person, place)


def _invited(rows: Iterable[wire.Invitation]) -> dict[Address, wire.Invitation]:
    invitations: dict[Address, wire.Invitation] = {}
    for row in rows:
        address = user(row.email)
        if address in invitations:
            message = f"`{address}` is invited twice: `{invitations[address].id}`, `{row.id}`"
            raise BadResponse(message, hint="withdraw one of the invitations in the service")
        invitations[address] = row
    return invitations
