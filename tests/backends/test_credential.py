"""Secrets."""

from __future__ import annotations

import re

from rbac_sync.backends.credential import hashed, new_key, same


def test_a_key_is_long_random_and_recognisable():
    keys = {new_key() for _ in range(200)}

    assert len(keys) == 200
    assert all(re.fullmatch(r"rbs_[A-Za-z0-9]{36,}", key) for key in keys)


def test_the_hash_of_a_key_is_its_sha_256():
    assert hashed("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert same(hashed("abc"), hashed("abc"))
    assert not same(hashed("abc"), hashed("abd"))
