"""Whatever the server makes or changes of keys, log-ins, invitations and lists is on record."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store import StoreBackend
from rbac_sync.pipeline.queries import verify
from rbac_sync.server.issuer import Issuer
from tests.backends.store.stores import connected

from .account import Account
from .graphql.tenants import OWNER, Asker, staged
from .serving import served
from .tokens import AUDIENCE, ISSUER, Signer

LISTS = ("manage_actor_ids", "run_actor_ids", "view_actor_ids")


@pytest.fixture
def acme(tmp_path):
    letters, url = [], f"sqlite:///{tmp_path}/rbac.db"
    with served(url, post=letters.append) as server:
        found = Account(server, server.client())
        found.letters, found.url = letters, url
        yield found


def found_wrong(url, account="acme"):
    with StoreBackend(url, account).open() as session:
        return [str(each) for each in session.unrecorded()]


def kinds_on_record(url):
    with StoreBackend(url, "acme").open() as session:
        told = [row.record.info or {} for row in session.trail.links()]
    return {label.partition("/")[0] for info in told for label in info.get("kept", {})}


def test_keys_made_and_rotated_over_rest_are_on_record(acme):
    bot = acme.post("/bots/", {"name": "ci"}, 201)
    acme.post(f"/bots/{bot['id']}/rotate_api_key", {"old_key_expires_in_seconds": 600}, 201)
    acme.post(f"/bots/{bot['id']}/rotate_api_key", {}, 201)
    acme.patch(f"/bots/{bot['id']}", {"name": "builds"})
    me = acme.client.get("/me/").json()["id"]
    made = acme.client.post(f"/users/{me}/api_keys", json={"name": "laptop"})
    assert made.status_code == 201, made.text
    verdict = verify(StoreBackend(acme.url, "acme"), ())
    assert (verdict.differences, verdict.mismatches, verdict.whole) == ((), (), True)


def test_an_invitation_its_code_and_the_key_it_becomes_are_on_record(acme):
    body = [{"email": "bo@example.org", "account_role_id": acme.account_role("Member")}]
    acme.post("/invitations/", body, 201)
    (letter,) = acme.letters
    assert found_wrong(acme.url) == []
    with acme.server.nobody() as client:
        path = f"/invitations/{letter.invitation_id}/accept"
        assert client.post(path, params={"invite_code": letter.invite_code}).status_code == 204
    assert verify(StoreBackend(acme.url, "acme"), ()).whole


def test_the_access_list_of_an_object_is_on_record_and_compared(acme):
    path = f"/workspaces/{acme.workspace()['id']}/work_pools"
    acme.post(f"{path}/", {"name": "k8s", "type": "kubernetes"}, 201)
    lists = {name: [] for name in LISTS}
    acme.put(f"{path}/k8s/access", {"access_control": lists}, 204)
    assert found_wrong(acme.url) == []
    with connected(acme.url) as connection:
        opened = """UPDATE document SET content = replace(content, '[]', '["*"]')"""
        connection.exec_driver_sql(f"{opened} WHERE kind = 'work-pool'")
    (wrong,) = found_wrong(acme.url)
    assert wrong.startswith("work-pool of `workspace.prod`, `document` row `")
    assert wrong.endswith("`access` is not as the trail says")


def test_what_only_tells_of_rows_is_no_event(acme):
    acme.workspace("prod")
    before = acme.post("/events/filter", {})["total"]
    backend = StoreBackend(acme.url, "acme")
    backend.transact("note", lambda writer: writer.note_account())
    assert acme.post("/events/filter", {})["total"] == before


def test_keys_and_log_ins_of_tenants_are_on_record(tmp_path):
    signer = Signer(tmp_path)
    issuer = Issuer(ISSUER, AUDIENCE, str(signer.jwks))
    with staged(f"sqlite:///{tmp_path}/rbac.db", issuer=issuer) as stage:
        mine = stage.admin.do("create_api_key", user_id=stage.admin.me()["user_id"], name="k")
        stage.admin.do("create_api_key", user_id=stage.admin.me()["user_id"], name="other")
        stage.admin.do("delete_api_key", key_id=mine["id"])
        tokens = Asker(stage.root, "").do("log_in", id_token=signer.token(OWNER))
        assert found_wrong(stage.url) == []
        again = Asker(stage.root, tokens["refresh_token"])
        renewed = again.do("refresh_token", access_token=tokens["access_token"])
        assert found_wrong(stage.url) == []
        stage.admin.do("log_out", access_token=renewed["access_token"])
        assert found_wrong(stage.url) == []
        assert kinds_on_record(stage.url) >= {"api_key", "document"}
