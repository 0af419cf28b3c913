"""Requests over HTTP: which are repeated, when, and which never are."""

from __future__ import annotations

import gzip
import itertools
import json
from dataclasses import replace
from pathlib import Path
from threading import Thread

import httpx
import pytest

from rbac_sync.backends.remote import connections, network, response
from rbac_sync.backends.remote.client import Client
from rbac_sync.backends.remote.request import Idempotency, Request
from rbac_sync.backends.remote.response import STRANGE
from rbac_sync.errors import BackendError, BadResponse, CredentialError, NoAnswer, NotFound

from .waiting import CREATE, DATE, READ, ROOT, SECRET, UPSERT, Service, Time, ok, refused

RESET = httpx.ReadError("connection reset by peer")
CALLS = pytest.mark.parametrize("call", [READ, UPSERT, CREATE], ids=str)


def test_an_answer_is_its_value_with_the_services_own_time():
    service = Service(ok([1, 2]))
    answer = service.send(READ)
    assert answer.value == [1, 2]
    assert answer.date.isoformat() == "2026-11-21T12:00:00+00:00"
    (request,) = service.requests
    assert request.url == f"{ROOT}/bots/filter"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.headers["content-length"] == "2"


def test_an_empty_answer_is_none():
    assert Service(httpx.Response(204)).send(UPSERT).value is None


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 8),
        ("0", 0.5, 1),
        ("2.5", 2.5, 3.5),
        ("86400", 60, 61),
        ("Sat, 21 Nov 2026 12:00:09 GMT", 9, 10),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.5, 1),
        ("Sat, 99 Nov 2026 11:00:00 GMT", 0.5, 1),
        ("-5", 0.5, 1),
        ("soon", 0.5, 1),
        ("nan", 0.5, 1),
        ("inf", 0.5, 1),
        ("", 0.5, 1),
    ],
)
@CALLS
def test_too_many_requests_are_waited_for_as_the_service_asks(call, header, least, most):
    time, service = Time(), Service(refused(429, retry_after=header, date=DATE), ok())
    service.send(call, time)
    assert len(service.requests) == 2
    assert least <= sum(time.slept) <= most


def test_a_missing_retry_after_is_waited_for_longer_each_time_and_never_twice_the_same():
    time, service = Time(), Service(refused(429))
    with pytest.raises(BackendError, match="too many requests") as found:
        service.send(READ, time)
    assert found.value.hint == "try again later"
    assert len(service.requests) == 5
    assert [0.5 <= s / 2**n <= 1 for n, s in enumerate(time.slept)] == [True] * 4
    assert len(set(time.slept)) == 4


@CALLS
def test_what_was_never_sent_is_sent_again(call):
    service = Service(httpx.ConnectError("no route"), httpx.ConnectTimeout("late"), ok())
    assert service.send(call).value == []


def test_nobody_who_answers_is_an_error_that_says_so():
    with pytest.raises(BackendError, match=r"cannot reach `cloud\.example`: no route"):
        Service(httpx.ConnectError("no route")).send(READ)


@pytest.mark.parametrize(
    "lost", [RESET, httpx.ReadTimeout(""), refused(502), refused(500)], ids=repr
)
def test_what_may_be_repeated_is_repeated_after_a_lost_answer(lost):
    for call in (READ, UPSERT):
        service = Service(lost, ok())
        assert service.send(call).value == []
        assert len(service.requests) == 2


@pytest.mark.parametrize(
    "lost", [RESET, httpx.ReadTimeout(""), refused(502), refused(500)], ids=repr
)
def test_what_must_not_be_repeated_is_not(lost):
    service = Service(lost, ok())
    with pytest.raises(NoAnswer, match="POST bots/: it may have been done, or not") as found:
        service.send(CREATE)
    assert "the run looks for" in found.value.hint
    assert len(service.requests) == 1


@pytest.mark.parametrize("is_done", [True, False])
def test_what_must_not_be_made_twice_is_looked_for_before_it_is_sent_again(is_done):
    time, service = Time(), Service(refused(429, retry_after="7"), ok())
    looked = []

    def look():
        looked.append(time.slept[:])
        return is_done

    if is_done:
        with pytest.raises(NoAnswer, match="it may have been done, or not"):
            service.send(CREATE, time, is_done=look)
    else:
        assert service.send(CREATE, time, is_done=look).value == []
    assert len(service.requests) == (1 if is_done else 2)
    assert looked == [time.slept]


def test_a_write_that_is_refused_to_the_end_may_have_been_done_and_a_read_was_not():
    for call in (UPSERT, CREATE):
        with pytest.raises(NoAnswer, match=r"it may have been done, or not .*429"):
            Service(refused(429)).send(call)
    with pytest.raises(BackendError, match="429") as found:
        Service(refused(429)).send(READ)
    assert not isinstance(found.value, NoAnswer)


def test_what_was_never_sent_is_not_looked_for():
    service = Service(httpx.ConnectError("no route"), ok())
    assert service.send(CREATE, is_done=lambda: pytest.fail("nothing was sent")).value == []


def test_a_write_that_fails_to_the_end_may_have_been_done_and_a_read_has_failed():
    with pytest.raises(NoAnswer):
        Service(refused(503)).send(UPSERT)
    with pytest.raises(BackendError, match=r"POST bots/filter: 503 \(why\)") as found:
        Service(refused(503)).send(READ)
    assert not isinstance(found.value, NoAnswer)


def test_a_write_whose_answer_was_lost_and_then_cannot_be_sent_may_have_been_done():
    with pytest.raises(NoAnswer):
        Service(RESET, httpx.ConnectError("gone")).send(UPSERT)


@pytest.mark.parametrize("answer", [refused(409), refused(404), refused(403)], ids=repr)
def test_a_refusal_after_a_lost_answer_does_not_say_that_nothing_was_done(answer):
    with pytest.raises(NoAnswer, match="it may have been done, or not"):
        Service(RESET, answer).send(UPSERT)
    with pytest.raises(BackendError) as found:
        Service(RESET, answer).send(READ)
    assert not isinstance(found.value, NoAnswer)


def test_something_deleted_by_the_attempt_whose_answer_was_lost_is_deleted():
    delete = Request("DELETE", "bots/1", effect=Idempotency.ONCE)
    for lost in (RESET, refused(429)):
        assert Service(lost, refused(404)).send(delete).value is None
    with pytest.raises(NotFound, match="not found"):
        Service(refused(404)).send(delete)
    with pytest.raises(NoAnswer, match="it may have been done, or not"):
        Service(RESET, httpx.Response(404, content="<html>")).send(delete)


@pytest.mark.parametrize(
    ("root", "hint"), [("", "may be below `/api`"), ("/api", "or the URL is wrong")]
)
def test_what_is_not_found_below_no_path_asks_to_check_the_url(root, hint):
    with pytest.raises(NotFound) as found:
        Service(refused(404)).send(READ, root=f"https://api.example{root}")
    assert hint in found.value.hint


def test_a_service_that_answers_without_tls_is_named_as_such():
    plain = httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number")
    with pytest.raises(BackendError, match="cannot reach") as found:
        Service(plain).send(READ)
    assert found.value.hint.startswith("the server answers without TLS: check the port")


def test_a_pause_that_the_time_left_does_not_allow_is_not_begun():
    time, service = Time(), Service(refused(429, retry_after="50"))
    with pytest.raises(BackendError, match="429"):
        service.send(READ, time, total=100)
    assert len(service.requests) == 2
    assert sum(time.slept) < 100


def test_an_answer_that_comes_drop_by_drop_ends_with_the_time_for_it():
    time = Time()

    def drops():
        for _ in itertools.count():
            time.now += 10
            yield b" "

    service = Service(lambda: httpx.Response(200, stream=Stream(drops())))
    with pytest.raises(BackendError, match="takes too long"):
        service.send(READ, time, total=35)
    assert time.now < 50


class Stream(httpx.SyncByteStream):
    def __init__(self, parts):
        self.parts = parts

    def __iter__(self):
        yield from self.parts


@pytest.mark.parametrize("status", [429, 503])
def test_one_thread_that_is_told_to_wait_holds_back_the_others(status):
    time, service = Time(), Service(refused(status, retry_after="30"), ok())
    client = Client(ROOT, SECRET, sleep=time.sleep, clock=time.clock)
    with service.router:
        client.send(READ)
        time.now = 1.0
        thread = Thread(target=client.send, args=(READ,))
        thread.start()
        thread.join()
    assert [29 <= seconds <= 31 for seconds in time.slept] == [True, True]


def test_an_answer_longer_than_sixteen_mebibytes_is_refused_before_it_is_read():
    taken = []

    def endless():
        for _ in itertools.count():
            taken.append(1)
            yield b"[" * 2**20

    with pytest.raises(BadResponse, match="longer than 16 MiB"):
        Service(lambda: httpx.Response(200, stream=Stream(endless()))).send(READ)
    assert len(taken) == 17


def test_a_small_answer_that_unpacks_to_a_large_one_is_refused_piece_by_piece(monkeypatch):
    monkeypatch.setattr(connections, "LARGEST", 2**20)
    bomb = gzip.compress(b"0" * 2**24)
    assert len(bomb) < 2**15
    packed = {"content-encoding": "gzip"}
    with pytest.raises(BadResponse, match="longer than 1 MiB"):
        Service(lambda: httpx.Response(200, headers=packed, stream=Stream([bomb]))).send(READ)


def test_an_answer_of_too_many_values_is_refused_before_it_takes_memory():
    row = b"[" + b"[]," * (response.MOST_VALUES + 1) + b"[]]"
    service = Service(httpx.Response(200, content=row))
    with pytest.raises(BadResponse, match="has more than 524,288 values") as found:
        service.send(READ)
    assert found.value.hint == STRANGE
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "text", [",", ',"', '",', "\\,", ",\\", '\\",', ',"\\', "\n,", "\u20ac,", "]},{["], ids=repr
)
def test_commas_in_texts_are_no_values(text):
    row = json.dumps({"description": text * 1000}).encode()
    content = b"[" + (row + b",") * 600 + b"0," * (response.MOST_VALUES - 600)
    assert len(Service(httpx.Response(200, content=content + b"0]")).send(READ).value) == 524_289
    with pytest.raises(BadResponse, match="has more than 524,288 values"):
        Service(httpx.Response(200, content=content + b"0,0]")).send(READ)


@pytest.mark.parametrize("begin", [b'"', b'"\\', b'["",0,"\\",'])
def test_commas_after_a_quote_that_nothing_closes_are_of_an_answer_that_is_no_json(begin):
    service = Service(httpx.Response(200, content=begin + b"," * (response.MOST_VALUES + 1)))
    with pytest.raises(BadResponse, match="expected JSON"):
        service.send(READ)


def packed(content, encoding="gzip"):
    headers = {"content-encoding": encoding}
    return Service(lambda: httpx.Response(200, headers=headers, stream=Stream(content)))


@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
def test_an_answer_may_be_packed(encoding):
    content = gzip.compress(b'["a"]')
    assert packed([content[:7], content[7:]], encoding).send(READ).value == ["a"]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        ([gzip.compress(b"[1, 2, 3]")[:-4]], "gzip", "cut off"),
        ([b"no gzip"], "gzip", "damaged"),
        ([gzip.compress(b"[]"), b"\0"], "gzip", "goes on after its end"),
        ([gzip.compress(b"[1") + gzip.compress(b"]")], "gzip", "goes on after its end"),
        ([b"[]"], "br\x1b", "compressed as `br.x1b`"),
    ],
)
def test_an_answer_that_does_not_unpack_is_refused(content, encoding, message):
    with pytest.raises(BadResponse, match=message):
        packed(content, encoding).send(READ)


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html>\x1b[31m",
        "[{",
        "[" * 100_000,
        "[NaN]",
        "[" + "9" * 5000 + "]",
        b"\xff\xfe",
    ],
)
def test_what_is_no_json_is_quoted_without_harm(body):
    service = Service(httpx.Response(200, content=body, headers={"content-type": "text/html"}))
    with pytest.raises(BadResponse) as found:
        service.send(READ)
    message = str(found.value)
    assert message.startswith("POST bots/filter: expected JSON, got `text/html` (")
    assert message.isprintable()
    assert len(message) < 200
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [206, 300, 304, 399, 600])
def test_a_status_that_no_api_has_is_a_useless_answer(status):
    with pytest.raises(BadResponse, match=f"{status}: this API has no such answer") as found:
        Service(httpx.Response(status)).send(READ)
    assert "what may answer in place of the service" in found.value.hint
    with pytest.raises(NoAnswer):
        Service(httpx.Response(status)).send(CREATE)


def test_a_write_with_a_useless_answer_may_have_been_done():
    for call in (UPSERT, CREATE):
        with pytest.raises(NoAnswer, match="expected JSON"):
            Service(httpx.Response(200, content="<html>")).send(call)


def test_a_connection_that_breaks_off_is_a_useless_answer():
    broken = httpx.RemoteProtocolError("peer closed connection (received 500, expected 1000)")
    with pytest.raises(BadResponse, match="broke off: peer closed connection"):
        Service(broken).send(READ)


def redirect(where, status=307):
    return httpx.Response(status, headers={"location": where})


@pytest.mark.parametrize(
    "where", ["/api/bots/", f"{ROOT}/bots/", "https://CLOUD.example:443/api/bots/"]
)
def test_a_redirection_on_the_same_host_keeps_method_body_and_key(where):
    service = Service(redirect(where), ok())
    service.send(Request("POST", "bots", '{"name":"ci"}', Idempotency.EACH))
    _, request = service.requests
    assert (request.method, request.url.path) == ("POST", "/api/bots/")
    assert request.content == b'{"name":"ci"}'
    assert request.headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/api/bots/",
        "http://cloud.example/api/bots/",
        "https://cloud.example:8443/api/bots/",
        "//evil.example/",
    ],
)
def test_a_redirection_anywhere_else_is_not_followed(where):
    service = Service(redirect(where), ok())
    with pytest.raises(BackendError, match="which is not followed") as found:
        service.send(READ)
    assert str(found.value).isprintable()
    assert len(service.requests) == 1


def test_a_redirection_that_would_turn_a_write_into_a_read_is_not_followed():
    with pytest.raises(BackendError, match="not followed"):
        Service(redirect("/api/bots/", 302), ok()).send(CREATE)
    assert Service(redirect("/api/me/", 302), ok()).send(Request("GET", "me")).value == []


@pytest.mark.parametrize("where", ["https://log-in.example/", "/api/bots/1"])
def test_a_write_that_is_redirected_where_nobody_follows_may_have_been_done(where):
    for call in (UPSERT, CREATE):
        with pytest.raises(NoAnswer, match=r"it may have been done, or not .*not followed"):
            Service(redirect(where, 303)).send(call)


def test_a_redirection_to_what_is_no_url_is_a_useless_answer():
    with pytest.raises(BadResponse, match="Invalid URL in location header") as found:
        Service(redirect("https://\x1b[31m")).send(READ)
    assert str(found.value).isprintable()


def test_redirections_come_to_an_end():
    with pytest.raises(BackendError, match="redirected without end"):
        Service(redirect("/api/bots/filter")).send(READ)


def test_a_key_that_is_not_accepted_is_a_matter_of_credentials():
    with pytest.raises(CredentialError, match="does not accept this API key"):
        Service(refused(401)).send(READ)


def test_what_the_key_may_not_do_names_the_permission_that_it_takes():
    with pytest.raises(BackendError, match=r"403 \(why\): the request needs `read:bot`"):
        Service(refused(403)).send(Request("POST", "bots/filter", right="read:bot"))
    with pytest.raises(BackendError, match="this key may not do that"):
        Service(refused(403)).send(READ)


def test_a_permission_that_the_service_names_itself_is_not_named_twice():
    answer = httpx.Response(403, json={"detail": "missing permission: `read:bot`"})
    with pytest.raises(BackendError, match=r"403 \(missing permission: `read:bot`\)$"):
        Service(answer).send(Request("POST", "bots/filter", right="read:bot"))


def test_what_rules_of_a_server_refuse_lacks_no_permission():
    detail = "6 of 8 would be removed (service accounts), 5 of them before this" * 2
    answer = httpx.Response(403, json={"detail": detail, "rules": ["THRESHOLD", "`x`", 1, "BOT"]})
    with pytest.raises(BackendError) as found:
        Service(answer).send(Request("DELETE", "bots/1", right="delete:bot"))
    assert str(found.value).endswith(f"403 ({detail})")
    assert found.value.hint == (
        "the server refuses it by rules of its own;"
        " see `rbac-sync rule THRESHOLD`, `rbac-sync rule BOT`"
    )


@pytest.mark.parametrize("rules", [None, [], "BOT", {"BOT": 1}, [["BOT"]], ["bot; ls"]])
def test_a_refusal_that_names_no_rule_is_one_of_permissions(rules):
    answer = httpx.Response(403, json={"detail": "Forbidden", "rules": rules})
    with pytest.raises(BackendError, match=r"403 \(Forbidden\): the request needs `delete:bot`"):
        Service(answer).send(Request("DELETE", "bots/1", right="delete:bot"))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"detail": "Conflict"}, "409 (Conflict)"),
        ({"detail": [{"loc": ["body"], "msg": "too long", "type": "x"}]}, "409 (too long)"),
        ({"exception_message": "Invalid request received."}, "409 (Invalid request received.)"),
        ({"detail": "\x1b[2J\u202e" + "x" * 200}, "409 (\\x1b[2J\\u202e" + "x" * 66),
        ({"errors": [{"message": "Cannot query field."}]}, "409 (Cannot query field.)"),
        ({"errors": [None]}, "409"),
        ({"errors": []}, "409"),
        (["?"], "409"),
    ],
)
def test_what_the_service_says_of_a_refusal_is_told(body, told):
    with pytest.raises(BackendError) as found:
        Service(httpx.Response(409, json=body)).send(CREATE)
    assert str(found.value).startswith(f"POST bots/: {told}")
    assert str(found.value).isprintable()


def test_no_message_repeats_the_key():
    answers = [
        httpx.Response(409, json={"detail": f"bad {SECRET}"}),
        httpx.ReadError(f"Bearer {SECRET}"),
        redirect(f"https://evil.example/{SECRET}"),
        httpx.Response(200, text=f"<pre>Authorization: Bearer {SECRET}"),
        httpx.Response(200, text="<pre>", headers={"content-type": f"text/{SECRET}"}),
    ]
    for answer in answers:
        with pytest.raises(BackendError) as found:
            Service(answer).send(READ)
        assert SECRET not in f"{found.value} {found.value.hint}"


def test_no_key_and_a_key_that_cannot_be_sent_are_matters_of_credentials():
    service = Service(ok())
    with pytest.raises(CredentialError, match="there is no API key") as found:
        service.send(READ, api_key=None)
    assert "RBAC_SYNC_API_KEY" in found.value.hint
    for bad, why in (("pnu_a\x00", "an invisible character"), ("pnu_ä", "that no key has")):
        with pytest.raises(CredentialError, match=why) as found:
            service.send(READ, api_key=bad)
        assert bad not in str(found.value)
    assert service.requests == []


def refusing(value):
    return value["refused"] if isinstance(value, dict) else ""


def test_a_read_whose_answer_tells_of_trouble_is_repeated_and_then_told():
    call = replace(READ, trouble=refusing)
    late = ok({"refused": "timed out"})
    service = Service(late, late, ok([1]))
    assert service.send(call).value == [1]
    assert len(service.requests) == 3
    with pytest.raises(BackendError, match="POST bots/filter: timed out") as found:
        Service(late).send(call)
    assert not isinstance(found.value, NoAnswer)


def test_a_write_whose_answer_tells_of_trouble_may_have_been_done_and_is_not_repeated():
    service = Service(ok({"refused": "timed out"}))
    with pytest.raises(NoAnswer, match="may have been done, or not"):
        service.send(replace(CREATE, trouble=refusing))
    assert len(service.requests) == 1


def test_a_request_without_a_path_goes_to_the_root_as_it_is_written():
    service = Service(ok())
    service.send(replace(READ, path=""))
    assert service.requests[0].url == ROOT


def test_a_request_may_have_a_name_and_headers_of_its_own():
    service = Service(ok(), refused(400))
    call = replace(READ, name="query access", headers={"X-Tenant": "t"})
    service.send(call)
    assert service.requests[0].headers["x-tenant"] == "t"
    with pytest.raises(BackendError, match="query access: 400"):
        service.send(call)


@pytest.mark.parametrize(
    ("variable", "value", "message", "hint"),
    [
        (
            "HTTPS_PROXY",
            "socks5://127.0.0.1:1",
            "`HTTPS_PROXY` names a SOCKS proxy, and the package for those is not installed",
            "pip install 'httpx[socks]', or set `HTTPS_PROXY` to an http proxy",
        ),
        (
            "ALL_PROXY",
            "socks5h://127.0.0.1:1",
            "`ALL_PROXY` names a SOCKS proxy, and the package for those is not installed",
            "pip install 'httpx[socks]', or set `ALL_PROXY` to an http proxy",
        ),
        *(
            (
                variable,
                value,
                f"`{variable}` does not name a proxy",
                f"write it like `{variable}=http://proxy.example:3128`",
            )
            for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
            for value in ("http://proxy:port", "http://u:s3cret@:3128", "ftp://proxy", "proxy:0")
        ),
        (
            "SSL_CERT_FILE",
            "/nowhere.pem",
            "cannot use `/nowhere.pem`, which `SSL_CERT_FILE` names: no such file or directory",
            "set `SSL_CERT_FILE` to a file of certificates in PEM, or unset it",
        ),
        (
            "SSL_CERT_FILE",
            "/",
            "cannot use `/`, which `SSL_CERT_FILE` names: is a directory",
            "set `SSL_CERT_FILE` to a file of certificates in PEM, or unset it",
        ),
        (
            "SSL_CERT_FILE",
            __file__,
            f"cannot use `{__file__}`, which `SSL_CERT_FILE` names: it holds no certificate",
            "set `SSL_CERT_FILE` to a file of certificates in PEM, or unset it",
        ),
        *(
            (
                "SSL_CERT_DIR",
                place,
                f"there are no certificates in `{place}`, which `SSL_CERT_DIR` names",
                (
                    f"run `openssl rehash {place}`,"
                    " or set `SSL_CERT_FILE` to a file of certificates in PEM"
                ),
            )
            for place in ("/nowhere", str(Path(__file__).parent), "/nowhere:/nor/here")
        ),
    ],
)
def test_a_setting_of_the_network_that_cannot_be_used_is_named(
    monkeypatch, variable, value, message, hint
):
    monkeypatch.setattr(network, "find_spec", lambda _: None)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(variable, value)
    with pytest.raises(BackendError) as found:
        Client(ROOT, SECRET)
    assert (str(found.value), found.value.hint) == (message, hint)
    assert "s3cret" not in f"{found.value} {found.value.hint}"
    Client("http://127.0.0.1:4200/api", SECRET)  # which needs neither


def test_a_stray_character_in_the_variable_of_a_proxy_is_named(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128 ")
    with pytest.raises(CredentialError, match="a blank or a line break in `HTTPS_PROXY`"):
        Client(ROOT, SECRET)


@pytest.mark.parametrize(
    ("variable", "value", "shown"),
    [
        ("HTTPS_PROXY", "http://127.0.0.1:9", "`127.0.0.1:9`, which `HTTPS_PROXY` names"),
        ("https_proxy", "http://u:p@127.0.0.1:9", "`127.0.0.1:9`, which `https_proxy` names"),
        ("ALL_PROXY", "127.0.0.1:9", "`127.0.0.1:9`, which `ALL_PROXY` names"),
    ],
)
def test_a_proxy_is_taken_from_the_variables_that_others_take_it_from(
    monkeypatch, variable, value, shown
):
    monkeypatch.setenv(variable, value)
    assert str(network.proxy_of(httpx.URL(ROOT))) == shown
    for passed in ("cloud.example", " other , .example", "*", "cloud.example:443"):
        monkeypatch.setenv("NO_PROXY", passed)
        assert network.proxy_of(httpx.URL(ROOT)) is None
    monkeypatch.setenv("NO_PROXY", "oud.example, other")
    assert network.proxy_of(httpx.URL(ROOT)) is not None


def test_what_goes_to_this_machine_in_clear_text_goes_through_no_proxy(monkeypatch):
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    assert network.proxy_of(httpx.URL("http://127.0.0.1:4200/api")) is None
    monkeypatch.delenv("ALL_PROXY")
    monkeypatch.delenv("HTTPS_PROXY")
    assert network.proxy_of(httpx.URL(ROOT)) is None


@pytest.mark.parametrize("blank", [" ", "\n", "\u2028"])
def test_a_blank_in_a_key_or_a_url_is_named_as_what_it_is(blank):
    for root, key in ((ROOT, SECRET + blank), (ROOT + blank, SECRET)):
        with pytest.raises(CredentialError, match="there is a blank or a line break") as found:
            Client(root, key)
        assert (
            found.value.hint
            == "set it again without the blank or the line break, which is often the last character"
        )


def test_a_proxy_that_cannot_be_reached_is_named(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    named = "the proxy `127.0.0.1:9`, which `HTTPS_PROXY` names"
    with pytest.raises(BackendError) as found:
        Service(httpx.ConnectError("refused")).send(READ)
    assert str(found.value) == f"cannot reach {named}: refused"
    hint = "check the network and the proxy in `HTTPS_PROXY`, or name `cloud.example` in `NO_PROXY`"
    assert found.value.hint == hint
    with pytest.raises(BackendError) as found:
        Service(httpx.ProxyError("407 who are you?")).send(READ)
    assert str(found.value) == f"{named}, does not lead to `cloud.example`: 407 who are you?"
    assert found.value.hint == (
        "write its user and password into `HTTPS_PROXY`, if it asks for them,"
        " or name `cloud.example` in `NO_PROXY`"
    )
    monkeypatch.setenv("NO_PROXY", "cloud.example")
    with pytest.raises(BackendError, match="cannot reach") as found:
        Service(httpx.ConnectError("refused")).send(READ)
    assert found.value.hint == "check the network and the URL, then try again"
