"""The reading of a GraphQL reply: its data, or the error that it reports.

Only the code of an error decides. Its message can contain text of users.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ...errors import BackendError, BadResponse, CredentialError, Forbidden, RbacSyncError
from ...wire.exchange import read
from ...wire.prefect_cloud_1.answers import Reply, Success
from ...wire.prefect_cloud_1.error_code import ErrorCode
from ..remote.api import parse_value
from ..remote.request import Request
from ..remote.response import STRANGE

T = TypeVar("T")

REFUSALS = frozenset(ErrorCode) - {ErrorCode.API_ERROR, ErrorCode.OUTCOME_UNKNOWN}
"""The codes of errors after which nothing was done."""


def trouble(value: Any) -> str:
    """Return the problem of the service that *value* reports, empty if there is none."""
    try:
        reply: Reply = read(Reply, value)
    except ValueError:
        return ""
    return next(
        (str(f) for f in reply.errors or () if f.extensions.code == ErrorCode.API_ERROR), ""
    )


def data(call: Request, shape: type[T], value: Any, quoted: Callable[[str], str]) -> T:
    """Return the data of a reply in its expected shape; *quoted* is for its texts in messages.

    Raises:
        CredentialError: the key is not accepted, or not for this tenant.
        BackendError: the request was refused.
        BadResponse: it is no reply, or has another shape.
    """
    reply: Reply = parse_value(call, Reply, value)
    if reply.errors:
        fault = min(reply.errors, key=lambda f: f.extensions.code != ErrorCode.UNAUTHENTICATED)
        raise _refusal(call, fault.extensions.code, quoted(str(fault)))
    content: T = parse_value(call, shape, reply.data)
    return content


def payload(
    call: Request, root: str, shape: type[T], value: Any, quoted: Callable[[str], str]
) -> T:
    """Return the payload of the mutation *root*; one that reports no success was refused.

    Raises:
        BackendError: the mutation was refused.
        BadResponse: it is no reply, or does not show whether the mutation succeeded.
    """
    reply: Reply = parse_value(call, Reply, value)
    is_refused = (reply.data or {}).get(root) is None
    for each in reply.errors or ():
        if not is_refused or each.extensions.code not in REFUSALS:
            message = f"{call}: {quoted(str(each))}, though something may have been made"
            raise BadResponse(message, hint=STRANGE)
    content = data(call, dict[str, Any], value, quoted).get(root)
    answer: T = parse_value(call, shape, content)
    if isinstance(answer, Success) and not answer.success:
        why = quoted(answer.error or "no reason is given")
        message = f"{call}: {why}"
        raise BackendError(message, hint="the service does not accept this request")
    return answer


def _refusal(call: Request, code: str, reason: str) -> RbacSyncError:
    message = f"{call}: {reason}"
    if code == ErrorCode.UNAUTHENTICATED:
        hint = "the key may have ended, or belong to another tenant; make a new key"
        return CredentialError("the service does not accept this API key here", hint=hint)
    if code in (ErrorCode.FORBIDDEN, ErrorCode.HIDDEN):
        what = f"the request needs `{call.right}`" if call.right else "this key may not do that"
        hint = "use the key of somebody who may; the tenant's licence may lack it, too"
        return Forbidden(f"{message}: {what}", hint=hint)
    return BackendError(message, hint="the service does not accept this request")
