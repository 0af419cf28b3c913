"""Workspaces and their default roles, made, changed and deleted in a transaction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.model import EVERYONE, Level, Workspace
from rbac_sync.model.resources import role
from rbac_sync.server.commands.resources import create, delete
from rbac_sync.server.commands.workspaces import update_workspace
from rbac_sync.server.refusals import Conflict, NotAllowed

PROD = Workspace("prod", "Prod", "live")
VIEWER, RUNNER = role(Level.WORKSPACE, "viewer"), role(Level.WORKSPACE, "runner")


def defaults(owner, workspace):
    return owner.role_of(EVERYONE, workspace.address)


def test_a_workspace_is_created_changed_and_deleted(owner):
    assert owner.do(create, PROD) == PROD
    after = owner.do(update_workspace, PROD, replace(PROD, name="Production"))
    assert owner.get(PROD.address) == after == Workspace("prod", "Production", "live")
    owner.do(delete, after)
    assert owner.get(PROD.address) is None


def test_default_roles_stay_unless_they_are_named_and_go_with_an_empty_list(owner):
    owner.do(create, PROD)
    for wanted, kept in (
        ([VIEWER], ["workspace/viewer"]),
        (None, ["workspace/viewer"]),
        ([RUNNER], ["workspace/runner"]),
        ([], []),
        ([], []),
    ):
        owner.do(update_workspace, PROD, PROD, wanted)
        assert defaults(owner, PROD) == kept


def test_a_workspace_is_renamed_with_its_default_role_or_with_another(owner):
    owner.do(create, PROD)
    owner.do(update_workspace, PROD, PROD, [VIEWER])
    live = owner.do(update_workspace, PROD, replace(PROD, handle="live"))
    assert defaults(owner, live) == ["workspace/viewer"]
    last = owner.do(update_workspace, live, replace(live, handle="last"), [RUNNER])
    assert defaults(owner, last) == ["workspace/runner"]
    assert owner.get(live.address) is None


def test_a_handle_that_is_there_is_a_conflict(owner):
    owner.do(create, PROD)
    assert owner.refused(Conflict, create, PROD) == "`workspace.prod` exists already"


@pytest.mark.parametrize(
    ("command", "given", "refused"),
    [
        (create, (Workspace("dev"),), "create `workspace.dev`"),
        (update_workspace, (PROD, PROD), "update `workspace.prod`"),
        (update_workspace, (PROD, PROD, [VIEWER]), "create `workspace.prod/default_role`"),
        (delete, (PROD,), "delete `workspace.prod`"),
    ],
)
def test_a_member_does_nothing_with_workspaces(owner, member, command, given, refused):
    owner.do(create, PROD)
    assert member.refused(NotAllowed, command, *given) == f"`bo@example.org` may not {refused}"
    assert owner.get(PROD.address) == PROD
