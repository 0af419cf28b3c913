"""Every row of the two documents that the catalogues were made from, where these are at hand."""

from __future__ import annotations

import re

import pytest

from rbac_sync.catalogues import catalogue
from rbac_sync.views.permissions import to_json

from ..originals import INPUT

HEADING = (
    r"^(Creating a new role|Deleting a role ?|Updating a role's permissions (?=Up)|Query the .*)"
)
THREE = "Prefect Cloud contains three default roles"

pytestmark = pytest.mark.originals


def document(prefix):
    (found,) = INPUT.glob(f"{prefix}_*.txt")
    return found.read_text(encoding="utf-8")


def cells():
    rows = (line.rstrip(" |").split(" | ") for line in document("000").splitlines() if "|" in line)
    return [row for row in rows if row[0] not in ("Role", "Permission", "---") and len(row) == 2]


def said(world):
    return {row["words"] for row in to_json(catalogue(world))}


def test_every_permission_of_the_first_document_is_found_by_its_own_row():
    rows = [row for row in cells() if row[1].startswith("User can")]
    assert len(rows) == 26
    for title, words in rows:
        found = to_json(catalogue("prefect-cloud"), f"{title} {words}")
        assert (title, words) in {(row.get("title"), row["words"]) for row in found}


def test_every_ability_of_the_first_document_is_found_under_its_role():
    rows = [row for row in cells() if not row[1].startswith("User can")]
    assert len(rows) == 8
    for role, abilities in rows:
        for sentence in filter(None, re.split(r"(?:^|(?<=[.:]) )- ", abilities)):
            found = to_json(catalogue("prefect-cloud"), f"{role} {sentence}")
            assert (role.lower(), sentence) in {(r.get("role"), r["words"]) for r in found}


def test_every_sentence_of_the_second_document_is_found():
    text = re.sub(r"\n(mutation|query) \{\n.*?\n\}", "", document("001"), flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines()]
    prose = [re.sub(HEADING, "", line) for line in lines if line and line[0] not in "#•"]
    sentences = [s for line in prose for s in re.split(r"(?<=[.]) (?=[A-Z])", line) if s]
    assert len(sentences) > 30
    assert [s for s in sentences if s not in said("prefect-cloud-1")] == [THREE]
    assert f"{THREE}: Administrator, User, Read Only User." in said("prefect-cloud-1")
