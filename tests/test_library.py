"""The library: load, plan, apply and drift as functions, as the page about it shows them."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

import rbac_sync
from rbac_sync.backends.store import init
from rbac_sync.errors import CredentialError, StalePlan

from .test_house import ROOT

PAGE = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
ROOT_TOML = """
[backend]
type = "store"
account = "acme"
url = "{url}"
[people]
olivia = "olivia@acme.example"
ana = "ana@acme.example"
[members]
owner = ["olivia"]
member = ["ana"]
"""
KEY = """
[service_accounts.ci]
keys.nightly = {{ until = {} }}
"""


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'rbac.db'}"


@pytest.fixture
def key(url):
    return init(url, "acme", "prefect-cloud", "olivia@acme.example")


@pytest.fixture
def folder(tmp_path, url):
    path = tmp_path / "access" / "rbac.toml"
    path.parent.mkdir()
    path.write_text(ROOT_TOML.format(url=url))
    return path.parent


def test_the_example_of_the_page_does_what_it_says(folder, key):
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    command = [sys.executable, "-W", "error", "-c", example]

    ran = subprocess.run(
        command, cwd=folder.parent, input=key, capture_output=True, text=True, check=False
    )

    assert (ran.stdout.splitlines(), ran.stderr) == (
        ["create member.ana@acme.example", "added 1, changed 0, destroyed 0", "drift: 0"],
        "",
    )


def test_the_page_names_every_function_with_its_arguments():
    rows = re.findall(r"^\| `(\w+)\(", PAGE, re.MULTILINE)

    assert rows == ["load", "plan", "apply", "drift"]
    assert all(hasattr(rbac_sync, name) for name in re.findall(r"rbac_sync\.(\w+)", PAGE))


def test_a_plan_that_the_guard_refuses_is_not_applied(folder, key):
    root = folder / "rbac.toml"
    text = root.read_text().replace('owner = ["olivia"]\nmember = [', 'member = ["olivia", ')
    root.write_text(text)
    configuration = rbac_sync.load(folder)
    review = rbac_sync.plan(configuration, key)

    with pytest.raises(rbac_sync.PlanRefused) as refused:
        rbac_sync.apply(configuration, review, key)

    assert list(refused.value.findings) == review.findings
    assert {finding.rule for finding in review.findings} >= {"LAST_OWNER"}


def test_a_stale_review_is_not_applied(folder, key):
    configuration = rbac_sync.load(folder)
    review = rbac_sync.plan(configuration, key)
    root = folder / "rbac.toml"
    root.write_text(root.read_text().replace("member =", "admin ="))
    other = rbac_sync.load(folder)
    rbac_sync.apply(other, rbac_sync.plan(other, key), key)

    with pytest.raises(StalePlan):
        rbac_sync.apply(configuration, review, key)


def test_a_plan_that_makes_keys_needs_a_place_for_their_secrets(folder, key):
    end = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    with (folder / "rbac.toml").open("a") as root:
        root.write(KEY.format(end))
    configuration = rbac_sync.load(folder)
    review = rbac_sync.plan(configuration, key)
    kept = {}

    with pytest.raises(rbac_sync.RbacSyncError) as refused:
        rbac_sync.apply(configuration, review, key)
    assert str(refused.value) == (
        "the plan makes API keys, and `keep` is not given: service-account.ci/key/nightly"
    )
    assert refused.value.hint == "pass `keep`, a function that stores their secrets"
    applied = rbac_sync.apply(configuration, review, key, keep=kept.update)

    assert kept == applied.secrets
    assert list(kept) == ["service-account.ci/key/nightly"]


@pytest.mark.parametrize("call", [rbac_sync.plan, rbac_sync.drift])
def test_a_key_with_a_blank_in_it_is_named_by_its_argument(folder, key, call):
    with pytest.raises(CredentialError, match="`api_key`"):
        call(rbac_sync.load(folder), f"{key} ")


def test_a_name_that_the_library_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module `rbac_sync` has no attribute `nothing`"):
        rbac_sync.nothing  # noqa: B018 - the look-up is what is tested
    assert set(rbac_sync.__all__) <= set(dir(rbac_sync))


def test_importing_the_package_imports_none_of_it():
    code = (
        "import sys, rbac_sync; "
        "print([name for name in sys.modules if name.startswith('rbac_sync.')])"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
