"""The statements that read what is held: an index answers them."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store.handlers.bindings import BY

from .stores import connected, founded


@pytest.mark.parametrize("column", BY)
def test_what_one_holds_and_who_holds_a_role_is_found_by_an_index(tmp_path, column):
    url = f"sqlite:///{tmp_path}/rbac.db"
    founded(url)
    with connected(url) as connection:
        text = str(
            BY[column].compile(connection.engine, compile_kwargs={"render_postcompile": True})
        )
        steps = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {text}", {"account": 1, column: 4}
        ).all()
    plan = " / ".join(step[3] for step in steps)
    assert f"COVERING INDEX ix_binding_account_{column}" in plan
    assert "binding USING PRIMARY KEY (account=? AND scope=? AND principal=?)" in plan
