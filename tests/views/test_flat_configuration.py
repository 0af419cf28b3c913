"""The flat configuration declares what the written one resolves to, line by line with its place."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given

from rbac_sync import config
from rbac_sync.catalogues import catalogue
from rbac_sync.config.toml_format import format_file
from rbac_sync.errors import ConfigError
from rbac_sync.views.flat_configuration import flat_rows, render_flat
from tests.config.folder import BACKEND, NOW, Folder
from tests.config.test_account_properties import ADDRESSES, overlay, shared
from tests.config.test_account_properties import written as inline
from tests.config.test_groups import NAMES, lists, written

WORLD = catalogue("prefect-cloud")


def check_flat(sources):
    """Check that the flat form of *sources* is canonical, has every place and means the same."""
    try:
        declared = config.declaration(sources, WORLD, NOW)
    except ConfigError:
        return
    rows = list(flat_rows(declared, WORLD, NOW))
    assert [row for row in rows if row.key and row.place is None] == []
    text = f"{BACKEND}\n{render_flat(rows)}\n"
    assert format_file("rbac.toml", text.encode()).decode() == text
    with TemporaryDirectory() as path:
        again = Folder(Path(path)).write(text).declare(now=NOW)
    assert again.desired == declared.desired
    assert (again.unstated, again.silent_access) == (declared.unstated, declared.silent_access)


@given(lists())
def test_groups_and_teams_become_flat(tables):
    everyone, holders = json.dumps(NAMES), json.dumps(list(tables))
    access = f"[workspaces.prod.access]\nviewer = {holders}\n"
    text = f"{BACKEND}[members]\nowner = {everyone}\n{written(tables)}\n{access}"
    with TemporaryDirectory() as path:
        check_flat(config.read(Folder(Path(path)).write(text).path))


@given(shared, overlay)
def test_an_account_becomes_flat(base, own):
    document = {
        "backend": {"type": "store", "world": "prefect-cloud", "account": "acme"},
        "people": ADDRESSES,
        "members": {"owner": ["ana"], "member": ["bo", "cy", "dee", "sa:ci"]},
        "service_accounts": {"ci": {}},
        **base,
        "accounts": {"x": {"wave": 1, **own}},
    }
    with TemporaryDirectory() as path:
        sources = config.read(Folder(Path(path)).write(inline(document)).path)
        check_flat(config.select_account(sources, "x"))
