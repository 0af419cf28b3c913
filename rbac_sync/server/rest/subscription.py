"""The subscription of an account: fixed data for clients, which the server does not enforce."""

from __future__ import annotations

from typing import Any

PLAN: dict[str, Any] = {
    "plan_type": "ENTERPRISE",
    "plan_tier": "ENTERPRISE",
    "scim_state": "DISABLED",
    "work_pool_limit": None,
    "mex_work_pool_limit": 0,
    "run_retention_days": 0,
    "audit_log_retention_days": 36_500,
    "automations_limit": 0,
}

LIMITS: dict[str, Any] = {
    "audit_log_retention_days": PLAN["audit_log_retention_days"],
    "automations_limit": PLAN["automations_limit"],
    "log_rate_limit": None,
    "max_deployments_per_workspace": None,
    "mex_compute_limit": 0,
    "mex_concurrency_limit": 0,
    "mex_work_pool_limit": PLAN["mex_work_pool_limit"],
    "non_mex_work_pool_limit": None,
    "orchestration_rate_limit": None,
    "run_retention_days": PLAN["run_retention_days"],
    "user_limit": 1_000_000,
    "free_user_slots": None,
    "work_pool_limit": PLAN["work_pool_limit"],
    "workspace_limit": 1_000_000,
}
"""The limits of the subscription. Those that cannot be null are large numbers."""
