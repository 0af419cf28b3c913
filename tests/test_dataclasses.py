"""Dataclasses of rbac-sync compare, hash and show themselves as those of Python do."""

from __future__ import annotations

import dataclasses
import inspect
import re
from itertools import product
from typing import ClassVar

import pytest

from rbac_sync.dataclasses import FEW, dataclass, field


def example(make):
    """Return a class that the decorator *make* has made."""

    @make
    class Key:
        name: str
        until: int | None = None
        secret: str = field(default="", repr=False)
        place: int = field(default=0, compare=False)

    return Key


def signature(cls):
    """Return the parameters of *cls* with their types, and which of them have a default value."""
    parameters = inspect.signature(cls).parameters.values()
    return [(p.name, p.kind, p.annotation, p.default is p.empty) for p in parameters]


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


@pytest.mark.parametrize("make", [dataclasses.dataclass, dataclass])
def test_objects_without_a_compared_field_are_equal(make):
    @make(frozen=True)
    class Note:
        text: str = field(default="", compare=False)

    assert (Note("a") == Note("b"), hash(Note("a")) == hash(Note("b"))) == (True, True)


def test_a_method_of_the_class_itself_stays():
    @dataclass(frozen=True)
    class Name:
        text: str

        def __repr__(self):
            return self.text

    assert repr(Name("a")) == "a"


@pytest.mark.parametrize("options", [{}, {"slots": True}, {"kw_only": True}])
def test_the_signature_is_that_of_one_of_python_before_and_after_the_first_object(options):
    theirs, ours = (example(make(**options)) for make in (dataclasses.dataclass, dataclass))
    assert signature(ours) == signature(theirs)
    assert ours(name="a").until is None
    assert signature(ours) == signature(theirs)


@pytest.mark.parametrize("objects", [0, FEW])
@pytest.mark.parametrize("options", [{}, {"slots": True}])
def test_each_object_has_a_list_of_its_own_and_what_it_computes_itself(options, objects):
    @dataclass(**options)
    class Team:
        members: list[str] = field(default_factory=list)
        number: int = field(init=False)
        lead: str = field(default="", kw_only=True)

        def __post_init__(self):
            self.number = len(self.members)

    for _ in range(objects):
        Team()
    one, other, given = Team(), Team(), Team(["a"], lead="a")
    assert (one, one.members is other.members) == (other, False)
    assert (given.members, given.number, given.lead) == (["a"], 1, "a")
    assert repr(dataclasses.replace(given, members=[])) == repr(Team(lead="a"))


@pytest.mark.parametrize("objects", [0, FEW])
@pytest.mark.parametrize(
    ("values", "named", "refusal"),
    [
        ((), {}, "missing 1 required positional argument: 'name'"),
        (("a", None, "", 0, 1), {}, "takes from 2 to 5 positional arguments but 6 were"),
        (("a",), {"name": "b"}, "got multiple values for argument 'name'"),
        (("a",), {"size": 1}, "got an unexpected keyword argument 'size'"),
    ],
)
def test_a_wrong_argument_is_refused_by_the_name_of_the_class(objects, values, named, refusal):
    made = example(dataclass)
    for _ in range(objects):
        made("a")
    with pytest.raises(TypeError, match=re.escape(f"Key.__init__() {refusal}")):
        made(*values, **named)


def test_a_subclass_has_the_fields_of_its_base_and_leaves_its_constructor_alone():
    @dataclass
    class Base:
        name: str

    class Plain(Base):
        """Adds nothing."""

    @dataclass
    class Wide(Base):
        size: int = 0

    assert (Wide("a", 2).size, Plain("b").name, Base("c").name) == (2, "b", "c")
    assert "__init__" not in vars(Plain)


def test_the_constructor_is_a_plain_function_after_a_few_objects():
    cls = example(dataclass)
    made = [cls("a", until=each) for each in range(FEW + 1)]
    assert inspect.isfunction(vars(cls)["__init__"])
    assert [(each.name, each.until, each.place) for each in made] == [
        ("a", until, 0) for until in range(FEW + 1)
    ]


def test_the_types_of_fields_are_as_written_and_a_class_variable_is_no_field():
    @dataclass(slots=True)
    class Base:
        kind: ClassVar[str] = "base"
        name: str

    @dataclass(slots=True)
    class Wide(Base):
        size: int | None = None

    written = {"kind": "ClassVar[str]", "name": "str"}
    assert (Base.__annotations__, Wide.__annotations__) == (written, {"size": "int | None"})
    assert [(f.name, f.type) for f in dataclasses.fields(Wide)] == [
        ("name", "str"),
        ("size", "int | None"),
    ]
    assert Wide("a").kind == "base"
