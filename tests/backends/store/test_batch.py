"""Writes that are held back until they can be made many at a time."""

from __future__ import annotations

from itertools import islice
from uuid import RFC_4122, UUID

from rbac_sync.backends.store.batch import IDS_DRAWN, _new_ids


def test_ids_are_random_uuids_in_their_usual_form():
    drawn = list(islice(_new_ids(), 3 * IDS_DRAWN))

    assert drawn == [str(UUID(each)) for each in drawn]
    assert {(UUID(each).version, UUID(each).variant) for each in drawn} == {(4, RFC_4122)}
    assert len(set(drawn)) == len(drawn)
    assert {each[19] for each in drawn} == set("89ab")
