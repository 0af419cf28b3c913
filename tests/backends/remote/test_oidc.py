from __future__ import annotations

import json

import jwt
import pytest
import respx

from rbac_sync.backends.remote.oidc import key_set, verified
from rbac_sync.errors import BackendError, BadResponse, CredentialError, RbacSyncError
from tests.issuer import AUDIENCE, ISSUER, Issuer

ISSUED = Issuer()
URL = "https://ci.acme.example/keys/jwks"


def checked(token, keys=ISSUED.jwks):
    return verified(token, ISSUER, AUDIENCE, keys)


def test_the_claims_of_a_signed_token_are_told():
    assert checked(ISSUED.token(actor="octo-ana"))["actor"] == "octo-ana"


def test_the_only_key_is_meant_where_a_token_names_none():
    unnamed = jwt.encode(checked(ISSUED.token(actor="ana")), ISSUED.private, "RS256")
    assert checked(unnamed)["actor"] == "ana"


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (ISSUED.token(iss="https://evil.example"), "invalid issuer"),
        (ISSUED.token(aud="somebody-else"), "audience doesn't match"),
        (ISSUED.token(minutes=-2), "signature has expired"),
        (ISSUED.token(exp=None), 'token is missing the "exp" claim'),
        (ISSUED.token(aud=None), 'token is missing the "aud" claim'),
        (Issuer().token(), "signature verification failed"),
        (Issuer("two").token(), "the issuer has no such key"),
        (ISSUED.token() + "xxx", "invalid crypto padding"),
        ("no token at all", "not enough segments"),
        ("", "not enough segments"),
        ("\udcff.a.b", "it is none"),
    ],
)
def test_a_token_that_does_not_hold_is_refused_with_the_reason(token, why):
    with pytest.raises(CredentialError) as refused:
        checked(token)
    assert str(refused.value) == f"the signed token is not accepted: {why}"
    assert refused.value.hint == "get a new token: it is for one run, and lives for minutes"


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused():
    public = json.dumps(ISSUED.jwks["keys"][0])
    forged = jwt.encode(
        {"iss": ISSUER, "aud": AUDIENCE, "iat": 0, "exp": 2**40}, public * 2, "HS256"
    )
    with pytest.raises(CredentialError, match="not accepted: the specified alg value is not"):
        checked(forged)


def test_an_unsigned_token_is_refused():
    unsigned = jwt.encode({"iss": ISSUER, "aud": AUDIENCE, "iat": 0, "exp": 2**40}, None, "none")
    with pytest.raises(CredentialError, match="not accepted"):
        checked(unsigned)


def test_a_set_without_usable_keys_accepts_nothing():
    with pytest.raises(CredentialError, match="not accepted"):
        checked(ISSUED.token(), {"keys": []})


def test_a_secret_among_public_keys_is_no_key():
    shared = {"kty": "oct", "k": "c2VjcmV0" * 8, "kid": "one"}
    forged = jwt.encode(checked(ISSUED.token()), b"secret" * 8, "HS256", headers={"kid": "one"})
    with pytest.raises(CredentialError, match="the issuer has no such key"):
        checked(forged, {"keys": [shared]})
    assert checked(ISSUED.token(), {"keys": [shared, *ISSUED.jwks["keys"]]})


def test_keys_are_read_from_a_file_beside_the_configuration(tmp_path):
    (tmp_path / "jwks.json").write_text(json.dumps(ISSUED.jwks))
    assert key_set("jwks.json", tmp_path) == ISSUED.jwks


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "cannot read the keys in `jwks.json`: no such file or directory"),
        ("<html>", "cannot read the keys in `jwks.json`: no JSON"),
        ("[]", "`jwks.json` holds no set of keys"),
        ('{"keys": {}}', "`jwks.json` holds no set of keys"),
    ],
)
def test_a_file_without_keys_says_what_is_wrong(tmp_path, text, why):
    if text is not None:
        (tmp_path / "jwks.json").write_text(text)
    with pytest.raises(RbacSyncError) as refused:
        key_set("jwks.json", tmp_path)
    assert str(refused.value) == why
    assert refused.value.hint


@respx.mock
def test_keys_are_fetched_without_a_credential(tmp_path, respx_mock, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", "secret")
    route = respx_mock.get(URL).respond(json=ISSUED.jwks)
    assert key_set(URL, tmp_path) == ISSUED.jwks
    assert "authorization" not in route.calls.last.request.headers


@respx.mock
def test_a_page_in_the_place_of_keys_is_refused(tmp_path, respx_mock):
    respx_mock.get(URL).respond(html="<p>log in</p>")
    with pytest.raises(BadResponse, match="expected JSON"):
        key_set(URL, tmp_path)
    for status in (401, 403, 404):
        respx_mock.get(URL).respond(status)
        with pytest.raises(BackendError, match=f"GET keys/jwks: {status}"):
            key_set(URL, tmp_path)
