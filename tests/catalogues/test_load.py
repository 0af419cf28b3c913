from __future__ import annotations

from dataclasses import fields
from importlib.resources import files
from itertools import chain, pairwise

import pytest
import tomli

from rbac_sync.catalogues import catalogue, worlds
from rbac_sync.errors import RbacSyncError, UnknownWorld
from rbac_sync.model import PRINCIPALS, Action, Evidence, Kind, Level, Right
from rbac_sync.model.resources import role

CLOUD = catalogue("prefect-cloud")
CLOUD_1 = catalogue("prefect-cloud-1")

each_world = pytest.mark.parametrize("world", [CLOUD, CLOUD_1], ids=lambda c: c.world)


def sizes(world):
    return {(str(r.level), r.name): len(r.permissions) for r in world.roles.values()}


def at(world, level):
    return [t for t in world.titles.values() if t.level is level]


def test_the_worlds_are_todays_and_the_older_one():
    assert worlds() == ("prefect-cloud", "prefect-cloud-1")


def test_a_catalogue_is_read_once():
    assert catalogue("prefect-cloud") is CLOUD


def test_an_unknown_world_is_refused_with_the_known_ones():
    with pytest.raises(UnknownWorld) as refused:
        catalogue("prefect-server")
    assert isinstance(refused.value, RbacSyncError)
    assert str(refused.value) == "there is no world `prefect-server`"
    assert refused.value.hint == "use `prefect-cloud` or `prefect-cloud-1`"


def test_a_world_is_no_way_to_other_files():
    with pytest.raises(UnknownWorld):
        catalogue("../catalogues/prefect-cloud")


def test_todays_cloud_has_61_workspace_and_47_account_permissions():
    assert len(at(CLOUD, Level.WORKSPACE)) == 61
    assert len(at(CLOUD, Level.ACCOUNT)) == 47


def test_cloud_1_has_82_permissions_and_one_of_the_licence():
    assert len(at(CLOUD_1, Level.ACCOUNT)) == 83
    assert not at(CLOUD_1, Level.WORKSPACE)
    assert [p for p, t in CLOUD_1.titles.items() if t.reserved] == ["license:admin"]


def test_the_built_in_roles_of_todays_cloud_have_the_known_sizes():
    assert sizes(CLOUD) == {
        ("account", "owner"): 46,
        ("account", "admin"): 44,
        ("account", "member"): 13,
        ("account", "collaborator"): 2,
        ("workspace", "viewer"): 18,
        ("workspace", "runner"): 19,
        ("workspace", "developer"): 46,
        ("workspace", "owner"): 61,
        ("workspace", "worker"): 12,
    }


def test_the_built_in_roles_of_cloud_1_have_the_known_sizes():
    assert sizes(CLOUD_1) == {
        ("account", "administrator"): 80,
        ("account", "user"): 56,
        ("account", "read-only-user"): 27,
        ("account", "runner"): 8,
        ("account", "enterprise-license-admin"): 83,
    }


@each_world
def test_permissions_of_built_in_roles_exist_and_are_closed_and_of_their_level(world):
    for held in world.roles.values():
        assert held.builtin
        assert held.permissions <= world.titles.keys()
        assert held.permissions == world.closed(held.permissions)
        assert {world.titles[p].level for p in held.permissions} == {held.level}


def test_workspace_roles_grow_from_viewer_to_owner():
    chain_of = [
        CLOUD.roles[role(Level.WORKSPACE, n)].permissions
        for n in ("viewer", "runner", "developer", "owner")
    ]
    assert all(lower < higher for lower, higher in pairwise(chain_of))


def test_an_admin_lacks_of_an_owner_only_passing_by_sso_and_deleting_the_account():
    owner, admin = (CLOUD.roles[role(Level.ACCOUNT, n)].permissions for n in ("owner", "admin"))
    assert owner - admin == {"bypass:sso", "delete:account"}
    assert admin < owner


def test_account_owners_and_admins_and_nobody_else_own_every_workspace():
    everywhere = {r.name for r in CLOUD.roles.values() if r.implies}
    assert everywhere == {"owner", "admin"}
    assert CLOUD.roles[CLOUD.owner].implies == {role(Level.WORKSPACE, "owner")}


def test_administrators_hold_all_that_users_hold():
    administrator, user, reader = (
        CLOUD_1.roles[role(Level.ACCOUNT, n)].permissions
        for n in ("administrator", "user", "read-only-user")
    )
    assert reader < user < administrator


@each_world
def test_what_a_permission_includes_exists_at_its_level_and_is_transitive(world):
    for permission, included in world.includes.items():
        assert included
        assert permission not in included
        assert {world.titles[p].level for p in included} == {world.titles[permission].level}
        assert included == world.closed(included)


def test_nothing_in_cloud_1_includes_anything():
    assert not CLOUD_1.includes


@each_world
def test_every_right_asks_an_existing_permission_at_its_own_level(world):
    for right in world.manages.values():
        assert right.level is world.titles[right.permission].level


@each_world
def test_the_owner_holds_every_right(world):
    owner = world.roles[world.owner]
    everywhere = frozenset(chain(*(world.roles[a].permissions for a in owner.implies)))
    assert {r.permission for r in world.manages.values()} <= owner.permissions | everywhere


@each_world
def test_invitations_can_be_made_renewed_and_revoked_by_a_right(world):
    for action in (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE):
        assert world.right(action, Kind.USER, "pending")


@each_world
def test_who_manages_members_may_make_and_revoke_their_keys(world):
    for action in changing():
        right = world.right(action, Kind.KEY, str(Kind.USER))
        assert right == world.right(Action.UPDATE, Kind.USER)


def test_access_to_a_workspace_is_managed_in_it_by_the_kind_of_principal():
    rights = {
        of: {CLOUD.right(action, Kind.BINDING, str(of)) for action in changing()}
        for of in PRINCIPALS
    }
    assert rights == {
        Kind.USER: {Right("manage_workspace_users", Level.WORKSPACE)},
        Kind.SERVICE_ACCOUNT: {Right("manage_workspace_service_accounts", Level.WORKSPACE)},
        Kind.TEAM: {Right("manage_workspace_teams", Level.WORKSPACE)},
        Kind.EVERYONE: {Right("write_workspace_settings", Level.WORKSPACE)},
    }


def changing():
    return (Action.CREATE, Action.UPDATE, Action.DELETE)


def test_creating_a_workspace_is_asked_in_the_account_and_changing_one_in_it():
    assert CLOUD.right(Action.CREATE, Kind.WORKSPACE).level is Level.ACCOUNT
    assert CLOUD.right(Action.UPDATE, Kind.WORKSPACE).level is Level.WORKSPACE
    assert CLOUD.right(Action.DELETE, Kind.WORKSPACE).level is Level.WORKSPACE


def test_account_roles_change_by_the_right_over_their_holder():
    assert CLOUD.right(Action.UPDATE, Kind.USER).permission == "update:account_membership"
    assert CLOUD.right(Action.UPDATE, Kind.SERVICE_ACCOUNT).permission == "update:bot"
    assert CLOUD_1.right(Action.UPDATE, Kind.USER).permission == "update:membership"
    assert CLOUD_1.right(Action.UPDATE, Kind.SERVICE_ACCOUNT).permission == "update:service-account"


@each_world
def test_custom_roles_can_be_made_changed_and_deleted_at_the_worlds_level(world):
    for action in (*changing(), Action.RENAME):
        assert world.right(action, Kind.ROLE, str(world.custom_level))


def test_cloud_1_has_neither_teams_nor_workspaces_to_manage():
    kinds = {kind for _, kind, _ in CLOUD_1.manages}
    assert not kinds & {Kind.TEAM, Kind.WORKSPACE, Kind.BINDING}


def test_a_default_role_may_not_manage_access_nor_settings_nor_read_secrets():
    assert CLOUD.default_role_forbids == {
        CLOUD.right(Action.UPDATE, Kind.BINDING, str(of)).permission for of in PRINCIPALS
    } | {"manage_workspace_settings", "see_secret_blocks", "manage_acls"}
    assert not CLOUD_1.default_role_forbids


def test_viewer_and_runner_are_fit_to_be_default_roles():
    for name in ("viewer", "runner"):
        held = CLOUD.roles[role(Level.WORKSPACE, name)].permissions
        assert not held & CLOUD.default_role_forbids


def test_service_accounts_are_members_where_the_documentation_says_so():
    assert CLOUD.bots_account_role == CLOUD.new_bot_role == role(Level.ACCOUNT, "member")
    assert CLOUD_1.bots_account_role is CLOUD_1.new_bot_role is None


def test_a_collaborator_reads_less_than_a_member_and_leaves_with_its_last_workspace():
    collaborator, member = (
        CLOUD.roles[role(Level.ACCOUNT, name)] for name in ("collaborator", "member")
    )
    assert CLOUD.leaves_with_access == collaborator.address
    assert collaborator.permissions < member.permissions
    held = {CLOUD.titles[p].roles_evidence for p in collaborator.permissions}
    assert held == {Evidence.ASSUMED}
    assert CLOUD_1.leaves_with_access is None


@each_world
def test_titles_are_unique_and_no_title_is_anothers_name(world):
    titles = [t.title.casefold() for t in world.titles.values() if t.title]
    assert len(titles) == len(set(titles))
    assert not set(titles) & {p.casefold() for p in world.titles}


def test_a_permission_is_known_by_its_name_and_its_title_in_any_case():
    assert CLOUD.permission("see_flows") == "see_flows"
    assert CLOUD.permission("View flows and flow runs") == "see_flows"
    assert CLOUD.permission("view FLOWS and flow runs") == "see_flows"
    assert CLOUD_1.permission("Read Flow") == "read:flow"
    assert CLOUD.permission("See_Flows") == "see_flows"
    assert CLOUD.permission("") is None


@pytest.mark.parametrize("written", ["read-only-user", "Read Only User", "READ_ONLY_USER"])
def test_a_built_in_role_is_known_by_its_name_and_by_those_shown_and_sent(written):
    assert CLOUD_1.builtin(Level.ACCOUNT, written) == role(Level.ACCOUNT, "read-only-user")


def test_built_in_roles_of_one_name_are_told_apart_by_level():
    assert CLOUD.builtin(Level.ACCOUNT, "Owner") == role(Level.ACCOUNT, "owner")
    assert CLOUD.builtin(Level.WORKSPACE, "Owner") == role(Level.WORKSPACE, "owner")
    assert CLOUD.builtin(Level.ACCOUNT, "viewer") is None


def test_todays_api_calls_the_built_in_roles_as_they_are_shown():
    assert CLOUD.wire == CLOUD.display
    assert CLOUD_1.wire[CLOUD_1.owner] == "TENANT_ADMIN"
    assert CLOUD_1.display[CLOUD_1.owner] == "Administrator"


@each_world
def test_a_role_holds_what_a_statement_says_of_it_and_lacks_what_it_denies(world):
    for statement in world.statements:
        assert statement.permissions | statement.lacks <= world.titles.keys()
        if statement.role:
            held = world.roles[statement.role].permissions
            assert statement.permissions <= held
            assert not statement.lacks & held


@each_world
def test_a_titled_includes_clause_agrees_with_the_data(world):
    titled = {t.title: p for p, t in world.titles.items() if t.title}
    for permission, title in world.titles.items():
        _, _, clause = title.words.partition("Includes permissions of ")
        named = {p for other, p in titled.items() if other in clause}
        assert world.closed(named) == (
            world.includes.get(permission, frozenset()) if named else set()
        )


def test_nothing_unpublished_passes_for_documented():
    levels = [t.roles_evidence for t in at(CLOUD, Level.WORKSPACE)]
    counts = {e: levels.count(e) for e in Evidence}
    assert counts == {Evidence.DOCUMENTED: 16, Evidence.INFERRED: 6, Evidence.ASSUMED: 39}
    attested = [p for p, t in CLOUD_1.titles.items() if t.evidence is Evidence.DOCUMENTED]
    assert len(attested) == 45 + 1  # the licence's own


KNOWN = {
    "permissions": {
        "title", "words", "group", "includes", "reserved",
        "evidence", "includes_evidence", "roles_evidence",
    },
    "roles": {"display", "wire", "extends", "implies", "permissions", "abilities"},
    "statements": {"words", "permissions", "lacks", "evidence"},
}  # fmt: skip


@pytest.mark.parametrize("world", worlds())
def test_a_catalogue_file_has_no_key_that_nobody_reads(world):
    name = f"{world.replace('-', '_')}.toml"
    tree = tomli.loads(files("rbac_sync.catalogues").joinpath(name).read_text(encoding="utf-8"))
    for table in ("permissions", "roles"):
        rows = chain(*(level.values() for level in tree[table].values()))
        assert set(chain(*rows)) <= KNOWN[table]
    roles = chain(*(level.values() for level in tree["roles"].values()))
    said = chain(tree.get("statements", ()), *(r.get("abilities", ()) for r in roles))
    assert set(chain(*said)) <= KNOWN["statements"]
    assert tree.keys() - {*KNOWN, "manages"} <= {f.name for f in fields(CLOUD)}


def test_only_the_access_to_a_workspace_goes_with_it_by_the_right_to_delete_it_alone():
    assert CLOUD.deletes_with == {Kind.WORKSPACE: {Kind.BINDING}}
    assert CLOUD_1.deletes_with == {}


@each_world
def test_what_manages_access_and_what_reads_secrets_is_listed(world):
    rows = world.manages.items()
    of_objects = {right.permission for (_, kind, _), right in rows if kind is Kind.OBJECT}
    others = {right.permission for (_, kind, _), right in rows if kind is not Kind.OBJECT}
    assert others <= world.managing
    assert of_objects.isdisjoint(world.managing)
    assert world.also_manages <= world.managing
    assert world.managing | world.reads_secrets <= world.titles.keys()
    assert world.reads_secrets


def test_what_includes_the_secrets_reads_them_too():
    for world in (CLOUD, CLOUD_1):
        including = {p for p, more in world.includes.items() if more & world.reads_secrets}
        assert including <= world.reads_secrets
