"""The scalar types, and what is closed or open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rbac_sync.wire.prefect_cloud.accounts import AccountPlanTier, AccountStatus
from rbac_sync.wire.prefect_cloud.shapes import (
    Answer,
    Body,
    Email,
    Expiration,
    Instant,
    Integer,
    Names,
    Open,
    Request,
    Text,
    Texts,
)

from .models import MODELS

INSTANT = TypeAdapter(Instant)
TEXT = TypeAdapter(Text)
EMAIL = TypeAdapter(Email)
NAMES = TypeAdapter(Names)
TIER = TypeAdapter(Open[AccountPlanTier])


def of(*bases):
    return [model for model in MODELS.values() if issubclass(model, bases)]


def refusal(adapter, value):
    with pytest.raises(ValidationError) as refused:
        adapter.validate_python(value)
    (error,) = refused.value.errors()
    return error["msg"]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("2026-11-22T21:03:15Z", "2026-11-22T21:03:15Z"),
        ("2026-11-22T23:03:15+02:00", "2026-11-22T21:03:15Z"),
        ("2026-11-22T21:03:15.123456+00:00", "2026-11-22T21:03:15.123456Z"),
    ],
)
def test_an_instant_is_written_in_utc_with_z(said, written):
    assert INSTANT.dump_json(INSTANT.validate_python(said)) == f'"{written}"'.encode()


@given(
    st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(9998, 12, 31),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_an_instant_survives_being_written_and_read(moment):
    read = INSTANT.validate_json(INSTANT.dump_json(INSTANT.validate_python(moment)))
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.parametrize("said", ["2026-11-22T21:03:15", "2026-11-22"])
def test_a_time_without_an_offset_is_refused(said):
    assert refusal(INSTANT, said) == "Input should have timezone info"


@pytest.mark.parametrize("said", [0, 1.5, True, "0", ".5", "-1700000000.5"])
def test_a_number_is_no_end_of_a_thing_in_an_answer(said):
    assert "is a number, and no date with a time" in refusal(TypeAdapter(Expiration), said)


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-05:00"])
def test_a_time_outside_the_calendar_in_utc_is_refused_without_a_crash(said):
    assert "is no date of the calendar in UTC" in refusal(INSTANT, said)


def test_text_with_nul_is_refused():
    assert "contains a NUL character" in refusal(TEXT, "a\0b")


def test_text_with_half_a_surrogate_pair_is_refused():
    assert "contains half a surrogate pair" in refusal(TEXT, "a\ud800")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_every_other_text_passes_unchanged(text):
    assert TEXT.validate_python(text) == text


@pytest.mark.parametrize("address", ["ana@acme.example", "a.b+c@x", "ü@ö.example"])
def test_an_address_has_one_at(address):
    assert EMAIL.validate_python(address) == address


@pytest.mark.parametrize(
    "address", ["", "ana", "@acme.example", "ana@", "a@b@c", "a b@c", "a@b\nc", "a\x1b@c", "a@c\n"]
)
def test_what_is_no_address_is_refused(address):
    refusal(EMAIL, address)


def test_a_set_is_written_in_alphabetical_order():
    assert NAMES.dump_json(frozenset({"teams", "acls", "sso"})) == b'["acls","sso","teams"]'


def test_null_for_a_list_of_texts_is_an_empty_one():
    assert TypeAdapter(Texts).validate_python(None) == []


def test_a_number_no_column_holds_is_refused():
    adapter = TypeAdapter(Integer)
    assert adapter.validate_python(2**63 - 1) == 2**63 - 1
    refusal(adapter, 2**63)
    refusal(adapter, -(2**63))


def test_a_known_word_is_recognised_and_an_unknown_one_kept():
    assert TIER.validate_python("TEAM") is AccountPlanTier.TEAM
    assert TIER.validate_python("FREE_2031") == "FREE_2031"
    assert TIER.dump_json(AccountPlanTier.TEAM) == b'"TEAM"'
    assert AccountStatus.FROZEN == "FROZEN"


def complaints(model):
    """Return the types of what *model* says of a flag that nobody knows."""
    try:
        model.model_validate({"nobody_knows": True})
    except ValidationError as refused:
        return {error["type"] for error in refused.errors()}
    return set()


@pytest.mark.parametrize("model", of(Request))
def test_a_request_refuses_an_unknown_field(model):
    assert "extra_forbidden" in complaints(model)


@pytest.mark.parametrize("model", of(Answer, Body))
def test_an_answer_and_an_open_body_pass_over_an_unknown_field(model):
    assert complaints(model) <= {"missing"}


@pytest.mark.parametrize("model", MODELS.values())
def test_every_shape_is_complete_and_a_value(model):
    assert model.__pydantic_complete__
    assert model.model_config["frozen"]
