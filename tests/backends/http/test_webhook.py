from __future__ import annotations

import json
from contextlib import closing

import httpx
import pytest

from rbac_sync.backends.anonymous import Webhook
from rbac_sync.backends.http import Patience
from rbac_sync.errors import BackendError

URL = "https://hooks.acme.example/services/T1/B2/secret?sig=s"


def tell(body="{}"):
    with closing(Webhook(URL, Patience(tries=1))) as webhook:
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
        {"return_value": httpx.Response(500)},
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
