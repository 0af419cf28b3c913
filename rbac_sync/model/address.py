"""Names for things: a kind and a key, stable across runs and backends."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from .kind import PREFIXES, SPECS, Kind

SAFE = "@:+-._"
MOST_KEPT = 1 << 18
"""How many addresses of a kind are kept, since a server is asked for any name, for months."""
_KINDS = frozenset(map(str, Kind))
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Address(NamedTuple):
    """A kind and a key, derived from a resource and never parsed from user input.

    Keys are names people write (a lower-case e-mail, a handle), not backend
    ids; ids stay inside the session that learned them. A role's key is
    ``level/name``; the keys of bindings and API keys are their whole text,
    since they are named by what they belong to, and so are those of objects.
    """

    kind: Kind
    key: str

    @property
    def name(self) -> str:
        """The name that people write: the key, of a role without its level."""
        return self.key.partition("/")[2] if self.kind is Kind.ROLE else self.key

    def __str__(self) -> str:
        match self.kind:
            case Kind.BINDING | Kind.KEY | Kind.OBJECT:
                return self.key
            case Kind.ACCOUNT | Kind.EVERYONE:
                return str(self.kind)
            case Kind.ROLE:
                return f"role.{encoded(self.key.partition('/')[2])}"
        return f"{self.kind}.{encoded(self.key)}"


@lru_cache(maxsize=MOST_KEPT)
def encoded(name: str) -> str:
    """Return *name* with everything percent-encoded that a shell or a path could misread.

    So is half a surrogate pair, which JSON can carry and UTF-8 cannot.
    """
    return quote(name, safe=SAFE, errors="surrogatepass")


ACCOUNT = Address(Kind.ACCOUNT, "")
"""The root scope. A state describes exactly one account (or tenant)."""

EVERYONE = Address(Kind.EVERYONE, "")
"""All users of the account, but no service accounts. A default role binds these."""

ANYWHERE = Address(Kind.WORKSPACE, "*")
"""Every workspace, existing or future; no handle can be ``*``."""


def folded(email: str) -> str:
    """Return an e-mail in lower case, ASCII letters only.

    ``str.lower`` would map U+212A KELVIN SIGN to ``k`` and so make two
    mailboxes one person, and databases disagree about which.
    """
    lower = email.lower() if email.isascii() else email.translate(_LOWER)
    return email if email == lower else lower


@lru_cache(maxsize=MOST_KEPT)
def user(email: str) -> Address:
    """Return the address of the person with this e-mail, whatever its case."""
    return Address(Kind.USER, folded(email))


def stored(kind: Kind, key: str) -> Address:
    """Return the address of *kind* and *key*, whatever its case; of a person the one of ``user``.

    *Why*: an account has as many people as it is declared to have, and each needs one address.
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
    """Return a principal as the access list of an object names it; everyone is ``*``."""
    return "*" if principal == EVERYONE else label(principal)


def place(scope: Address) -> str:
    """Return a scope as people say it: ``the account``, ``every workspace``, ``workspace prod``."""
    if scope == ACCOUNT:
        return "the account"
    if scope.kind is Kind.OBJECT:
        return f"`{object_name(scope)}` of {place(object_workspace(scope))}"
    return "every workspace" if scope == ANYWHERE else f"workspace {scope.key}"


@lru_cache(maxsize=MOST_KEPT)
def binding(principal: Address, scope: Address) -> Address:
    """Return the address of what *principal* holds in *scope*."""
    if scope == ACCOUNT:
        return Address(Kind.BINDING, f"{principal}/account_role")
    if principal == EVERYONE:
        return Address(Kind.BINDING, f"{scope}/default_role")
    return Address(Kind.BINDING, f"{scope}/access/{encoded(label(principal))}")


@lru_cache(maxsize=MOST_KEPT)
def workspace_object(workspace: Address, name: str) -> Address:
    """Return the address of the object in *workspace* that people call *name*."""
    return Address(Kind.OBJECT, f"{workspace}/object/{encoded(name)}")


def object_name(address: Address) -> str:
    """Return the name of the object at *address*: ``deployment:etl/daily``."""
    return _decoded(address.key.rpartition("/")[2])


def object_workspace(address: Address) -> Address:
    """Return the workspace of the object at *address*."""
    return Address(Kind.WORKSPACE, _decoded(address.key.partition("/")[0].partition(".")[2]))


def key_owner(address: Address) -> Address | None:
    """Return whose key has this *address*; None if no key can have it."""
    return _printed(address.key.rpartition("/key/")[0]) if address.kind is Kind.KEY else None


def bound(address: Address) -> list[tuple[Address, Address]]:
    """Return each (principal, scope) whose binding has this *address*.

    That is one pair, none if nothing can be bound by this name, two where an
    e-mail begins as ``sa:ci`` does.
    """
    head, _, rest = address.key.partition("/")
    named = _printed(head)
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
def _printed(text: str) -> Address | None:
    """Return what is printed so, None if nothing is; see ``Address.__str__``."""
    kind, _, name = text.partition(".")
    return Address(Kind(kind), _decoded(name)) if kind in _KINDS else None


@lru_cache(maxsize=MOST_KEPT)
def _labelled(written: str) -> tuple[Address, ...]:
    """Return each principal that is written so; see ``label``."""
    user = Address(Kind.USER, _decoded(written))
    prefix, colon, name = user.key.partition(":")
    is_other = colon and prefix in PREFIXES
    return (user, Address(PREFIXES[prefix], name)) if is_other else (user,)


def _decoded(text: str) -> str:
    return unquote(text, errors="surrogatepass")
