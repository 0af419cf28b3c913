"""What each error is to a client: its message, and the code by which clients tell them apart."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from rbac_sync.errors import BackendError, CredentialError, Locked, OutcomeUnknown
from rbac_sync.server.graphql.fault import GraphQLFault, fault, quiet, unauthenticated
from rbac_sync.server.http_errors import UNKNOWN
from rbac_sync.server.refusals import Conflict, InvalidRequest, Missing, NotAllowed

INTERNAL = "Unable to complete operation. An internal API error occurred."


@pytest.mark.parametrize(
    ("error", "message", "code"),
    [
        (NotAllowed("missing permission: `x`"), "Unauthorized", "FORBIDDEN"),
        (Missing("no such role"), "no such role", "INTERNAL_SERVER_ERROR"),
        (Conflict("it is in use"), "it is in use", "INTERNAL_SERVER_ERROR"),
        (InvalidRequest("no permission"), "no permission", "INTERNAL_SERVER_ERROR"),
        (CredentialError("s3cret"), "AuthenticationError", "UNAUTHENTICATED"),
        (unauthenticated(), "AuthenticationError", "UNAUTHENTICATED"),
        (Locked("s3cret"), "Operation timed out", "API_ERROR"),
        (BackendError("s3cret"), "Unable to complete operation", "API_ERROR"),
        (OutcomeUnknown("s3cret"), UNKNOWN, "OUTCOME_UNKNOWN"),
        (ZeroDivisionError("s3cret"), INTERNAL, "API_ERROR"),
    ],
)
def test_every_error_has_one_message_and_code(error, message, code):
    found = fault(error)
    assert (found.message, found.code) == (message, code)


def test_what_the_guard_has_to_say_is_told_beside_the_message():
    reason = "missing permission: `update:role`"
    assert fault(NotAllowed(reason)).reason == reason
    assert fault(GraphQLFault("x")).reason == ""


def test_no_name_makes_a_client_take_one_error_for_another():
    told = quiet("`API_ERROR`, UNAUTHENTICATED and Malformed Authorization header: API_ERROR")
    assert told == "`api_error`, unauthenticated and malformed authorization header: api_error"
    assert quiet("api errors") == "api errors"


def test_a_row_that_the_database_cannot_read_is_no_internal_error(stage, tmp_path, caplog):
    with closing(sqlite3.connect(tmp_path / "rbac.db")) as store:
        store.execute("UPDATE binding SET created = CAST(X'FFFE' AS TEXT)")
        store.commit()
    body = stage.admin.send("{ membership { id } }").json()
    told = [(error["message"], error["extensions"]["code"]) for error in body["errors"]]
    assert told == [("Unable to complete operation", "API_ERROR")]
    (said, *_) = {row.reason for row in caplog.records if hasattr(row, "reason")}
    assert said.startswith("the store refused: Could not decode to UTF-8 column 'created'")


def test_a_damaged_row_is_named_in_the_log_alone_and_is_no_internal_error(stage, tmp_path, caplog):
    with closing(sqlite3.connect(tmp_path / "rbac.db")) as store:
        store.execute("UPDATE binding SET created = 'x'")
        store.commit()
    body = stage.admin.send("{ membership { id } }").json()
    told = [(error["message"], error["extensions"]["code"]) for error in body["errors"]]
    assert told == [("Unable to complete operation", "API_ERROR")]
    (said, *_) = {row.reason for row in caplog.records if hasattr(row, "reason")}
    place = "the store is damaged: `binding` row scope 1, principal 10, position 0"
    assert said == f"{place}: `created` cannot be read: 'x'"
    assert [row for row in caplog.records if row.exc_info] == []
