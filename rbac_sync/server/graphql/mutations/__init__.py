"""The mutations, by name."""

from __future__ import annotations

from collections.abc import Mapping

from . import api_keys, flow_runs, flows, invitations, log_ins, members, roles, tenants
from .inputs import Mutation

MUTATIONS: Mapping[str, Mutation] = {
    mutation.__name__: mutation
    for mutation in (
        roles.create_custom_role,
        roles.update_custom_role_permissions,
        roles.delete_custom_role,
        members.set_membership_role,
        members.delete_membership,
        invitations.create_membership_invitation,
        invitations.delete_membership_invitation,
        invitations.accept_membership_invitation,
        members.create_service_account,
        members.delete_service_account,
        api_keys.create_api_key,
        api_keys.delete_api_key,
        api_keys.create_api_token,
        api_keys.delete_api_token,
        members.update_user_details,
        members.update_user_settings,
        tenants.create_tenant,
        tenants.delete_tenant,
        tenants.update_tenant_name,
        tenants.update_tenant_slug,
        tenants.update_tenant_settings,
        tenants.create_enterprise_tenant,
        tenants.delete_enterprise_tenant,
        flows.create_project,
        flows.set_project_name,
        flows.set_project_description,
        flows.delete_project,
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
