"""Identity tokens: which are believed, and which are not."""

from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from rbac_sync.errors import CredentialError, RbacSyncError
from rbac_sync.server.issuer import FRESH, SOON, Issuer

from .tokens import AUDIENCE, ISSUER, Signer

BO = "bo@example.org"


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return Signer(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def issuer(signer):
    return Issuer(ISSUER, AUDIENCE, str(signer.jwks))


def test_a_token_of_the_issuer_proves_its_address(issuer, signer):
    assert issuer.email(signer.token("Bo@Example.org")) == BO


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://login.example.com/"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"nbf": int(time.time()) + 86_400},
        {"email": None},
        {"email": ["bo@example.org"]},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_says_otherwise_proves_nothing(issuer, signer, claims):
    with pytest.raises(CredentialError):
        issuer.email(signer.token(BO, **claims))


def test_a_token_of_another_key_proves_nothing(issuer, signer):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(CredentialError):
        issuer.email(signer.token(BO, private=other))


def test_a_token_signed_with_the_public_key_as_a_secret_proves_nothing(issuer, signer):
    secret = "x" * 32
    with pytest.raises(CredentialError):
        issuer.email(signer.token(BO, private=secret, algorithm="HS256"))


@pytest.mark.parametrize("token", ["", "x", "x.y.z", "e30.e30."])
def test_rubbish_proves_nothing(issuer, token):
    with pytest.raises(CredentialError):
        issuer.email(token)


def test_an_unsigned_token_proves_nothing(issuer):
    claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": 0, "exp": 2**33, "email": BO}
    token = jwt.encode({**claims, "email_verified": True}, "", algorithm="none")
    with pytest.raises(CredentialError):
        issuer.email(token)


def test_new_keys_of_the_issuer_are_learned_after_a_while(tmp_path):
    signer, now = Signer(tmp_path), [0.0]
    issuer = Issuer(ISSUER, AUDIENCE, str(signer.jwks), clock=lambda: now[0])
    issuer.email(signer.token(BO))
    new = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signer.publish(new)
    with pytest.raises(CredentialError):
        issuer.email(signer.token(BO, private=new))
    now[0] += FRESH
    assert issuer.email(signer.token(BO, private=new)) == BO


def test_keys_that_could_not_be_had_are_asked_for_again_after_a_moment(tmp_path):
    now, place = [0.0], tmp_path / "late"
    issuer = Issuer(ISSUER, AUDIENCE, str(place / "jwks.json"), clock=lambda: now[0])
    with pytest.raises(RbacSyncError, match="cannot read the keys"):
        issuer.email("x")
    place.mkdir()
    signer = Signer(place)
    with pytest.raises(RbacSyncError, match="a moment ago"):
        issuer.email(signer.token(BO))
    now[0] += SOON
    assert issuer.email(signer.token(BO)) == BO
    signer.jwks.unlink()
    now[0] += FRESH
    for _ in range(2):
        with pytest.raises(RbacSyncError):
            issuer.email(signer.token(BO))


def test_keys_that_cannot_be_had_are_no_fault_of_the_token(tmp_path, signer):
    with pytest.raises(RbacSyncError, match="cannot read the keys"):
        Issuer(ISSUER, AUDIENCE, str(tmp_path / "none.json")).email(signer.token(BO))
