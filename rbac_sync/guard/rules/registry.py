"""The registry of the guard's rules. Each rule is registered once; none silences another."""

from __future__ import annotations

from collections.abc import Mapping

from ..findings import RuleId
from . import Entrance, Rule
from .authority import capability, dominance, duration, escalation, last_owner, self_lockout
from .outcome import outcome
from .policy import bot, default_role, expiry, protected, public
from .standing import AUTHOR, NO_AUTHORITY, REASON, TERM, TEST
from .threshold import threshold
from .transient import transient
from .validity import builtin, external, in_use, invalid, unseen, unsupported

_IN_ORDER = (
    NO_AUTHORITY,
    Rule(RuleId.CAPABILITY, "RS402", Entrance.SERVER, False, capability),
    Rule(RuleId.ESCALATION, "RS403", Entrance.SERVER, False, escalation),
    Rule(RuleId.DOMINANCE, "RS404", Entrance.SERVER, False, dominance),
    Rule(RuleId.DURATION, "RS405", Entrance.SERVER, False, duration),
    Rule(RuleId.LAST_OWNER, "RS406", Entrance.SERVER, True, last_owner),
    # A request is one transaction: nobody sees a state between its changes.
    Rule(RuleId.TRANSIENT, "RS407", Entrance.COMMAND, False, transient),
    Rule(RuleId.SELF_LOCKOUT, "RS408", Entrance.SERVER_WITH_POLICY, False, self_lockout),
    Rule(RuleId.BUILTIN, "RS409", Entrance.SERVER, False, builtin),
    Rule(RuleId.IN_USE, "RS410", Entrance.SERVER, False, in_use),
    Rule(RuleId.DEFAULT_ROLE, "RS411", Entrance.SERVER_WITH_POLICY, False, default_role),
    Rule(RuleId.BOT, "RS412", Entrance.SERVER_WITH_POLICY, False, bot),
    Rule(RuleId.PUBLIC, "RS413", Entrance.SERVER_WITH_POLICY, False, public),
    Rule(RuleId.EXPIRY, "RS414", Entrance.SERVER_WITH_POLICY, False, expiry),
    Rule(RuleId.THRESHOLD, "RS415", Entrance.SERVER_WITH_POLICY, False, threshold),
    Rule(RuleId.EXTERNAL, "RS416", Entrance.SERVER, False, external),
    Rule(RuleId.INVALID, "RS417", Entrance.SERVER, True, invalid),
    Rule(RuleId.UNSUPPORTED, "RS418", Entrance.SERVER, True, unsupported),
    Rule(RuleId.PROTECTED, "RS419", Entrance.SERVER_WITH_POLICY, True, protected),
    TEST,
    AUTHOR,
    Rule(RuleId.UNSEEN, "RS424", Entrance.SERVER, True, unseen),
    Rule(RuleId.OUTCOME, "RS422", Entrance.SERVER, True, outcome),
    REASON,
    TERM,
)
"""The rules, in the order of their findings in reports."""

RULES: Mapping[RuleId, Rule] = {rule.id: rule for rule in _IN_ORDER}
CODES: Mapping[RuleId, str] = {rule.id: rule.code for rule in _IN_ORDER}
