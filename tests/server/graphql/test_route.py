"""How operations are posted, and in which shape they are answered."""

from __future__ import annotations

import json

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query, print_schema

from rbac_sync.backends.store import init
from rbac_sync.server.graphql.schema import schema
from rbac_sync.server.limits import LARGEST, RateLimit

from ...patience import ask
from ..serving import served
from .tenants import WORLD, Asker, staged

UNKNOWN = "00000000-0000-4000-8000-000000000000"
UNAUTHENTICATED = {"message": "AuthenticationError", "extensions": {"code": "UNAUTHENTICATED"}}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with staged(f"sqlite:///{tmp_path_factory.mktemp('store')}/rbac.db") as found:
        yield found


@pytest.fixture
def admin(stage):
    return stage.admin


def posted(asker: Asker, content, path="/", **headers) -> httpx.Response:
    """Post a body as it is."""
    told = {"Authorization": f"Bearer {asker.key}", **headers}
    return ask("POST", f"{asker.root}{path}", headers=told, content=content)


def test_an_answer_without_errors_has_no_key_for_them(admin):
    answer = admin.send("{ hello }")
    assert (answer.status_code, answer.json()) == (200, {"data": {"hello": "👋"}})


@pytest.mark.parametrize("path", ["/", "/graphql", "/graphql/alpha", "/apis/x"])
def test_operations_are_taken_on_every_path(admin, path):
    assert posted(admin, b'{"query": "{ hello }"}', path).json() == {"data": {"hello": "👋"}}


@pytest.mark.parametrize(
    "variables", ['"null"', "null", '""', "{}", '"{}"', '"{\\"x\\": 1}"', '{"x": true}']
)
def test_variables_are_an_object_or_a_string_of_json(admin, variables):
    body = f'{{"query": "query {{ hello }}", "variables": {variables}}}'
    assert posted(admin, body).json() == {"data": {"hello": "👋"}}


def test_a_string_of_variables_is_read(admin):
    query = "query($n: String) { auth_role(where: { name: { _eq: $n } }) { name } }"
    body = {"query": query, "variables": json.dumps({"n": "USER"})}
    answer = posted(admin, json.dumps(body))
    assert answer.json() == {"data": {"auth_role": [{"name": "USER"}]}}


def test_a_name_chooses_one_of_several_operations(admin):
    body = {"query": "query a { hello } query b { it: hello }", "operationName": "b"}
    assert posted(admin, json.dumps(body)).json() == {"data": {"it": "👋"}}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff",
        b"null",
        b'"x"',
        b"[]",
        b"[1]",
        b"{}",
        b'{"query": 1}',
        b'{"query": ""}',
        b'{"query": "{ hello }", "variables": "{"}',
        b'{"query": "{ hello }", "variables": "1"}',
        b'{"query": "{ hello }", "variables": [1]}',
        b'{"query": "{ hello }", "variables": {"x": NaN}}',
        b'{"query": "{ hello }", "variables": {"x": 1e999}}',
        b'{"query": "{ hello }", "operationName": 1}',
        b'{"query": "{ hello }", "variables": {"x": "\\ud800"}}',
        b'{"query": "{ hello }", "variables": "{\\"x\\": \\"\\\\ud800\\"}"}',
        b"[" * 100_000,
        json.dumps([{"query": "{ hello }"}] * 26).encode(),
    ],
)
def test_a_body_that_asks_nothing_is_refused_in_the_shape_of_answers(admin, body):
    answer = posted(admin, body)
    assert answer.status_code == 400
    (error,) = answer.json().pop("errors")
    assert list(error) == ["message", "extensions"]


@pytest.mark.parametrize("written", [lambda told: told, json.dumps], ids=["object", "string"])
def test_variables_are_not_deeper_than_what_is_kept_can_be_shown(admin, written):
    deep = {}
    for _ in range(100):
        deep = {"a": deep}
    query = "mutation($s: JSON) { update_user_settings(input: { settings: $s }) { id } }"
    body = {"query": query, "variables": written({"s": deep})}
    answer = posted(admin, json.dumps(body))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "Variables have at most 100 levels."


def test_a_batch_is_answered_in_its_order_whatever_goes_wrong_in_it(admin):
    batch = [{"query": "{ hello }"}, {"query": "{ nope }"}, {"query": "{ it: hello }"}]
    answer = posted(admin, json.dumps(batch))
    assert answer.status_code == 200
    first, second, third = answer.json()
    assert first == {"data": {"hello": "👋"}}
    assert second["errors"][0]["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert third == {"data": {"it": "👋"}}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ a: }", "GRAPHQL_PARSE_FAILED"),
        ("{" * 5000, "GRAPHQL_PARSE_FAILED"),
        ("{ " + "hello " * 25_000 + "}", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { hello }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ " + "hello " * 1001 + "}", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: UUID!) { tenant_by_pk(id: $x) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: uuid!) { tenant_by_pk(id: $x) { id } }", "INTERNAL_SERVER_ERROR"),
        ("query a { hello } query b { hello }", "INTERNAL_SERVER_ERROR"),
    ],
)
def test_what_cannot_be_begun_is_answered_with_400_and_no_data(admin, query, code):
    answer = admin.send(query)
    assert answer.status_code == 400
    assert list(answer.json()) == ["errors"]
    for error in answer.json()["errors"]:
        assert list(error) == ["message", "extensions"]
        assert error["extensions"] == {"code": code}


def test_messages_quote_with_double_quotes(admin):
    (wrong,) = admin.send("{ tenant { project } }").json()["errors"]
    assert wrong["message"] == 'Cannot query field "project" on type "tenant".'
    query = "query($id: uuid!) { tenant_by_pk(id: $id) { id } }"
    (wrong,) = admin.send(query, id="x").json()["errors"]
    assert wrong["message"].startswith('Variable "$id" got invalid value')


def nested(levels: int) -> str:
    """Return a query whose deepest field stands so many levels below its root."""
    names = [("user", "memberships")[level % 2] for level in range(levels)]
    return "{ " + " { ".join([*names, "id"]) + " }" * (levels + 1)


def test_seven_levels_below_the_root_are_answered_and_eight_are_not(admin):
    assert admin.ask(nested(7))
    answer = admin.send(nested(8))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].endswith("maximum operation depth of 7")


def test_the_query_of_every_tool_for_the_schema_is_answered_in_full(admin):
    told = build_client_schema(admin.ask(get_introspection_query()))
    assert print_schema(told) == print_schema(schema())
    assert admin.ask("{ __typename auth_role(limit: 1) { __typename } }") == {
        "__typename": "Query",
        "auth_role": [{"__typename": "auth_role"}],
    }


@pytest.mark.parametrize("key", ["", "nonsense", "pcu_unknown"])
def test_without_a_key_only_hello_is_answered_and_the_status_is_200(stage, key):
    stranger = Asker(stage.root, key)
    assert stranger.ask("{ hello }") == {"hello": "👋"}
    for query in ("{ auth_info { user_id } }", "{ api { backend } }", "{ secret_names }"):
        answer = stranger.send(query)
        root = query.split()[1]
        assert answer.status_code == 200
        assert list(answer.json()) == ["errors", "data"]
        assert answer.json() == {
            "errors": [{"path": [root], **UNAUTHENTICATED}],
            "data": {root: None},
        }


@pytest.mark.parametrize("query", ["{ auth_role { id } }", "{ it: __schema { types { name } } }"])
def test_a_field_that_is_never_null_takes_the_data_with_it(stage, query):
    answer = Asker(stage.root, "").send(query)
    (error,) = answer.json()["errors"]
    assert (error["message"], answer.json()["data"]) == ("AuthenticationError", None)


def test_each_root_field_without_a_key_has_its_own_error(stage):
    answer = Asker(stage.root, "").send("{ hello a: auth_info { user_id } b: api { mode } }")
    assert [error["path"] for error in answer.json()["errors"]] == [["a"], ["b"]]
    assert answer.json()["data"] == {"hello": "👋", "a": None, "b": None}


def test_of_two_keys_or_two_tenants_none_counts(admin):
    query, key = {"query": "{ auth_info { tenant_id } }"}, ("Authorization", f"Bearer {admin.key}")
    own = ("X-PREFECT-TENANT-ID", admin.me()["tenant_id"])
    for headers in ([key, key], [key, own, own], [key, own, ("X-PREFECT-TENANT-ID", UNKNOWN)]):
        answer = ask("POST", admin.root, headers=headers, json=query).json()
        assert "errors" in answer, headers
    assert "errors" not in ask("POST", admin.root, headers=[key, own], json=query).json()


@pytest.mark.parametrize("tenant", [UNKNOWN, "nonsense"])
def test_a_tenant_in_which_the_key_does_not_work_is_as_no_key(admin, tenant):
    answer = Asker(admin.root, admin.key, tenant).send("{ auth_info { tenant_id } }")
    assert answer.json()["errors"] == [{"path": ["auth_info"], **UNAUTHENTICATED}]


def test_a_document_of_a_stranger_may_not_be_large(stage):
    query = "{ " + "hello " * 300 + "}"
    assert Asker(stage.root, "").send(query).status_code == 400
    assert stage.admin.ask(query) == {"hello": "👋"}


def test_a_key_of_the_other_system_is_none_here_and_the_reverse(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    with served(url) as server:
        older = init(url, "older", WORLD, "olivia@example.org")
        answer = Asker(server.root, server.key).send("{ auth_info { user_id } }")
        assert answer.json()["errors"] == [{"path": ["auth_info"], **UNAUTHENTICATED}]
        assert Asker(server.root, older).me()["role"] == "TENANT_ADMIN"
        with server.client(older) as client:
            assert client.get("/me/").status_code == 401
        with server.client() as client:
            assert client.get("/me/").status_code == 200


def test_who_asks_too_often_is_told_when_to_ask_again(tmp_path):
    with served(f"sqlite:///{tmp_path}/rbac.db", rate=RateLimit(2)) as server:
        key = init(f"sqlite:///{tmp_path}/rbac.db", "older", WORLD, "olivia@example.org")
        asker = Asker(server.root, key)
        assert [asker.send("{ hello }").status_code for _ in range(3)] == [200, 200, 429]
        assert int(asker.send("{ hello }").headers["retry-after"]) >= 1


def test_each_mutation_of_a_batch_or_document_is_as_good_as_a_request(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    with served(url, rate=RateLimit(2)) as server:
        asker = Asker(server.root, init(url, "older", WORLD, "olivia@example.org"))
        make = 'create_custom_role(input: {{ name: "r{0}", permissions: [] }}) {{ id }}'
        body = asker.send(
            "mutation {" + " ".join(f"a{n}: {make.format(n)}" for n in range(3)) + "}"
        )
        (error,) = body.json()["errors"]
        assert (error["path"], error["message"]) == (["a2"], "Too Many Requests")
        assert [name for name, made in body.json()["data"].items() if made] == ["a0", "a1"]
        server.guarded.rate = RateLimit(2)
        batch = [{"query": f"mutation {{ {make.format(n)} }}"} for n in range(3, 6)]
        bodies = posted(asker, json.dumps(batch)).json()
        assert ["errors" in each for each in bodies] == [False, False, True]


def test_g8_each_operation_of_a_batch_is_as_good_as_a_request_whatever_it_asks(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    with served(url, rate=RateLimit(3)) as server:
        asker = Asker(server.root, init(url, "older", WORLD, "olivia@example.org"))
        reading = {"query": "{ auth_info { role } }"}
        batch = [reading, {"query": "{ nonsense"}, reading, reading, {"query": "{ nonsense"}]
        bodies = posted(asker, json.dumps(batch)).json()
        assert bodies[0] == bodies[2] == {"data": {"auth_info": {"role": "TENANT_ADMIN"}}}
        refused = {"path": [], "message": "Too Many Requests"}
        refused["extensions"] = {"code": "INTERNAL_SERVER_ERROR"}
        assert bodies[3:] == [{"errors": [refused], "data": None}] * 2


def test_a_query_may_stand_in_the_path_but_no_mutation(admin):
    headers = {"Authorization": f"Bearer {admin.key}"}

    def got(query):
        return ask("GET", admin.root, params={"query": query}, headers=headers)

    assert got("{ auth_info { role } }").json() == {"data": {"auth_info": {"role": "TENANT_ADMIN"}}}
    refused = got('mutation { create_custom_role(input: {name: "x", permissions: []}) { id } }')
    assert refused.status_code == 400
    assert admin.ask('{ auth_role(where: { name: { _eq: "x" } }) { id } }') == {"auth_role": []}


def test_the_server_says_that_it_answers(stage):
    answer = ask("GET", f"{stage.root}/.well-known/apollo/server-health")
    assert (answer.status_code, answer.json()) == (200, {"status": "pass"})
    assert ask("GET", f"{stage.root}/favicon.ico").status_code == 404


def test_a_browser_may_send_every_header_it_wants_to(stage):
    wanted = "authorization,x-prefect-ui,x-prefect-tenant-id,content-type"
    headers = {"Origin": "https://ui.example", "Access-Control-Request-Headers": wanted}
    answer = ask("OPTIONS", stage.root, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == wanted
    assert Asker(stage.root, "").send("{ hello }").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/api/nothing", 401), ("POST", "/health", 405), ("PUT", "/", 405), ("GET", "/", 404)],
)
def test_the_paths_of_the_other_face_stay_its_own(stage, method, path, status):
    content = b'{"query": "{ hello }"}'
    assert ask(method, stage.root + path, content=content).status_code == status


def test_a_body_that_is_too_large_is_not_read(admin):
    assert posted(admin, b" " * (LARGEST + 1)).status_code == 413


def test_a_mutation_wants_uuids_and_says_so_as_a_field(admin):
    assert admin.refused("delete_custom_role", role_id="") == (
        'Expected type UUID!, found ""; Could not parse UUID: ',
        "INTERNAL_SERVER_ERROR",
    )


def test_words_by_which_clients_tell_errors_apart_do_not_come_from_names(admin):
    names = ["API_ERROR", "UNAUTHENTICATED", "Malformed Authorization header"]
    for name in names:
        told = {"name": "x", "permissions": [name]}
        message, code = admin.refused("create_custom_role", **told)
        assert code == "INTERNAL_SERVER_ERROR"
        assert name not in message
        assert name.lower() in message
    (error,) = admin.send("{ API_ERROR }").json()["errors"]
    assert "API_ERROR" not in str(error)


def test_a_mistake_of_ours_is_said_without_its_words(stage, monkeypatch):
    def broken(*_):
        raise RuntimeError("s3cret")

    monkeypatch.setattr("rbac_sync.server.graphql.caller.features", broken)
    (error,) = stage.admin.send("{ auth_info { user_id } }").json()["errors"]
    assert error == {
        "path": ["auth_info"],
        "message": "Unable to complete operation. An internal API error occurred.",
        "extensions": {"code": "API_ERROR"},
    }
