"""Whom and what a name stands for, and what is said of one that stands for nobody."""

from __future__ import annotations

import pytest

from .folder import declares

MANAGED = '[manage]\nmembers = "all"\n'
LEAVERS = [
    ("bo", "[teams.t]\nmembers = ['bo']\n[people]\nbo = 'bo@x.org'\n"),
    ("bo@x.org", "[teams.t]\nmembers = ['bo@x.org']\n"),
    ("bo@x.org", "[workspaces.w.access]\nviewer = ['bo@x.org']\n"),
    ("bo@x.org", "[[test]]\nname = 'n'\nwho = 'bo@x.org'\ncan = ['see_flows']\nworkspace = 'w'\n"),
    ("Ana@y.x.org", "[teams.t]\nmembers = ['Ana@y.x.org']\n"),
    ("boss@x.orgs", "[teams.t]\nmembers = ['boss@x.orgs']\n"),
]


@pytest.mark.parametrize(("who", "text"), LEAVERS)
def test_whoever_left_is_taken_out_or_put_back_and_nobody_else_is_offered(folder, who, text):
    root = f"{MANAGED}[members]\nowner = ['ana@x.org', 'boss@x.org']\n[workspaces.w]\n"
    if "workspaces" in text:
        root = root.replace("[workspaces.w]\n", "")
    (error,) = folder.write(declares(root + text)).errors()

    assert (error.code, error.message) == ("RS202", f"`{who}` is not in `[members]`")
    assert error.hint == f"take `{who}` out here, or put `{who}` back into `[members]`"


def test_a_short_name_that_nobody_has_offers_nobody_else(folder):
    text = "[people]\nboss = 'boss@x.org'\n[members]\nowner = ['boss']\nmember = ['bos']\n"
    (error,) = folder.write(declares(text)).errors()

    assert (error.code, error.message) == ("RS201", "unknown short name `bos`")
    assert error.hint == "add it to `[people]`, or write an e-mail address"
