"""The published documents that the facts under ``tests/`` are derived from.

They are not part of the project. A test marked ``originals`` compares with them and runs where
they lie beside the checkout; elsewhere it is deselected, and all other tests run all the same.
"""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"
SPECS = SHARED / "specs"
INPUT = SPECS / "input"
OPENAPI = SPECS / "prefect-cloud-openapi.json"
SCHEMA = SPECS / "prefect-cloud1.schema.graphql"
CASES = SHARED / "cases" / "escalation-cases.json"

FACTS = Path(__file__).parent / "facts"
REST, GRAPHQL = FACTS / "prefect_cloud.json", FACTS / "prefect_cloud_1.graphql"


def pytest_collection_modifyitems(config, items):
    """Deselect the tests that need the originals where there are none."""
    if SPECS.is_dir():
        return
    without = [item for item in items if item.get_closest_marker("originals")]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in without]
