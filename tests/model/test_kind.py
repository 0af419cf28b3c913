"""The table of kinds is closed, and agrees with the resources and the names that it repeats."""

from __future__ import annotations

import pytest

from rbac_sync.config.schema import ConfigDocument
from rbac_sync.model import (
    ACTORS,
    PRINCIPALS,
    SCOPES,
    Address,
    Kind,
    ObjectAccess,
    Subject,
    label,
)
from rbac_sync.model.address import object_name, object_workspace
from rbac_sync.model.kind import PREFIXES, SPECS, SUBJECTS, kinds_with
from rbac_sync.model.resources import CLASSES


def test_every_kind_has_exactly_one_entry():
    assert sorted(SPECS) == sorted(Kind)


def test_every_resource_is_counted_and_nothing_else_is():
    assert set(kinds_with("counted")) == set(CLASSES)


def test_every_subject_but_access_is_the_subject_of_one_kind():
    assert sorted([*SUBJECTS.values(), Subject.ACCESS]) == sorted(Subject)


def test_a_section_is_a_table_of_the_language_and_the_subject_of_its_kind():
    sections = {kind: spec.section for kind, spec in SPECS.items() if spec.section}
    assert set(sections.values()) <= set(ConfigDocument.known_keys)
    assert sections == {kind: str(SUBJECTS[kind]) for kind in sections}


def test_what_is_named_has_a_section():
    assert all(SPECS[kind].section for kind in kinds_with("named"))


def test_every_actor_is_a_principal_and_no_principal_is_a_scope():
    assert ACTORS < PRINCIPALS
    assert not PRINCIPALS & SCOPES


def test_a_prefix_belongs_to_one_kind_of_principal_and_begins_its_label():
    assert len(PREFIXES) == sum(bool(spec.prefix) for spec in SPECS.values())
    for prefix, kind in PREFIXES.items():
        assert kind in PRINCIPALS
        assert label(Address(kind, "x")) == f"{prefix}:x"


@pytest.mark.parametrize("kind", CLASSES)
def test_every_resource_has_a_word_in_the_audit_trail(kind):
    assert SPECS[kind].table


@pytest.mark.parametrize("name", ["daily", "deployment:daily", "work_pool:", "block:a/b/c", "x:a"])
def test_a_name_that_no_object_has_makes_no_access_list(name):
    with pytest.raises(ValueError, match="is no object"):
        ObjectAccess(Address(Kind.WORKSPACE, "prod"), name)


def test_an_object_is_found_again_by_its_address():
    listed = ObjectAccess(Address(Kind.WORKSPACE, "a.b c"), "deployment:etl é/daily run")

    assert object_name(listed.address) == listed.name
    assert object_workspace(listed.address) == listed.workspace
