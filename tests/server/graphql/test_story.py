"""One story of a tenant from its founding on, as people would tell it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.server.issuer import Issuer

from ..tokens import AUDIENCE, ISSUER, Signer
from .tenants import OWNER, UNAUTHORIZED, Asker, staged

EVE = "eve@example.org"
LOG = "{ audit_log(order_by: {timestamp: descending}) { object_id message } }"
EDITOR = ("create:role", "update:role", "delete:role", "update:membership", "read:flow")
READING = ("read:user", "read:membership", "create:api-key", "delete:api-key")


@pytest.fixture
def signer(tmp_path):
    return Signer(tmp_path)


@pytest.fixture
def stage(store_url, signer):
    issuer = Issuer(ISSUER, AUDIENCE, str(signer.jwks))
    with staged(store_url, issuer=issuer) as found:
        yield found


def test_somebody_comes_in_does_what_it_may_and_not_a_permission_more_and_goes(stage, signer):
    admin = stage.admin
    told = {"name": "editor", "permissions": [*EDITOR, *READING]}
    editor = admin.do("create_custom_role", **told)["id"]
    id_ = admin.do("create_membership_invitation", email=EVE, role_id=editor)["id"]

    tokens = Asker(stage.root, "").do("log_in", id_token=signer.token(EVE))
    let_in = Asker(stage.root, tokens["access_token"])
    let_in.do("accept_membership_invitation", invitation_id=id_)
    me = let_in.me()["user_id"]
    eve = Asker(stage.root, let_in.do("create_api_key", user_id=me, name="laptop")["key"])

    reader = eve.do("create_custom_role", name="reader", permissions=["read:flow"])["id"]
    stage.person("ron@example.org", "reader")
    ron = eve.membership("ron@example.org")
    one_more = ["read:flow", "delete:flow"]
    with stage.unchanged():
        for mutation, asked in (
            ("create_custom_role", {"name": "cleaner", "permissions": one_more}),
            ("update_custom_role_permissions", {"role_id": reader, "permissions": one_more}),
            ("update_custom_role_permissions", {"role_id": editor, "permissions": one_more}),
            ("set_membership_role", {"membership_id": ron, "role": "READ_ONLY_USER"}),
            ("set_membership_role", {"membership_id": eve.membership(EVE), "role": "TENANT_ADMIN"}),
            ("create_membership_invitation", {"email": "new@example.org", "role_id": reader}),
            ("delete_membership", {"membership_id": ron}),
        ):
            for _ in range(2):
                assert eve.refused(mutation, **asked) == UNAUTHORIZED
    eve.do("set_membership_role", membership_id=ron, role_id=editor)

    admin.do("delete_membership", membership_id=admin.membership(EVE))
    for asker in (eve, let_in):
        assert "errors" in asker.send("{ auth_info { user_id } }").json()

    rows = admin.ask(LOG)["audit_log"]
    said = [row["message"] for row in rows if row["object_id"] == me]
    assert said == [
        "`member.eve@example.org` deleted",
        "`member.eve@example.org` updated",
        "`member.eve@example.org`: logged in",
        "`member.eve@example.org` created",
    ]
    with stage.backend().open() as session:
        assert list(flaws(session.trail.links())) == []


def at_once(*asked):
    """Send mutations from as many threads; return the bodies of the answers."""
    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(lambda each: each[0].sent(*each[1:]), asked))


def done(bodies):
    return sum("errors" not in body for body in bodies)


def test_of_many_who_send_the_same_at_once_one_is_heard(stage):
    told = {"name": "dev", "permissions": []}
    with stage.on_record("`role.dev` created"):
        bodies = at_once(*[(stage.admin, "create_custom_role", told)] * 6)
    others = {body["errors"][0]["message"] for body in bodies if "errors" in body}
    assert done(bodies) == 1
    assert others == {"Uniqueness violation."}


def test_of_two_administrators_who_remove_each_other_at_once_one_stays(stage):
    kim = stage.person("kim@example.org", "administrator")
    first, second = (stage.admin.membership(w) for w in (OWNER, "kim@example.org"))
    asked = ((stage.admin, second), (kim, first))
    bodies = at_once(*((who, "delete_membership", {"membership_id": id_}) for who, id_ in asked))
    assert done(bodies) == 1


def test_of_two_who_found_the_same_tenant_at_once_one_does(stage):
    bodies = at_once(*[(stage.admin, "create_tenant", {"name": "Beta", "slug": "beta"})] * 2)
    assert done(bodies) == 1
    assert set(stage.admin.tenants()) == {"acme", "beta"}
