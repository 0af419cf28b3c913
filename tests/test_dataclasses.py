"""Dataclasses of rbac-sync compare, hash and show themselves as those of Python do."""

from __future__ import annotations

import dataclasses
from itertools import product

import pytest

from rbac_sync.dataclasses import dataclass, field


def example(make):
    """Return a class that the decorator *make* has made."""

    @make
    class Key:
        name: str
        until: int | None = None
        secret: str = field(default="", repr=False)
        place: int = field(default=0, compare=False)

    return Key


def behaviour(cls):
    """Return what objects of *cls* show of themselves, and how they compare."""
    values = ("a", None, "x", 1), ("a", None, "x", 2), ("a", 3, "x", 1), ("b", 3, "y", 1)
    made = [cls(**dict(zip(("name", "until", "secret", "place"), v, strict=True))) for v in values]
    equal = [one == other for one, other in product(made, [*made, "a", None])]
    hashed = [hash(each) for each in made] if cls.__eq__ is not object.__eq__ else []
    return [repr(each) for each in made], equal, hashed


@pytest.mark.parametrize(
    "options",
    [
        {"frozen": True, "slots": True},
        {"frozen": True},
        {"frozen": True, "kw_only": True},
        {"eq": False},
        {"slots": True, "eq": False},
    ],
)
def test_a_dataclass_is_compared_hashed_and_shown_as_one_of_python(options):
    theirs, ours = (example(make(**options)) for make in (dataclasses.dataclass, dataclass))
    assert behaviour(ours) == behaviour(theirs)


def test_what_may_change_has_no_hash():
    with pytest.raises(TypeError, match="unhashable"):
        hash(example(dataclass)("a"))


def test_objects_of_two_classes_are_never_equal():
    assert example(dataclass)("a") != example(dataclass)("a")


def test_a_method_of_the_class_itself_stays():
    @dataclass(frozen=True)
    class Name:
        text: str

        def __repr__(self):
            return self.text

    assert repr(Name("a")) == "a"
