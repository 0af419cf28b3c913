"""Reading from a service: names as they are, and a key of somebody who can act."""

from __future__ import annotations

import httpx
import pytest

from rbac_sync.errors import BackendError, BadResponse, CredentialError
from rbac_sync.model import ServiceAccount, address
from rbac_sync.testing.account import live

from .verbs import every_stranger


def test_a_name_with_half_a_character_is_refused_before_it_reaches_a_digest(service):
    service.account_appears("half")
    service.after = lambda request, answer: (
        httpx.Response(200, content=answer.text.replace('"half"', '"h\\ud800"'))
        if request == service.listing
        else answer
    )
    with pytest.raises(BadResponse, match="expected JSON"):
        live(service.backend)


def test_hostile_names_are_read_as_they_are(service):
    service.account_appears("\x1b[2J\u202eci")
    accounts = live(service.backend).of(ServiceAccount)
    assert address.service_account("\x1b[2J\u202eci") in accounts


@every_stranger
def test_a_key_of_nobody_who_can_act_is_nobodys(service, whose):
    """The e-mail address of an owner does not make the caller that owner."""
    service.call_as(service.strangers[whose](service.memory))
    with service.backend.open() as session, pytest.raises(CredentialError) as refused:
        session.applier()
    assert str(refused.value) == "this API key belongs to nobody in `acme`"
    assert refused.value.hint == "use the key of an active member of the account"


def test_an_applier_who_holds_less_than_its_role_says_is_not_trusted_with_it(service):
    held_now = service.catalogue.roles[service.catalogue.owner].permissions
    service.memory.rights = sorted(held_now)[1:]
    with service.backend.open() as session, pytest.raises(BackendError, match="less than its role"):
        session.applier()


def test_a_key_that_is_not_accepted_is_a_matter_of_credentials(service):
    service.before = lambda request: service.unauthenticated()
    with pytest.raises(CredentialError) as found:
        live(service.backend)
    assert service.key not in f"{found.value} {found.value.hint}"
