"""A small company, with further resources."""

from __future__ import annotations

from ..build import role, service_account, state, team, user, workspace


def company(*more):
    return state(
        user("ana", "owner"),
        user("bo"),
        user("cy"),
        service_account("ci"),
        team("data", "cy"),
        workspace("prod"),
        workspace("test"),
        role("reader", "see_flows"),
        *more,
    )
