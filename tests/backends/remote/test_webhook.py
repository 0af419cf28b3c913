from __future__ import annotations

import json
from contextlib import closing

import httpx
import pytest

from rbac_sync.backends.remote.client import Timeouts
from rbac_sync.backends.remote.webhook import Webhook
from rbac_sync.errors import BackendError, CredentialError

URL = "https://hooks.acme.example/services/T1/B2/secret?sig=s"


def tell(body="{}", url=URL):
    with closing(Webhook(url, Timeouts(tries=1))) as webhook:
        webhook.tell("SLACK_WEBHOOK_URL", body)


def test_a_message_goes_to_the_url_as_it_is_whatever_comes_back(respx_mock):
    route = respx_mock.post(URL).respond(text="ok")
    tell(json.dumps({"text": "drift"}))
    (call,) = route.calls
    assert str(call.request.url) == URL
    assert json.loads(call.request.content) == {"text": "drift"}
    assert "authorization" not in call.request.headers


@pytest.mark.parametrize(
    "answer",
    [
        {"return_value": httpx.Response(404, text="no_team")},
        {"return_value": httpx.Response(401, json={"detail": f"no such thing: {URL}"})},
        {"return_value": httpx.Response(500)},
        {"return_value": httpx.Response(301, headers={"location": URL.replace("https", "http")})},
        {"return_value": httpx.Response(302, headers={"location": "https://evil.example/"})},
        {"side_effect": httpx.ConnectError("refused")},
        {"side_effect": httpx.ReadTimeout("slow")},
    ],
)
def test_a_message_that_nobody_took_is_an_error_that_does_not_show_the_url(respx_mock, answer):
    respx_mock.post(URL).mock(**answer)
    with pytest.raises(BackendError) as failed:
        tell()
    assert "secret" not in f"{failed.value} {failed.value.hint}"
    assert "sig=" not in f"{failed.value} {failed.value.hint}"


def test_a_slash_at_the_end_of_a_url_is_a_part_of_it(respx_mock):
    route = respx_mock.post("https://hooks.acme.example/drift/").respond(text="ok")
    tell(url="https://hooks.acme.example/drift/")
    assert route.called


def test_a_url_that_holds_what_no_url_does_is_an_error_that_does_not_show_it():
    with pytest.raises(CredentialError, match="an invisible character, U\\+0000") as failed:
        tell(url=f"{URL}\x00")
    assert "secret" not in f"{failed.value} {failed.value.hint}"
