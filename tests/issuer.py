"""An issuer of signed tokens, as a CI system is one: a key pair, and what it publishes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://ci.acme.example"
AUDIENCE = "rbac-sync"


class Issuer:
    """Signs claims with an RSA key of its own."""

    def __init__(self, kid: str = "one") -> None:
        self.kid = kid
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def jwks(self) -> dict[str, Any]:
        """The public key, as issuers publish it."""
        public = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {"keys": [{**public, "kid": self.kid, "alg": "RS256", "use": "sig"}]}

    def token(self, minutes: int = 24 * 60, **claims: Any) -> str:
        """Return a token of *claims* that ends in *minutes*; a claim of None is left out."""
        now = datetime.now(UTC)
        usual = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now - timedelta(minutes=10),
            "exp": now + timedelta(minutes=minutes),
        }
        written = {name: said for name, said in {**usual, **claims}.items() if said is not None}
        return jwt.encode(written, self.private, "RS256", headers={"kid": self.kid})
