"""What is a name, an e-mail address, and running text."""

from __future__ import annotations

import pytest

from rbac_sync.config.text_rules import email_fault, name_fault, prose_fault, short_name_fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("ana@x.org", ""),
        ("o'neil+ops_1@mail.x-y.example", ""),
        ("ana@localhost", ""),
        ("ana", "is no e-mail address"),
        ("@x.org", "is no e-mail address"),
        ("ana@", "is no e-mail address"),
        ("ana@x@y.org", "is no e-mail address"),
        ("ana@.org", "is no e-mail address"),
        ("ana@x..org", "is no e-mail address"),
        ("a b@x.org", "contains ` ` at position 2"),
        ("a\n@x.org", "contains `\n` at position 2"),
        ("<ana@x.org>", "contains `<` at position 1"),
        (
            "\u212aate@x.org",
            "contains U+212A KELVIN SIGN at position 1; e-mail addresses are plain ASCII",
        ),
        (
            "a\uff20x.org",
            (
                "contains U+FF20 FULLWIDTH COMMERCIAL AT at position 2;"
                " e-mail addresses are plain ASCII"
            ),
        ),
        ("a" * 250 + "@x.org", "is longer than 255 characters"),
    ],
)
def test_an_email_address_is_plain(text, fault):
    assert email_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("two words é", ""),
        ("", "must not be empty"),
        (" x", "must not begin or end with space"),
        ("x\u00a0", "must not begin or end with space"),
        ("a\nb", "must be one line"),
        ("x" * 256, "is longer than 255 characters"),
    ],
)
def test_a_name_is_one_line_of_text(text, fault):
    assert name_fault(text) == fault


@pytest.mark.parametrize("text", ["ana@x.org", "sa:ci", "everyone"])
def test_a_short_name_is_not_taken_for_somebody_else(text):
    assert short_name_fault(text) == "could be taken for somebody else"
    assert short_name_fault("josé") == ""


def test_running_text_may_have_lines_but_not_without_end():
    assert prose_fault("a\nb\n") == ""
    assert prose_fault("x" * 10_001) == "is longer than 10000 characters"
