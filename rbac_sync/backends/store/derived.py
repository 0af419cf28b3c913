"""The expressions of the columns of the trail that the database derives; see ``tables.audit``.

Migration 0008 adds these columns. A change of an expression needs a migration of its own.
"""

from __future__ import annotations

ENDING = """
CASE WHEN {find}(object_id, '/access/') > 0 THEN ''
     WHEN substr(object_id, length(object_id) - 12) = '/account_role' THEN 'a'
     ELSE 'd' END
"""
"""The sort of a binding, by its address: access, an account role or a default role."""

SHAPE = f"""
object_table
|| CASE WHEN "before" IS NULL AND "after" IS NULL THEN '.'
        WHEN "before" IS NULL THEN '+'
        WHEN "after" IS NULL THEN '-'
        ELSE '=' END
|| CASE object_table
        WHEN 'membership' THEN {ENDING}
        WHEN 'role' THEN
            CASE WHEN {{find}}(coalesce("after", "before"), '"level":"account"') > 0
                 THEN '1' ELSE '0' END
        WHEN 'user' THEN
            CASE WHEN {{find}}("before", '"status":"pending"') > 0 THEN '1' ELSE '0' END
            || CASE WHEN {{find}}("after", '"status":"pending"') > 0 THEN '1' ELSE '0' END
        ELSE '' END
"""
PLACE = f"""
CASE WHEN "before" IS NULL AND "after" IS NULL THEN ''
     WHEN object_table = 'workspace' THEN object_id
     WHEN object_table = 'object_access' OR object_table = 'membership' AND {ENDING} <> 'a'
         THEN substr(object_id, 1, {{find}}(object_id || '/', '/') - 1)
     ELSE '' END
"""


def expressions(*, is_file: bool) -> dict[str, str]:
    """Return the expression of each derived column, for SQLite or for PostgreSQL."""
    find = "instr" if is_file else "strpos"
    return {name: text.format(find=find) for name, text in (("shape", SHAPE), ("place", PLACE))}
