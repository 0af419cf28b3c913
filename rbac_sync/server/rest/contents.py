"""The checks of the contents of documents that the REST face shows, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...backends.store.documents import Document
from ...backends.store.system_blocks import SCHEMA
from ...wire.prefect_cloud.accounts import AccountSettings, IPAllowlist
from ...wire.prefect_cloud.workspaces import WorkspaceSettings
from ..directory.profiles import (
    ACCOUNT_PROFILE,
    ACCOUNT_SETTINGS,
    ADDRESSES,
    DOMAIN,
    KIND,
    WORKSPACE_SETTINGS,
    position,
)
from ..read_view import ReadView
from . import accounts, users
from .events.query import KIND as EVENT
from .events.query import placed_event
from .workspace_objects import blocks, deployments, plain_objects, work_pools

COLLECTIONS = (
    *(blocks.TYPES, blocks.BLOCKS, deployments.DEPLOYMENTS, deployments.RUNS),
    *(work_pools.POOLS, work_pools.OF_WORKSPACE, plain_objects.FLOWS, plain_objects.VARIABLES),
    *(plain_objects.SEARCHES, plain_objects.NOTIFICATION_POLICIES, plain_objects.TAG_LIMITS),
    *(plain_objects.GLOBAL_LIMITS, plain_objects.AUTOMATIONS),
)

CHECKS: Mapping[str, Callable[[ReadView, Document], object]] = {
    **{each.kind: each.answer for each in COLLECTIONS},
    SCHEMA: blocks.schema,
    EVENT: placed_event,
    ACCOUNT_PROFILE: lambda view, kept: accounts.answer(view, kept.content, AccountSettings()),
    ACCOUNT_SETTINGS: lambda _, kept: AccountSettings.model_validate(kept.content),
    ADDRESSES: lambda _, kept: IPAllowlist.model_validate({"entries": [], **kept.content}),
    DOMAIN: lambda _, kept: position(kept),
    KIND: lambda view, kept: users.record(view, kept.owner),
    WORKSPACE_SETTINGS: lambda _, kept: WorkspaceSettings.model_validate(kept.content),
}
"""The functions that raise an exception for content that rbac-sync does not write."""
