"""The GraphQL documents of requests to Cloud 1. Each one filters by the id of a tenant.

No filter compares with null: the service took that for no filter at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...dataclasses import dataclass

QUERIES: Mapping[str, str] = {
    "tenants": """
query Tenants($limit: Int!) {
  tenant(order_by: {id: asc}, limit: $limit) { id slug }
}
""",
    "caller": """
query Caller {
  auth_info { user_id tenant_id role_id permissions }
  permissions_info { all_permissions_filtered_by_license_features }
}
""",
    "access": """
query Access(
  $tenant: uuid!, $limit: Int!, $auth_role: Int!, $user_view_same_tenant: Int!,
  $membership_invitation: Int!, $auth_api_key: Int!
) {
  auth_role(
    where: {_or: [{tenant_id: {_eq: $tenant}}, {tenant_id: {_is_null: true}}]}
    order_by: {id: asc}, limit: $limit, offset: $auth_role
  ) { id name permissions tenant_id updated }
  user_view_same_tenant(
    where: {memberships: {tenant_id: {_eq: $tenant}}}
    order_by: {id: asc}, limit: $limit, offset: $user_view_same_tenant
  ) {
    id account_type email first_name
    memberships(where: {tenant_id: {_eq: $tenant}}) { id role_id tenant_id security_updated }
  }
  membership_invitation(
    where: {tenant_id: {_eq: $tenant}}
    order_by: {id: asc}, limit: $limit, offset: $membership_invitation
  ) { id email role_id tenant_id created }
  auth_api_key(
    order_by: {id: asc}, limit: $limit, offset: $auth_api_key
  ) { id name user_id expires_at }
}
""",
    "role": """
query Role($tenant: uuid!, $id: uuid!) {
  auth_role(where: {id: {_eq: $id}, tenant_id: {_eq: $tenant}}) {
    id name permissions tenant_id updated
  }
}
""",
    "audit": """
query Audit($limit: Int!) {
  audit_log(order_by: {timestamp: desc}, limit: $limit) { object_id tenant_id timestamp info }
}
""",
}
"""Every query by its name in messages. ``access`` returns a page of four lists. Each list has an
offset, called as the list is.
"""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mutation: its root field, the fields of its answer, and the permission that it requires."""

    root: str
    answers: str
    right: str

    @property
    def document(self) -> str:
        """The text to send; its only variable is ``$input``."""
        name = "".join(word.title() for word in self.root.split("_"))
        return (
            f"mutation {name}($input: {self.root}_input!) {{\n"
            f"  {self.root}(input: $input) {{ {self.answers} }}\n}}\n"
        )


CREATE_ROLE = Mutation("create_custom_role", "id", "create:role")
UPDATE_ROLE = Mutation("update_custom_role_permissions", "success error", "update:role")
DELETE_ROLE = Mutation("delete_custom_role", "success error", "delete:role")
SET_ROLE = Mutation("set_membership_role", "id", "update:membership")
DELETE_MEMBERSHIP = Mutation("delete_membership", "success error", "delete:membership")
INVITE = Mutation("create_membership_invitation", "id", "create:membership-invitation")
WITHDRAW = Mutation("delete_membership_invitation", "success error", "delete:membership-invitation")
CREATE_SERVICE_ACCOUNT = Mutation("create_service_account", "id", "create:service-account")
DELETE_SERVICE_ACCOUNT = Mutation(
    "delete_service_account", "success error", "delete:service-account"
)
CREATE_KEY = Mutation("create_api_key", "id key", "create:service-api-key")
DELETE_KEY = Mutation("delete_api_key", "success error", "delete:service-api-key")
