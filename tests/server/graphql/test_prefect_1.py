"""The vendor's own client of the older system, prefect 1.4.1, against this server.

It needs an old set of libraries, so it stands in a virtualenv of its own whose
python ``RBAC_SYNC_TEST_PREFECT_1`` names::

    python -m venv prefect1
    prefect1/bin/pip install prefect==1.4.1 'pendulum<3' 'marshmallow>=3,<4' \
        'urllib3<2' 'python-box<6' 'click<8.2' 'setuptools<81'
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from ...fork_server import ForkServer
from .tenants import OWNER, Stage, staged

PYTHON = os.environ.get("RBAC_SYNC_TEST_PREFECT_1", "")
pytestmark = pytest.mark.skipif(
    not PYTHON, reason="`RBAC_SYNC_TEST_PREFECT_1` names no python that has prefect 1.4.1"
)
READ_SETTINGS = """
import prefect

prefect.config.clear()
prefect.config.update(prefect.configuration.load_default_config())
prefect.context.update(config=prefect.config)
"""
CREATE = """
mutation = '''
    mutation($input: create_custom_role_input!) { it: create_custom_role(input: $input) { id } }'''
"""
TENANT = re.compile(r"tenant ([0-9a-f-]{36})")


@dataclass
class Client:
    """The client on a machine of its own, whose home is a new folder."""

    stage: Stage
    home: Path
    commands: ForkServer

    def run(self, *words: str, **settings: str):
        told = {
            "PREFECT__BACKEND": "cloud",
            "PREFECT__CLOUD__API": self.stage.root,
            "PREFECT__HOME_DIR": str(self.home),
            "PREFECT__CLOUD__RATE_LIMITING__BACKOFF_S": "0",
            "PYTHONWARNINGS": "ignore",
            **settings,
        }
        kept = {"PATH": os.environ["PATH"], "HOME": str(self.home)}
        return self.commands.run(*words, env=kept | told, cwd=self.home)

    def auth(self, *words: str, fails: bool = False) -> str:
        """Run ``prefect auth``; return what it prints."""
        return self.prefect("auth", *words, fails=fails)

    def prefect(self, *words: str, fails: bool = False) -> str:
        """Run ``prefect``; return what it prints."""
        done = self.run("-m", "prefect", *words)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def python(self, text: str, key: str, tenant: str = ""):
        """Run a program with a client in it; return the JSON that it prints."""
        begin = "import json\nfrom prefect import Client\nclient = Client()\n"
        settings = {"PREFECT__CLOUD__API_KEY": key}
        if tenant:
            settings["PREFECT__CLOUD__TENANT_ID"] = tenant
        done = self.run("-c", begin + text, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def commands():
    server = ForkServer(PYTHON, ["prefect.cli"], READ_SETTINGS)
    yield server
    server.close()


@pytest.fixture
def client(tmp_path, commands):
    with staged(f"sqlite:///{tmp_path}/rbac.db") as stage:
        yield Client(stage, tmp_path, commands)


def test_somebody_logs_in_looks_around_and_goes_to_another_tenant(client):
    beta = client.stage.found("beta").me()["tenant_id"]
    acme = client.stage.admin.me()["tenant_id"]
    assert "'acme' (acme)" in client.auth("login", "--key", client.stage.key)
    assert TENANT.findall(client.auth("status")) == [acme]
    listed = client.auth("list-tenants")
    assert all(id_ in listed for id_ in (acme, beta))
    client.auth("switch-tenants", "--slug", "beta")
    assert TENANT.findall(client.auth("status")) == [beta]
    client.auth("switch-tenants", "--id", acme)
    assert TENANT.findall(client.auth("status")) == [acme]


def test_a_key_is_made_listed_and_revoked(client):
    client.auth("login", "--key", client.stage.key)
    key = client.auth("create-key", "-n", "laptop", "-e", "2100-01-01", "-q").strip()
    assert re.fullmatch(r"pcu_[A-Za-z0-9_-]{22}", key)
    (line,) = (row for row in client.auth("list-keys").splitlines() if row.startswith("laptop"))
    assert "2100-01-01" in line
    id_ = line.split()[1]
    assert "revoked" in client.auth("revoke-key", "-i", id_)
    assert id_ not in client.auth("list-keys")
    assert "Unauthorized. Invalid" in client.auth("login", "--key", key, fails=True)


def test_a_wrong_key_and_a_tenant_that_is_not_ones_own_are_told_in_the_clients_own_words(client):
    stranger = client.stage.found("beta", "rae@example.org").me()["tenant_id"]
    assert "Unauthorized. Invalid" in client.auth("login", "--key", "pcu_nobody", fails=True)
    client.auth("login", "--key", client.stage.key)
    for id_ in (stranger, str(uuid4())):
        said = client.auth("switch-tenants", "--id", id_, fails=True)
        assert "Your API key is not valid for that tenant" in said
    said = client.auth("switch-tenants", "--slug", "beta", fails=True)
    assert "No matching tenant found for slug 'beta'" in said
    assert TENANT.findall(client.auth("status")) == [client.stage.admin.me()["tenant_id"]]


def test_a_program_asks_and_changes(client):
    text = """
from prefect.utilities.graphql import EnumValue, with_args
asked = with_args("auth_role", {
    "where": {"tenant_id": {"_is_null": True}}, "order_by": {"name": EnumValue("asc")}, "limit": 9})
roles = client.graphql({"query": {asked: ["id", "name", "permissions"]}}).data.auth_role
told = {"input": {"name": "my new role", "permissions": ["read:flow"]}}
made = client.graphql(mutation, variables=told).data.it.id
hello = client.graphql("query { hello }").data.hello
print(json.dumps([[role.name for role in roles], made, hello]))
"""
    names, made, hello = client.python(CREATE + text, client.stage.key)
    assert names == ["READ_ONLY_USER", "TENANT_ADMIN", "USER"]
    assert made == client.stage.admin.role("my new role")
    assert hello == "👋"


def test_a_flow_is_registered_and_run_and_listed(client):
    """A flow of two tasks; its run stays scheduled, since nothing executes it."""
    text = """
from prefect import Flow, Parameter, task
from prefect.run_configs import LocalRun
from prefect.storage import Local
client.create_project("daily", "Runs each day.")
client.create_project("daily")
@task
def double(x):
    return 2 * x
with Flow("etl", run_config=LocalRun(labels=["prod"]), storage=Local()) as flow:
    double(double(Parameter("x", default=1)))
first = client.register(flow, "daily", build=False)
second = client.register(flow, "daily", set_schedule_active=False, no_url=True)
run = client.create_flow_run(flow_id=second, parameters={"x": 2}, run_name="today")
print(json.dumps([first, second, run]))
"""
    first, second, run = client.python(text, client.stage.key)
    rows = client.stage.admin.ask(
        "{ flow(order_by: {version: asc}) { id version archived serialized_flow } }"
    )["flow"]
    assert [(r["id"], r["version"], r["archived"]) for r in rows] == [
        (first, 1, True),
        (second, 2, False),
    ]
    assert [len(rows[0]["serialized_flow"][part]) for part in ("tasks", "edges")] == [3, 2]
    client.auth("login", "--key", client.stage.key)
    listed = [client.prefect("get", what) for what in ("projects", "flows", "flow-runs")]
    assert "Runs each day." in listed[0]
    assert second in listed[1]
    assert first not in listed[1]
    assert re.search(rf"today +etl +Scheduled .*{run}", listed[2])
    said = client.prefect("run", "--name", "etl", "--project", "daily", "--param", "x=3")
    assert "Creating run for flow 'etl'... Done" in said
    assert "deleted" in client.prefect("delete", "project", "daily")
    assert client.stage.admin.ask("{ flow { id } flow_run { id } }") == {"flow": [], "flow_run": []}


def test_a_refusal_reaches_a_program_as_one_and_is_not_sent_again(client):
    user = client.stage.person("bo@example.org")
    text = """
from prefect.exceptions import AuthorizationError, ClientError
told = {"input": {"name": "API_ERROR", "permissions": ["read:flow"]}}
try:
    client.graphql(mutation, variables=told)
except AuthorizationError:
    print(json.dumps("authorization"))
except ClientError as error:
    print(json.dumps(error.args[0][0]))
"""
    with client.stage.unchanged():
        told = client.python(CREATE + text, user.key)
        assert told["extensions"]["code"] == "FORBIDDEN"
        assert told["message"] == "Unauthorized"
        assert client.python(CREATE + text, "pcu_nobody") == "authorization"
    assert OWNER in client.stage.admin.members()
