"""The facts under ``tests/facts`` are what the script derives from the published documents."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from .originals import GRAPHQL, OPENAPI, REST, SCHEMA

SCRIPT = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "facts.py"))


@pytest.mark.originals
def test_the_facts_about_rest_are_those_of_the_published_document():
    assert SCRIPT["rest_facts"](OPENAPI.read_text(encoding="utf-8")) == REST.read_text()


@pytest.mark.originals
def test_the_facts_about_graphql_are_those_of_the_published_schema():
    assert SCRIPT["graphql_facts"](SCHEMA.read_text(encoding="utf-8")) == GRAPHQL.read_text()


def test_facts_have_no_prose_and_keep_fields_whose_name_is_a_word_of_prose():
    field = {"type": "string", "title": "Title", "description": "prose"}
    schema = {"properties": {"title": field}, "required": ["title"], "title": "Thing"}
    document = {"paths": {}, "components": {"schemas": {"Thing": schema}}, "info": {}}

    facts = json.loads(SCRIPT["rest_facts"](json.dumps(document)))

    kept = {"properties": {"title": {"type": "string"}}, "required": ["title"]}
    assert facts == {"paths": {}, "components": {"schemas": {"Thing": kept}}}
