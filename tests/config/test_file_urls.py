"""URLs of databases and services, in one spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from rbac_sync.config import resolve_url, same_url


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("sqlite:///a.db", "sqlite:///./a.db"),
        ("sqlite:///a.db", "sqlite:///x/../a.db"),
        ("sqlite:///a.db", "sqlite:///file:a.db?uri=true"),
        ("sqlite:///a.db", "sqlite:///a.db?timeout=9"),
        ("sqlite:////srv/a.db", "sqlite:////srv//./a.db"),
        ("https://api.acme.example/api", "https://API.acme.example:443/api/"),
        ("http://localhost:8080", "http://localhost:8080/"),
        ("postgresql://db/rbac", "postgres://ana@DB:5432/rbac"),
        ("postgresql://db/rbac", "postgresql+psycopg://db/rbac"),
    ],
)
def test_two_spellings_of_one_url_are_the_same(tmp_path, url, other):
    assert same_url(resolve_url(url, tmp_path)) == same_url(resolve_url(other, tmp_path))


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("sqlite:///a.db", "sqlite:////a.db"),
        ("sqlite:///a.db", "sqlite:///A.db"),
        ("https://acme.example/api", "http://acme.example/api"),
        ("https://acme.example:8443/api", "https://acme.example/api"),
        ("postgresql://db/rbac", "postgresql://db/other"),
        ("postgresql:///rbac?host=/a", "postgresql:///rbac?host=/b"),
        ("https://acme.example:x/api", "https://acme.example:y/api"),
    ],
)
def test_urls_that_lead_elsewhere_are_not_the_same(tmp_path, url, other):
    assert same_url(resolve_url(url, tmp_path)) != same_url(resolve_url(other, tmp_path))


def test_a_file_is_the_same_through_a_link(tmp_path):
    Path(tmp_path / "link").symlink_to(tmp_path)
    assert same_url(f"sqlite:///{tmp_path}/link/a.db") == same_url(f"sqlite:///{tmp_path}/a.db")
