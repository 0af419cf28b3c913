"""The mutations, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..request_context import RequestContext
from . import (
    api_keys,
    api_tokens,
    flow_runs,
    flows,
    invitations,
    log_ins,
    memberships,
    projects,
    roles,
    service_accounts,
    tenants,
    users,
)

Mutation = Callable[[RequestContext, Mapping[str, Any]], Mapping[str, Any]]
"""Executes a mutation with the context and the coerced ``input``, and returns the payload."""

MUTATIONS: Mapping[str, Mutation] = {
    mutation.__name__: mutation
    for mutation in (
        roles.create_custom_role,
        roles.update_custom_role_permissions,
        roles.delete_custom_role,
        memberships.set_membership_role,
        memberships.delete_membership,
        invitations.create_membership_invitation,
        invitations.delete_membership_invitation,
        invitations.accept_membership_invitation,
        service_accounts.create_service_account,
        service_accounts.delete_service_account,
        api_keys.create_api_key,
        api_keys.delete_api_key,
        api_tokens.create_api_token,
        api_tokens.delete_api_token,
        users.update_user_details,
        users.update_user_settings,
        tenants.create_tenant,
        tenants.delete_tenant,
        tenants.update_tenant_name,
        tenants.update_tenant_slug,
        tenants.update_tenant_settings,
        tenants.create_enterprise_tenant,
        tenants.delete_enterprise_tenant,
        projects.create_project,
        projects.set_project_name,
        projects.set_project_description,
        projects.delete_project,
        flows.create_flow,
        flows.create_flow_from_compressed_string,
        flows.register_tasks,
        flows.register_edges,
        flows.set_schedule_active,
        flows.set_schedule_inactive,
        flows.archive_flow,
        flows.delete_flow,
        flow_runs.create_flow_run,
        flow_runs.set_flow_run_name,
        flow_runs.delete_flow_run,
        log_ins.log_in,
        log_ins.log_out,
        log_ins.refresh_token,
        log_ins.switch_tenant,
    )
}
