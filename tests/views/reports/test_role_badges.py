"""How roles are drawn: told apart by their signs, from narrow to wide, each left of its base."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model import Level, Role
from rbac_sync.model.resources import role as named
from rbac_sync.views.reports.role_badges import SHADES, badges_of

LEVELS = st.sampled_from(list(Level))
ROLES = st.builds(Role, LEVELS, st.text(max_size=5))


def drawn(*roles):
    """Return the badges of *roles*, each as wide as it stands late, by name."""
    widths = {role.address: n for n, role in enumerate(roles)}
    return {badge.role.name: badge for badge in badges_of(roles, widths)}


def role(name, *bases):
    return Role(Level.WORKSPACE, name, base=frozenset(named(Level.WORKSPACE, b) for b in bases))


@given(st.lists(ROLES, unique_by=lambda role: role.address))
def test_no_two_roles_of_a_level_have_the_same_sign(roles):
    found = badges_of(roles, dict.fromkeys((role.address for role in roles), 1))
    assert sorted(f.role.address for f in found) == sorted(role.address for role in roles)
    signs = [(badge.role.level, badge.sign) for badge in found]
    assert len(set(signs)) == len(signs)
    assert all(badge.sign for badge in found)


@given(st.lists(ROLES, unique_by=lambda role: role.address))
def test_the_wider_role_has_no_lighter_shade(roles):
    found = badges_of(roles, {role.address: len(role.name) for role in roles})
    for level in Level:
        shades = [badge.shade for badge in found if badge.role.level is level]
        assert shades == sorted(shades)
        assert all(0 <= shade < SHADES for shade in shades)


def test_a_sign_reminds_of_the_name():
    found = drawn(
        role("viewer"), role("prod-oncall"), role("prod_owner"), role("<>"), role("видит")
    )
    assert {name: badge.sign for name, badge in found.items()} == {
        "viewer": "Vi",
        "prod-oncall": "PO",
        "prod_owner": "Pr",
        "<>": "Ro",
        "видит": "Ви",
    }


def test_a_role_stands_left_of_what_it_builds_on():
    found = drawn(role("a"), role("b", "a"), role("c", "b", "a"), role("d", "nobody"))
    assert [found[name].column for name in "abcd"] == [2, 1, 0, 2]


def test_account_roles_stand_left_of_all_others():
    found = drawn(Role(Level.ACCOUNT, "owner"), role("b", "a"), role("a"))
    assert [found[name].column for name in ("owner", "b", "a")] == [0, 1, 2]


def test_roles_that_build_on_each_other_are_drawn_all_the_same():
    found = drawn(role("a", "b"), role("b", "a"), role("c", "c"))
    assert len(found) == 3
