"""An issuer of identity tokens for tests: its keys in a file, and tokens as it signs them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER, AUDIENCE = "https://login.example.org/", "rbac-sync"


class Signer:
    """Signs tokens with a key of its own, which ``jwks`` in *folder* publishes."""

    def __init__(self, folder: Path) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.jwks = folder / "jwks.json"
        self.publish(self.private)

    def publish(self, private) -> None:
        """Write the public half of *private* where the server looks for keys."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        self.jwks.write_text(json.dumps({"keys": [{**public, "kid": "1", "use": "sig"}]}))

    def token(self, email: str, /, *, private=None, algorithm: str = "RS256", **claims) -> str:
        """Return a token for *email*; *claims* are set besides, or left out if None."""
        now = int(time.time())
        told = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 300,
            "sub": email,
            "email": email,
            "email_verified": True,
            **claims,
        }
        kept = {name: value for name, value in told.items() if value is not None}
        key = private or self.private
        return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": "1"})
