"""The handlers of Prefect Cloud 1, one for each kind."""

from __future__ import annotations

from uuid import UUID

from ...remote.ids import Ids
from ..api import Api
from ..doubles import Doubles
from .bindings import Bindings
from .handler import Handler
from .keys import Keys
from .roles import Roles
from .service_accounts import ServiceAccounts
from .users import Users


def handlers(api: Api, ids: Ids, doubles: Doubles, lost: frozenset[UUID]) -> tuple[Handler, ...]:
    """Return the handlers of one tenant in the order of reading: each needs ids of earlier ones.

    *lost* has the ids of keys whose secret is lost.
    """
    first = (kind(api, ids, doubles=doubles) for kind in (Roles, Users, ServiceAccounts))
    return *first, Keys(api, ids, doubles=doubles, lost=lost), Bindings(api, ids, doubles=doubles)
