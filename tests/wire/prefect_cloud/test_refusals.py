"""The bodies of refusals, whichever form they have."""

from __future__ import annotations

import pytest

from rbac_sync.wire.prefect_cloud.refusals import (
    ErrorBody,
    ExceptionBody,
    FieldError,
    HTTPError,
    HTTPValidationError,
)

MISSING = {"loc": ["body", "name"], "msg": "Field required", "type": "missing"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"detail": "Invalid authentication credentials"}, "Invalid authentication credentials"),
        ({"detail": [MISSING]}, "body.name: Field required"),
        (
            {"detail": [MISSING, {"loc": [], "msg": "too many", "type": "x"}]},
            "body.name: Field required; too many",
        ),
        (
            {
                "exception_message": "Invalid request received.",
                "exception_detail": [MISSING],
                "request_body": {"handle": "x"},
            },
            "Invalid request received. body.name: Field required",
        ),
        ({"exception_message": "No.", "exception_detail": None}, "No."),
        ({"detail": {"reason": 1}}, ""),
        ({"detail": [1, 2]}, ""),
        ({"detail": None}, ""),
        ({}, ""),
    ],
)
def test_every_form_of_refusal_is_read_into_one_text(body, said):
    assert str(ErrorBody.model_validate(body)) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (HTTPError(detail="Method Not Allowed"), "Method Not Allowed"),
        (HTTPValidationError(detail=[FieldError(**MISSING)]), "body.name: Field required"),
        (
            ExceptionBody(exception_message="No.", exception_detail=[MISSING]),
            "No. body.name: Field required",
        ),
    ],
)
def test_every_form_that_is_written_is_read(written, said):
    assert str(ErrorBody.model_validate_json(written.model_dump_json())) == said


def test_what_a_body_refuses_is_not_in_its_representation():
    assert "secret" not in repr(ErrorBody(detail="secret"))
