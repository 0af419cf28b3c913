"""One comment for each environment, on both forges, over HTTP."""

from __future__ import annotations

import re

import pytest

from rbac_sync.errors import (
    BackendError,
    CredentialError,
    Forbidden,
    NoAnswer,
    NotFound,
    RbacSyncError,
)
from rbac_sync.forges import CommentResult, GitHub, GitLab, put

from .standin import TOKEN, Forge, serving

MARKER = "<!-- rbac-sync:prod -->"


def texts(forge):
    return [row["body"] for row in forge.comments]


def test_the_first_run_writes_a_comment_under_a_hidden_marker(forge, reach):
    assert put(reach(forge), "prod", "Plan: 1\n") is CommentResult.CREATED
    assert texts(forge) == [f"{MARKER}\nPlan: 1\n"]


def test_the_next_run_writes_the_same_comment_anew(forge, reach):
    for number in (1, 2, 3):
        done = put(reach(forge), "prod", f"Plan: {number}\n")
    assert done is CommentResult.UPDATED
    assert texts(forge) == [f"{MARKER}\nPlan: 3\n"]


def test_what_is_there_already_is_not_sent(forge, reach):
    put(reach(forge), "prod", "a\nb\n")
    forge.comments[0]["body"] = forge.comments[0]["body"].replace("\n", "\r\n").rstrip()
    before = forge.written()
    assert put(reach(forge), "prod", "a\nb\n") is CommentResult.UNCHANGED
    assert forge.written() == before


def test_a_comment_is_found_on_whatever_page_it_is(forge, reach):
    for number in range(7):
        forge.say(f"{number}")
    ours = forge.say(f"{MARKER}\nold")
    forge.say("9")
    assert put(reach(forge), "prod", "new") is CommentResult.UPDATED
    assert ours["body"] == f"{MARKER}\nnew"
    assert len(forge.comments) == 9


def test_of_two_comments_the_oldest_is_kept_up_to_date(forge, reach):
    first, second = forge.say(f"{MARKER}\nfirst"), forge.say(f"{MARKER}\nsecond")
    put(reach(forge), "prod", "new")
    assert (first["body"], second["body"]) == (f"{MARKER}\nnew", f"{MARKER}\nsecond")


def test_each_environment_has_a_comment_of_its_own(forge, reach):
    for environment in ("prod", "prod-eu", "staging", "prod"):
        put(reach(forge), environment, f"plan of {environment}")
    assert texts(forge) == [
        f"<!-- rbac-sync:{name} -->\nplan of {name}" for name in ("prod", "prod-eu", "staging")
    ]


@pytest.mark.parametrize("stranger", ["mallory", 8], ids=str)
def test_a_strangers_comment_with_our_marker_is_left_alone(forge, reach, stranger):
    forge.say(f"{MARKER}\nPlan: 0 to add", stranger)
    assert put(reach(forge), "prod", "Plan: 9 to add") is CommentResult.CREATED
    assert texts(forge) == [f"{MARKER}\nPlan: 0 to add", f"{MARKER}\nPlan: 9 to add"]


def test_a_comment_of_ours_that_only_quotes_the_marker_is_left_alone(forge, reach):
    forge.say(f"> {MARKER}")
    assert put(reach(forge), "prod", "x") is CommentResult.CREATED


def test_comments_of_accounts_that_are_gone_are_passed_over(forge, reach):
    forge.say("x")[forge.author] = None
    forge.comments.append({"id": 2})
    assert put(reach(forge), "prod", "x") is CommentResult.CREATED


@pytest.mark.parametrize("name", ["", "a b", "-->", "a\nb", "-x", "x" * 65, "prod -->\n@everybody"])
def test_an_environment_whose_name_could_break_out_is_refused(hub, reach, name):
    with pytest.raises(RbacSyncError, match="is no name of an environment") as found:
        put(reach(hub), name, "x")
    assert found.value.hint
    assert hub.requests == []


def test_a_token_that_is_not_accepted_is_told_without_it(forge, reach):
    with pytest.raises(CredentialError, match=r"Git(Hub|Lab) does not accept the token") as found:
        put(reach(forge, "ghs_wrongwrongwrong"), "prod", "x")
    assert found.value.exit_code == 4
    assert "wrong" not in f"{found.value} {found.value.hint}"


def test_without_a_token_nothing_is_asked(forge, reach):
    with pytest.raises(CredentialError, match="there is no token for Git") as found:
        reach(forge, "")
    assert found.value.hint in ("set `GITHUB_TOKEN`", "set `GITLAB_TOKEN`")
    assert forge.requests == []


@pytest.mark.parametrize(
    ("status", "error", "hint"),
    [
        (403, Forbidden, r"pull-requests: write|scope `api`"),
        (404, NotFound, "the token has to reach this"),
        (429, BackendError, "try again later"),
        (422, BackendError, "does not accept this"),
    ],
)
@pytest.mark.usefixtures("once")
def test_a_refusal_says_what_to_do(forge, reach, status, error, hint):
    forge.refusals = [(status, {"message": f"no, {TOKEN}"}, {})]
    with pytest.raises(error, match=rf"{status} \(no, \*\*\*\)") as found:
        put(reach(forge), "prod", "x")
    assert re.search(hint, found.value.hint)
    assert forge.comments == []


@pytest.mark.usefixtures("once")
def test_a_comment_that_may_have_been_written_is_not_written_twice(hub, reach):
    client = reach(hub)
    whose, listed = (200, {"data": {"viewer": {"login": hub.me}}}, {}), (200, [], {})
    hub.refusals = [whose, listed, (502, {}, {})]
    with pytest.raises(NoAnswer, match="may have been done") as found:
        put(client, "prod", "x")
    assert found.value.hint.startswith("run the command again: it looks for its comment")
    assert len(hub.written()) == 1


@pytest.mark.parametrize("answer", [{}, {"data": None}, "x", {"data": {"viewer": {"login": 1}}}])
def test_an_answer_of_another_form_is_an_error(forge, reach, answer):
    forge.refusals = [(200, answer, {})]
    with pytest.raises(BackendError, match="otherwise than expected"):
        put(reach(forge), "prod", "x")


def test_a_list_without_end_ends(forge, reach):
    forge.refusals = [(200, {"data": {"viewer": {"login": "x"}}, "id": 1}, {})]
    forge.refusals += [(200, [{"id": 1}], {})] * 100
    with pytest.raises(BackendError, match="otherwise than expected"):
        put(reach(forge), "prod", "x")
    assert forge.written() == []


def test_a_token_goes_to_no_other_host(forge, reach):
    with serving(Forge()) as other:
        elsewhere = f"{other.url.replace('127.0.0.1', 'localhost')}/graphql"
        forge.refusals = [(307, {}, {"location": elsewhere})]
        with pytest.raises(BackendError, match="redirected to"):
            put(reach(forge), "prod", "x")
        assert other.requests == []


def test_a_token_goes_nowhere_unencrypted():
    for made in (GitHub, GitLab):
        with pytest.raises(CredentialError, match="unencrypted") as found:
            made(
                {"GITHUB_TOKEN": TOKEN, "GITLAB_TOKEN": TOKEN},
                "http://forge.example/api",
                "acme/access",
                12,
            )
        assert found.value.hint == "use https; http is for this machine only"


def test_what_a_comment_holds_arrives_as_it_is(forge, reach):
    text = '`a\\u202e`\n\u00e9 \U0001f600 @all #1 <b> "quoted" \\ \t'
    put(reach(forge), "prod", text)
    assert texts(forge) == [f"{MARKER}\n{text}"]
