"""The check for characters that get into a secret or a URL by mistake when it is copied.

All backends use this check, so that the same mistake has the same message.
Messages name the variable and the kind of character, never a part of the value.
"""

from __future__ import annotations

import unicodedata

from ..errors import CredentialError

QUOTES = frozenset("\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb")
SHAPELESS = frozenset("\u034f\u115f\u1160\u3164\uffa0")
"""Characters without a shape that Unicode counts among letters and marks."""

AGAIN = "set it again without the blank or the line break, which is often the last character"
UNQUOTED = "set it again without the quotation marks: they would be a part of the value"
UNSEEN = (
    "set it again, typed or copied as plain text; such a character is often the first or the last"
)


def check_secret(secret: str, what: str) -> None:
    """Refuse a *secret* with a character that no secret has; *what* names it in the message.

    Raises:
        CredentialError: it has a blank, a quote or another such character.
    """
    check_url_text(secret, what)
    if not (secret.isascii() and secret.isprintable()):
        raise CredentialError(f"there are characters that no key has in {what}", hint=UNSEEN)


def check_url_text(url: str, what: str, own: str = "") -> None:
    """Refuse a *url* with blanks or quotes around it, or hidden characters in it.

    *own* are allowed characters: the name of a file may have blanks.

    Raises:
        CredentialError: it has such characters.
    """
    last = len(url) - 1
    for number, character in enumerate(url):
        if character not in own or number in (0, last):
            _check(character, what)
    if url[:1] in QUOTES or url[-1:] in QUOTES:
        raise CredentialError(f"{what} stands in quotation marks", hint=UNQUOTED)


def _check(character: str, what: str) -> None:
    if character.isspace():
        raise CredentialError(f"there is a blank or a line break in {what}", hint=AGAIN)
    if unicodedata.category(character) in ("Cc", "Cf") or character in SHAPELESS:
        code = f"U+{ord(character):04X}"
        message = f"there is an invisible character, {code}, in {what}"
        raise CredentialError(message, hint=UNSEEN)
