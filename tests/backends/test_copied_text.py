"""What slips into a secret or a URL is named by its kind, and nothing of the value is repeated."""

from __future__ import annotations

import pytest

from rbac_sync.backends.copied_text import check_secret, check_url_text
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import CredentialError

BLANK = (
    "there is a blank or a line break in `X`",
    "set it again without the blank or the line break, which is often the last character",
)
UNSEEN = (
    "set it again, typed or copied as plain text; such a character is often the first or the last"
)
QUOTED = (
    "`X` stands in quotation marks",
    "set it again without the quotation marks: they would be a part of the value",
)
STRAYS = [
    *((f"{stray}{{}}", BLANK) for stray in " \t\n\r\v\f\x85\xa0\u2028\u3000"),
    *((f"{{}}{stray}", BLANK) for stray in (" ", "\t", "\n", "\r\n", "\xa0", "  ")),
    *((form, QUOTED) for form in ('"{}"', "'{}'", "`{}`", "\u201c{}\u201d", '"{}', "{}'")),
    *(
        (f"{stray}{{}}", (f"there is an invisible character, {name}, in `X`", UNSEEN))
        for stray, name in (
            ("\ufeff", "U+FEFF"),
            ("\u200b", "U+200B"),
            ("\u200e", "U+200E"),
            ("\u2060", "U+2060"),
            ("\u00ad", "U+00AD"),
            ("\u3164", "U+3164"),
            ("\x00", "U+0000"),
            ("\x1b", "U+001B"),
        )
    ),
]


@pytest.mark.parametrize(("form", "words"), STRAYS)
def test_a_stray_character_is_named_in_a_secret_and_in_a_url_alike(form, words):
    for check, text in ((check_secret, "pnu_x"), (check_url_text, "https://a.example/api")):
        with pytest.raises(CredentialError) as found:
            check(form.format(text), "`X`")
        assert (str(found.value), found.value.hint) == words
        assert (found.value.exit_code, text in str(found.value)) == (4, False)


@pytest.mark.parametrize("stray", [" ", "\n", "\u200b"])
def test_it_is_named_in_the_middle_too(stray):
    with pytest.raises(CredentialError):
        check_secret(f"pnu_{stray}x", "`X`")


def test_a_letter_that_no_key_has_is_one_of_a_secret_only():
    with pytest.raises(CredentialError, match="there are characters that no key has in `X`") as no:
        check_secret("pnu_\u00e4", "`X`")
    assert no.value.hint == UNSEEN
    check_url_text("https://a.example/\u00e4", "`X`")


def test_a_files_name_may_hold_blanks_and_nothing_else():
    check_url_text("sqlite:////home/ana/my documents/rbac.db", "`X`", own=" ")
    StoreBackend("sqlite:////home/ana/my documents/rbac.db", "acme")
    for url in (" sqlite:///a.db", "sqlite:///a.db ", "sqlite:///a\tb.db", "sqlite:///a\u200b.db"):
        with pytest.raises(CredentialError, match="the database's url"):
            StoreBackend(url, "acme")


@pytest.mark.parametrize("text", ["", "pnu_x", "a.b-c_d~e+f/g=="])
def test_what_is_whole_passes(text):
    check_secret(text, "`X`")
    check_url_text(text, "`X`")
