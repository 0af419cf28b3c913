"""How much one operation may cause to be done, however few lines it has."""

from __future__ import annotations

from uuid import UUID

import pytest

from rbac_sync.server.graphql import budget

from .tenants import staged

TOO_MUCH = "The operation asks for too much at once: use limit and offset."
LARGE = """query($in: [String!]) {
    user_view_same_tenant(where: { email: { _in: $in } }) { id }
}"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with staged(f"sqlite:///{tmp_path_factory.mktemp('store')}/rbac.db") as found:
        for name in ("uma", "rex", "bo"):
            found.person(f"{name}@example.org")
        yield found


@pytest.fixture
def admin(stage, monkeypatch):
    """Somebody who may not have much done, in a tenant of four."""
    monkeypatch.setattr(budget, "MOST", 100)
    return stage.admin


def refused(answer) -> bool:
    body = answer.json()
    if "errors" not in body:
        return False
    (error,) = body["errors"]
    assert error["message"] == TOO_MUCH
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    return True


def test_fields_count_once_for_every_row(admin):
    many = " ".join(f"i{n}: id" for n in range(30))
    assert not refused(admin.send("{ user_view_same_tenant { id email } }"))
    assert refused(admin.send(f"{{ user_view_same_tenant {{ {many} }} }}"))
    assert not refused(admin.send(f"{{ user_view_same_tenant(limit: 1) {{ {many} }} }}"))


def test_fields_of_fragments_count_as_often_as_they_are_led_to(admin):
    fragment = "fragment f on user_view_same_tenant { " + "id " * 8 + "}"
    assert not refused(admin.send("{ user_view_same_tenant { ...f } } " + fragment))
    twice = "{ user_view_same_tenant { ...f ... { ...f } ... { ...f } } } "
    assert refused(admin.send(twice + fragment))


def test_root_fields_count_together(admin):
    def roots(times):
        return "{ " + " ".join(f"a{n}: user_view_same_tenant {{ id }}" for n in range(times)) + "}"

    assert not refused(admin.send(roots(3)))
    answer = admin.send(roots(30)).json()
    assert answer["data"] is None


def test_a_filter_counts_with_all_its_parts(admin):
    assert not refused(admin.send(LARGE, **{"in": ["x"] * 3}))
    assert refused(admin.send(LARGE, **{"in": ["x"] * 30}))


def test_what_a_link_is_filtered_by_counts_for_every_row(admin):
    query = """query($w: membership_bool_exp) {
        user_view_same_tenant { memberships(where: $w) { id } }
    }"""
    assert not refused(admin.send(query, w={"role": {"_eq": "USER"}}))
    assert refused(admin.send(query, w={"_or": [{"role": {"_eq": "USER"}}] * 10}))


def test_rows_that_are_counted_or_told_of_the_trail_count_too(admin):
    many = " ".join(f"i{n}: id" for n in range(60))
    assert refused(admin.send(f"{{ auth_role_aggregate {{ nodes {{ {many} }} }} }}"))
    assert refused(admin.send(f"{{ audit_log {{ {many} }} }}"))


def test_rows_that_links_lead_to_count_too(stage, admin):
    for tenant in ("beta", "gamma", "delta"):
        stage.found(tenant)
    told = "id"
    for _ in range(2):
        told = f"user {{ memberships {{ {told} }} }}"
        assert not refused(admin.send(f"{{ {told} }}"))
    assert refused(admin.send(f"{{ user {{ memberships {{ {told} }} }} }}"))


def test_rows_that_are_looked_through_for_an_id_count_too(admin):
    def look_ups(times):
        each = f'auth_role_by_pk(id: "{UUID(int=0)}") {{ id }}'
        return "{ " + " ".join(f"a{n}: {each}" for n in range(times)) + "}"

    assert not refused(admin.send(look_ups(1)))
    assert admin.send(look_ups(30)).json()["errors"][0]["message"] == TOO_MUCH
