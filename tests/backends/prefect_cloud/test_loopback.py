"""A service that is wrong, over real HTTP: nothing is believed, and no file is written over."""

from __future__ import annotations

import gzip

import httpx
import pytest

from ...cli.running import bare, run
from .cloud import KEY, Cloud
from .loopback import MISSING, RAW, loopback

CONFIGURATION = """
[backend]
type = "prefect-cloud"
account = "acme"
"""
BETWEEN = "look at the URL, and at what stands between: a proxy, a log-in page"


def packed(answer, change):
    raw = change(gzip.compress(answer.content))
    return httpx.Response(200, headers={"content-encoding": "gzip"}, extensions={RAW: raw})


def cut(answer):
    return httpx.Response(200, content=answer.content[:-9], extensions={MISSING: 9})


def year_9999(answer):
    answer.headers["date"] = "Fri, 31 Dec 9999 23:59:59 GMT"
    return answer


FAULTS = {
    "a log-in page": (lambda a: httpx.Response(200, html="<html>"), "expected JSON", BETWEEN),
    "nothing": (lambda a: httpx.Response(204), "is not what was asked for", BETWEEN),
    "a part": (lambda a: httpx.Response(206, content=a.content), "only a part", BETWEEN),
    "damaged": (lambda a: packed(a, lambda z: z[:10] + b"xx" + z[12:]), "damaged", BETWEEN),
    "cut off": (lambda a: packed(a, lambda z: z[:-9]), "is cut off", BETWEEN),
    "broken off": (cut, "broke off", BETWEEN),
    "too deep": (lambda a: httpx.Response(200, content=b"[" * 100_000), "expected JSON", BETWEEN),
    "wait for ever": (
        lambda a: httpx.Response(429, headers={"retry-after": "9" * 30}),
        "too many requests",
        "try again later",
    ),
    "an end of time": (year_9999, "does not say what time it is", BETWEEN),
}


@pytest.fixture(scope="module")
def service():
    """A server that answers for the account that a test gives it."""
    accounts = []

    def answer(request):
        return accounts[-1].answer(request)

    with loopback(answer) as root:
        yield root, accounts


@pytest.fixture
def company(service, tmp_path, monkeypatch, at_once):
    """An account with something of each kind, which the current folder declares as it is."""
    root, accounts = service
    cloud = Cloud()
    prod = cloud.workspace("prod", name="Production")
    bo, ci = cloud.member("Bo.Olsen@Example.org", "Admin"), cloud.bot("ci")
    ops = cloud.team("ops", bo, ci)
    for each in (bo, ci, ops):
        cloud.grant(prod, each, "Viewer")
    accounts.append(cloud)
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RBAC_SYNC_URL", f"{root}/api")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", KEY)
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "rbac.toml").write_text(CONFIGURATION)
    assert run("pull . --overwrite").code == 0
    return cloud


def files(folder):
    return {each: each.read_bytes() for each in folder.rglob("*.toml")}


def test_what_is_pulled_is_what_is_live(company):
    assert run("plan").out.startswith("No changes")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_answer_is_named_with_a_remedy_and_no_file_is_written_over(
    company, tmp_path, fault
):
    change, message, hint = FAULTS[fault]
    whole = files(tmp_path)
    is_time = fault == "an end of time"
    company.after = lambda _, path, answer: (
        change(answer) if is_time or path == "bots/filter" else answer
    )
    pulled = run("pull . --overwrite")

    assert pulled.code == 1
    assert message in pulled.err
    assert f"help: {hint}" in pulled.err
    assert files(tmp_path) == whole


def test_a_key_does_not_go_to_where_a_redirection_leads(company):
    came = []

    def elsewhere(request):
        came.append(request)
        return httpx.Response(200, json=[])

    with loopback(elsewhere) as other:
        location = {"location": f"{other}/api/bots/filter"}
        company.after = lambda _, path, answer: (
            httpx.Response(307, headers=location) if path == "bots/filter" else answer
        )
        pulled = run("pull . --overwrite")

    assert f"redirected to `{location['location']}`, which is not followed" in pulled.err
    assert "help: the API key goes to `127.0.0.1` alone; check the URL" in pulled.err
    assert came == []


def test_a_service_that_gives_a_row_at_a_time_hides_nothing(company):
    company.most = 1

    assert run("plan").out.startswith("No changes")
