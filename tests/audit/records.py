"""Records and chains to try things on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from rbac_sync.audit.chain import START, Link, link
from rbac_sync.audit.record import Authorship, Record
from rbac_sync.model import User, Workspace
from rbac_sync.planning import Change

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANA = User("ana@example.org").address


def made(*changes: Change) -> list[Record]:
    """Return the records of *changes*, a second apart."""
    by = Authorship(ANA, "run")
    return [by.record(c, NOW + timedelta(seconds=n)) for n, c in enumerate(changes)]


def chained(records: list[Record], account: str = "acme") -> list[Link]:
    """Return *records* as a chain."""
    links: list[Link] = []
    for record in records:
        prev = links[-1].hash if links else START
        links.append(link(account, len(links) + 1, prev, record))
    return links


def creations(count: int) -> list[Change]:
    return [Change(None, Workspace(f"w{n}")) for n in range(count)]


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.none() | st.dictionaries(
    text,
    st.recursive(
        st.none() | st.booleans() | st.integers() | text,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=3,
)
records = st.builds(
    Record,
    timestamp=st.datetimes(timezones=st.just(UTC)),
    message=text,
    object_id=text,
    object_table=text,
    info=plain,
    applier=text,
    on_behalf_of=text,
    run=text,
    plan_digest=text,
    before=plain,
    after=plain,
    result=text,
)
