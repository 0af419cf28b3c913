"""Named tuples of rbac-sync are those of ``typing``."""

from __future__ import annotations

import pickle
import typing

from rbac_sync import named_tuples


class Theirs(typing.NamedTuple):
    """A key."""

    name: str
    until: int | None = None

    @property
    def title(self) -> str:
        return f"key {self.name}"


class Ours(named_tuples.NamedTuple):
    """A key."""

    name: str
    until: int | None = None

    @property
    def title(self) -> str:
        return f"key {self.name}"


def test_a_named_tuple_is_one_of_typing():
    for made in (Theirs, Ours):
        one = made("a")
        assert (one, one.title, one._replace(until=3)) == (("a", None), "key a", ("a", 3))
        assert repr(one) == f"{made.__name__}(name='a', until=None)"
        assert (made.__doc__, made._field_defaults) == ("A key.", {"until": None})
        assert (made.__module__, made.__qualname__) == (__name__, made.__name__)


def test_the_types_of_fields_are_known_where_somebody_asks():
    assert typing.get_type_hints(Ours) == typing.get_type_hints(Theirs)


def test_a_named_tuple_is_pickled():
    assert type(pickle.loads(pickle.dumps(Ours("a", 3)))) is Ours
