"""How much one operation may cause to be done, however few lines it has."""

from __future__ import annotations

from uuid import UUID

import pytest

from rbac_sync.server.graphql import budget

from ...patience import ask
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


@pytest.fixture
def asker(stage):
    """Somebody who may have done what everybody may."""
    return stage.admin


def batch(asker, *queries):
    """Return what is answered to a batch, and how many bytes the answer has."""
    headers = {"Authorization": f"Bearer {asker.key}"}
    told = [{"query": query} for query in queries]
    answer = ask("POST", asker.root, headers=headers, json=told)
    assert answer.status_code == 200
    return answer.json(), len(answer.content)


def of(message):
    """Return the answer to an operation that was not begun."""
    extensions = {"code": "INTERNAL_SERVER_ERROR"}
    return {"errors": [{"path": [], "message": message, "extensions": extensions}], "data": None}


def messages(body):
    return {error["message"] for error in body.get("errors", ())}


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


def test_g8_all_operations_of_a_batch_spend_one_budget(admin):
    asks = "{ user_view_same_tenant { id } }"
    alone, _ = batch(admin, asks)
    bodies, _ = batch(admin, *[asks] * 10)
    assert alone == bodies[:1]
    done = ["errors" not in body for body in bodies]
    assert done == sorted(done, reverse=True)
    assert done.count(True) in range(1, 9)
    assert messages(bodies[-1]) == {TOO_MUCH}
    assert bodies[-1]["data"] is None


def test_g8_fields_and_words_of_a_batch_are_limited_together(asker, monkeypatch):
    long = "{ " + " ".join(f"a{n}: hello" for n in range(40)) + " }"
    monkeypatch.setattr(budget, "MOST_FIELDS", 100)
    bodies, _ = batch(asker, long, long, long)
    assert ["errors" in body for body in bodies] == [False, False, True]
    assert bodies[2] == of(budget.TOO_LONG)
    monkeypatch.setattr(budget, "MOST_FIELDS", 1000)
    monkeypatch.setattr(budget, "MOST_TOKENS", 300)
    bodies, _ = batch(asker, long, long, long)
    assert bodies[2] == of(budget.TOO_LONG)


@pytest.mark.parametrize(
    "asks",
    [
        "{ user_view_same_tenant { id email first_name } }",
        "{ user_view_same_tenant { " + " ".join(f"a{n}: __typename" for n in range(20)) + " } }",
        "{ user_view_same_tenant { " + "a" * 50 + ": id } }",
        "{ user { settings } }",
        "{ auth_role { permissions } }",
        "{ audit_log { info } }",
        "{ user_view_same_tenant_aggregate { nodes { email } } }",
    ],
)
def test_g8_an_answer_has_a_largest_size(asker, monkeypatch, asks):
    asker.do("update_user_settings", settings={"x": "y" * 900})
    bodies, most = batch(asker, asks)
    assert messages(bodies[0]) == set()
    monkeypatch.setattr(budget, "LARGEST", 3000)
    bodies, size = batch(asker, *[asks] * 25)
    assert messages(bodies[-1]) == {budget.TOO_LARGE}
    assert size < most + 3000 + 25 * 300


def test_g8_errors_are_part_of_an_answer_and_repeat_little_of_a_request(asker, monkeypatch):
    wrong = '{ user_view_same_tenant { memberships(where: {role: {_regex: "("}}) { id } } }'
    bodies, _ = batch(asker, wrong)
    assert messages(bodies[0]) == {"invalid regular expression"}
    monkeypatch.setattr(budget, "LARGEST", 200)
    bodies, _ = batch(asker, wrong)
    assert bodies == [of(budget.TOO_LARGE)]
    bodies, size = batch(asker, "{ " + "a" * 50_000 + " }")
    assert bodies[0]["errors"][0]["message"].endswith("aaa...")
    assert size < 2000


def test_g8_what_the_schema_says_of_itself_counts_as_well(asker):
    asks = " ".join(f"a{n}: __schema {{ types {{ fields {{ name }} }} }}" for n in range(150))
    bodies, size = batch(asker, *[f"{{ {asks} }}"] * 25)
    assert messages(bodies[-1]) & {TOO_MUCH, budget.TOO_LONG}
    assert size < budget.LARGEST


def test_g8_a_pattern_counts_by_how_large_it_is(asker, monkeypatch):
    query = "query($r: String) { user_view_same_tenant(where: {email: {_regex: $r}}) { id } }"
    monkeypatch.setattr(budget, "MOST", 200)
    assert not refused(asker.send(query, r="a.*z"))
    assert refused(asker.send(query, r="(.{9}){9}" * 10))


def test_g8_a_request_has_so_many_patterns(asker):
    def asks(times):
        parts = " ".join(f'{{email: {{_regex: "a{n}"}}}}' for n in range(times))
        return f"{{ user_view_same_tenant(where: {{_and: [{{_or: [{parts}]}}]}}) {{ id }} }}"

    bodies, _ = batch(asker, asks(64), asks(64))
    assert [messages(body) for body in bodies] == [set(), set()]
    bodies, _ = batch(asker, asks(65))
    assert messages(bodies[0]) == {"A request has 64 patterns at most."}


def test_g8_rows_of_the_trail_count_before_they_are_read(asker, monkeypatch):
    asker.do("create_custom_role", name="one", permissions=[])
    monkeypatch.setattr(budget, "MOST", 39)
    newest = "{ audit_log(limit: 1, order_by: {timestamp: desc}) { message } }"
    assert not refused(asker.send(newest))
    assert refused(asker.send('{ audit_log(where: {message: {_eq: "x"}}) { message } }'))


def test_g8_twenty_five_operations_of_seventy_aliases_are_answered_in_bounds(asker, monkeypatch):
    aliases = " ".join(f"a{n}: membership {{ id role user {{ email }} }}" for n in range(70))
    monkeypatch.setattr(budget, "MOST", 5_000)
    monkeypatch.setattr(budget, "LARGEST", 50_000)
    bodies, size = batch(asker, *[f"{{ {aliases} }}"] * 25)
    assert messages(bodies[-1]) & {TOO_MUCH, budget.TOO_LONG}
    assert size < 60_000
