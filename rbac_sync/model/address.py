"""Addresses of things: a kind and a key, stable across runs and backends."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote

from ..named_tuples import NamedTuple
from .kind import PREFIXES, SPECS, Kind

SAFE = "@:+-._"
PLAIN = re.compile(rf"[A-Za-z0-9~{re.escape(SAFE)}]*")
"""A name that is not encoded."""
MOST_KEPT = 1 << 18
"""The most cached addresses of a kind: a server runs for months and gets requests for any name."""
_KINDS = frozenset(map(str, Kind))
_WHOLE = frozenset({Kind.BINDING, Kind.KEY, Kind.OBJECT})
"""The kinds whose keys are the whole texts of their addresses."""
_ALONE = frozenset({Kind.ACCOUNT, Kind.EVERYONE})
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Address(NamedTuple):
    """A kind and a key, derived from a resource and never parsed from user input.

    Keys are names people write (a lower-case e-mail, a handle), not backend
    ids, which stay inside the session that read them. A role's key is
    ``level/name``. The key of a binding, an API key or an object is the whole text
    of its address, which contains the address of its principal or workspace.
    """

    kind: Kind
    key: str

    @property
    def name(self) -> str:
        """The name that people write: the key, for a role without the level."""
        return self.key.partition("/")[2] if self.kind is Kind.ROLE else self.key

    def __str__(self) -> str:
        if self.kind in _WHOLE:
            return self.key
        return str(self.kind) if self.kind in _ALONE else self.kind + "." + encoded(self.name)


def encoded(name: str) -> str:
    """Return *name* with the characters percent-encoded that a shell or a path could misread.

    Half a surrogate pair, which JSON allows and UTF-8 does not, is encoded too.
    """
    return name if PLAIN.fullmatch(name) else escaped(name)


@lru_cache(maxsize=MOST_KEPT)
def escaped(name: str) -> str:
    """Return *name*, in which there is a character that ``encoded`` encodes, encoded."""
    return quote(name, safe=SAFE, errors="surrogatepass")


ACCOUNT = Address(Kind.ACCOUNT, "")
"""The root scope. A state describes exactly one account (or tenant)."""

EVERYONE = Address(Kind.EVERYONE, "")
"""All users of the account, but no service accounts. A default role binds these."""

ANYWHERE = Address(Kind.WORKSPACE, "*")
"""Every workspace, existing or future; no handle can be ``*``."""


IN_EMAILS = re.compile(r"[!#-'*+\-./0-9=?@A-Z^_`a-z{|}~]*")
"""Visible ASCII without the characters that separate or quote addresses in a list of them."""


def folded(email: str) -> str:
    """Return an e-mail in lower case, ASCII letters only.

    ``str.lower`` would map U+212A KELVIN SIGN to ``k`` and so make one person
    of two mailboxes; databases differ in such mappings. The result is a plain ``str``,
    also of a text of ``[guard]``: addresses are cached and shared, and the trail has texts only.
    """
    lower = email.lower() if email.isascii() else email.translate(_LOWER)
    return email if email == lower and type(email) is str else lower


def is_email(text: str) -> bool:
    """Say whether *text* has the form of an e-mail address.

    It is no parser of RFC 5322: it refuses forms that no directory uses.
    """
    if not IN_EMAILS.fullmatch(text):
        return False
    local, _, domain = text.rpartition("@")
    is_cut = domain.startswith((".", "-")) or domain.endswith((".", "-")) or ".." in text
    return bool(local and domain) and "@" not in local and not is_cut


@lru_cache(maxsize=MOST_KEPT)
def user(email: str) -> Address:
    """Return the address of the person with this e-mail, whatever its case."""
    return Address(Kind.USER, folded(email))


def stored(kind: Kind, key: str) -> Address:
    """Return the address of *kind* and *key*, with unchanged case; reuse that of ``user`` if equal.

    *Why*: an account has many people, and one value for each address saves memory.
    """
    known = user(key) if kind is Kind.USER else None
    return known if known and known.key == key else Address(kind, key)


@lru_cache(maxsize=MOST_KEPT)
def service_account(name: str) -> Address:
    """Return the address of a service account."""
    return Address(Kind.SERVICE_ACCOUNT, name)


@lru_cache(maxsize=MOST_KEPT)
def team(name: str) -> Address:
    """Return the address of a team."""
    return Address(Kind.TEAM, name)


@lru_cache(maxsize=MOST_KEPT)
def workspace(handle: str) -> Address:
    """Return the address of a workspace."""
    return Address(Kind.WORKSPACE, handle)


def label(principal: Address) -> str:
    """Return a principal as it is written: ``bo@x.org``, ``sa:ci``, ``team:ops``, ``everyone``."""
    if prefix := SPECS[principal.kind].prefix:
        return f"{prefix}:{principal.key}"
    return "everyone" if principal == EVERYONE else principal.key


def listed_name(principal: Address) -> str:
    """Return the name of a principal in the access list of an object; everyone is ``*``."""
    return "*" if principal == EVERYONE else label(principal)


def place(scope: Address) -> str:
    """Return a scope in words: ``the account``, ``every workspace``, ``workspace prod``."""
    if scope == ACCOUNT:
        return "the account"
    if scope.kind is Kind.OBJECT:
        return f"`{object_name(scope)}` of {place(object_workspace(scope))}"
    return "every workspace" if scope == ANYWHERE else f"workspace {scope.key}"


def binding(principal: Address, scope: Address) -> Address:
    """Return the address of the binding of *principal* in *scope*.

    *Why* only its parts are cached: an account has many bindings, and fewer people and scopes.
    """
    if scope == ACCOUNT:
        return Address(Kind.BINDING, f"{principal}/account_role")
    if principal == EVERYONE:
        return Address(Kind.BINDING, f"{scope}/default_role")
    return Address(Kind.BINDING, _access_of(scope) + _written(principal))


@lru_cache(maxsize=MOST_KEPT)
def _access_of(scope: Address) -> str:
    """Return the beginning of the addresses of bindings in *scope*."""
    return f"{scope}/access/"


@lru_cache(maxsize=MOST_KEPT)
def _written(principal: Address) -> str:
    """Return the end of the addresses of bindings of *principal*."""
    return encoded(label(principal))


@lru_cache(maxsize=MOST_KEPT)
def workspace_object(workspace: Address, name: str) -> Address:
    """Return the address of the object *name* in *workspace*."""
    return Address(Kind.OBJECT, f"{workspace}/object/{encoded(name)}")


def object_name(address: Address) -> str:
    """Return the name of the object at *address*: ``deployment:etl/daily``."""
    return _decoded(address.key.rpartition("/")[2])


def object_workspace(address: Address) -> Address:
    """Return the workspace of the object at *address*."""
    return Address(Kind.WORKSPACE, _decoded(address.key.partition("/")[0].partition(".")[2]))


def key_owner(address: Address) -> Address | None:
    """Return the owner of the key at *address*; None if no key can have this address."""
    return printed(address.key.rpartition("/key/")[0]) if address.kind is Kind.KEY else None


def bound(address: Address) -> list[tuple[Address, Address]]:
    """Return each (principal, scope) whose binding has this *address*.

    Usually that is one pair; none if no binding can have this address, and two if an
    e-mail address begins like ``sa:ci``.
    """
    head, _, rest = address.key.partition("/")
    named = printed(head)
    pairs = _pairs(named, rest) if named is not None else []
    return [pair for pair in pairs if binding(*pair) == address]


def _pairs(named: Address, rest: str) -> list[tuple[Address, Address]]:
    where, _, written = rest.partition("/")
    match where:
        case "account_role":
            return [(named, ACCOUNT)]
        case "default_role":
            return [(EVERYONE, named)]
        case "access":
            return [(principal, named) for principal in _labelled(written)]
    return []


@lru_cache(maxsize=MOST_KEPT)
def printed(text: str) -> Address | None:
    """Return the address that prints as *text*, None if there is none; see ``Address.__str__``."""
    kind, _, name = text.partition(".")
    return Address(Kind(kind), _decoded(name)) if kind in _KINDS else None


@lru_cache(maxsize=MOST_KEPT)
def _labelled(written: str) -> tuple[Address, ...]:
    """Return each principal whose label is *written*; see ``label``."""
    user = Address(Kind.USER, _decoded(written))
    prefix, colon, name = user.key.partition(":")
    is_other = colon and prefix in PREFIXES
    return (user, Address(PREFIXES[prefix], name)) if is_other else (user,)


def _decoded(text: str) -> str:
    return unquote(text, errors="surrogatepass")
