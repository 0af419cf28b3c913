"""Compatibility settings: behaviour of the vendor's API that no source documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ..planning.planner import INVITATION


class NullRole(StrEnum):
    """The meaning of ``default_workspace_role_id: null`` in the update of a workspace."""

    KEEP = "keep"
    CLEAR = "clear"
    CLEAR_ALONE = "clear-alone"


@dataclass(frozen=True, slots=True)
class CompatSettings:
    """Settings of behaviour for which each default is a guess.

    ``null_role``: the Go client sends the null with every update of a name and
    never manages the default role, so by default only a null without other fields
    clears it. ``workspace_guest`` and ``guest_role`` are the roles of an invitation to a
    workspace without a default role, in the account and in the workspace.
    """

    null_role: NullRole = NullRole.CLEAR_ALONE
    invitation: timedelta = INVITATION
    implicit_owners_listed: bool = True
    workspace_guest: str = "collaborator"
    guest_role: str = "viewer"
