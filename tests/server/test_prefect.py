"""The vendor's own client of today's system, prefect 3, against this server.

It stands in a virtualenv of its own, whose python ``RBAC_SYNC_TEST_PREFECT`` names::

    python -m venv prefect && prefect/bin/pip install prefect
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from rbac_sync.model import Workspace
from rbac_sync.planning import Change

from ..fork_server import ForkServer
from .serving import Server, served

PYTHON = os.environ.get("RBAC_SYNC_TEST_PREFECT", "")
pytestmark = pytest.mark.skipif(
    not PYTHON, reason="`RBAC_SYNC_TEST_PREFECT` names no python that has prefect 3"
)
COMMANDS = (
    "automation",
    "block",
    "cloud",
    "concurrency_limit",
    "deploy",
    "deployment",
    "flow",
    "flow_run",
    "global_concurrency_limit",
    "variable",
    "version",
    "work_pool",
    "work_queue",
)
LATE = ["anyio._backends._asyncio", "prefect.cli._prompts", "rich._emoji_codes"]
FORGET_SETTINGS = """
import prefect.context

prefect.context.GLOBAL_SETTINGS_CONTEXT = None
prefect.context.refresh_global_settings_context()
"""


@dataclass
class Client:
    """The client on a machine of its own, whose home is a new folder."""

    server: Server
    home: Path
    commands: ForkServer

    def cloud(self, *words: str, fails: bool = False) -> str:
        """Run ``prefect cloud``; return what it prints, its line breaks taken out."""
        return self.prefect("cloud", *words, fails=fails)

    def prefect(self, *words: str, fails: bool = False) -> str:
        """Run ``prefect``; return what it prints, its line breaks taken out."""
        return self.python("-m", "prefect", *words, fails=fails)

    def python(self, *words: str, fails: bool = False) -> str:
        """Run the client's python; return what it prints, its line breaks taken out."""
        kept = {"PATH": os.environ["PATH"], "HOME": str(self.home), "COLUMNS": "200"}
        told = {
            "PREFECT_HOME": str(self.home / ".prefect"),
            "PREFECT_CLOUD_API_URL": f"{self.server.root}/api",
            "PREFECT_CLIENT_MAX_RETRIES": "0",
        }
        done = self.commands.run(*words, env=kept | told, cwd=self.home)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return " ".join((done.stdout + done.stderr).split())


@pytest.fixture(scope="module")
def commands():
    modules = [*LATE, *(f"prefect.cli.{name}" for name in COMMANDS)]
    server = ForkServer(PYTHON, modules, FORGET_SETTINGS)
    yield server
    server.close()


@pytest.fixture
def client(tmp_path, commands):
    with served(f"sqlite:///{tmp_path}/rbac.db") as server:
        server.add(Change(None, Workspace("prod", "Prod")), Change(None, Workspace("dev", "Dev")))
        yield Client(server, tmp_path, commands)


def test_somebody_logs_in_looks_around_goes_elsewhere_and_logs_out(client):
    said = client.cloud("login", "--key", client.server.key, "--workspace", "acme/prod")
    assert "Authenticated with Prefect Cloud! Using workspace 'acme/prod'" in said
    listed = client.cloud("workspace", "ls")
    assert "acme/dev" in listed
    assert "* acme/prod" in listed
    said = client.cloud("workspace", "set", "--workspace", "acme/dev")
    assert "Successfully set workspace to 'acme/dev'" in said
    assert "* acme/dev" in client.cloud("workspace", "ls")
    assert "Logged out from Prefect Cloud" in client.cloud("logout")


def test_a_member_sees_the_workspaces_it_has_access_to_and_no_others(client):
    key = client.server.person("bo@example.org")
    said = client.cloud("login", "--key", key, "--workspace", "acme/prod", fails=True)
    assert "acme/dev" not in said


def test_a_wrong_key_is_told_in_the_clients_own_words(client):
    said = client.cloud("login", "--key", "pnu_nobody", "--workspace", "acme/prod", fails=True)
    assert "Unable to authenticate with Prefect Cloud" in said


FLOW = """
from prefect import flow

@flow
def hello(name: str = "x"):
    print(name)
"""
PROJECT = """
name: project
deployments:
- name: nightly
  entrypoint: flow.py:hello
  work_pool: {name: here}
  schedules: [{cron: "0 1 * * *"}]
- name: plain
  entrypoint: flow.py:hello
  work_pool: {name: here}
"""
SECRET = """
from prefect import get_client
from prefect.blocks.system import Secret

for value in ("first", "second"):
    Secret(value=value).save("token", overwrite=True)
print("secret", Secret.load("token").get())
client = get_client(sync_client=True)
print("answers", client.api_healthcheck(), client.hello().json(), client.api_version())
"""


@pytest.fixture
def there(client):
    """The client in the workspace `prod`, in the folder of a project."""
    client.cloud("login", "--key", client.server.key, "--workspace", "acme/prod")
    (client.home / "flow.py").write_text(FLOW)
    (client.home / "prefect.yaml").write_text(PROJECT)
    return client


def test_a_project_is_deployed_again_and_looked_at(there):
    there.prefect("work-pool", "create", "here", "--type", "process")
    for _ in range(2):
        assert "hello/plain" in there.prefect("deploy", "--all")
    assert "hello/nightly" in there.prefect("deployment", "ls")
    assert "'parameters': {}" in there.prefect("deployment", "inspect", "hello/plain")
    schedule = ("deployment", "schedule")
    assert "0 1 * * *" in there.prefect(*schedule, "ls", "hello/nightly")
    there.prefect(*schedule, "create", "hello/plain", "--interval", "3600")
    there.prefect(*schedule, "pause", "--all")
    assert "False" in there.prefect(*schedule, "ls", "hello/plain")
    there.prefect(*schedule, "clear", "hello/plain", "--accept-yes")
    assert "hello" in there.prefect("flow", "ls")
    assert "here" in there.prefect("work-pool", "ls")
    assert "here" in there.prefect("work-pool", "inspect", "here")
    there.prefect("work-queue", "ls")
    assert "Created flow run" in there.prefect("deployment", "run", "hello/plain")
    assert "hello" in there.prefect("flow-run", "ls")


def test_the_commands_of_variables(there):
    assert "Set variable" in there.prefect("variable", "set", "v", "one", "--tag", "t")
    assert "one" in there.prefect("variable", "get", "v")
    there.prefect("variable", "set", "v", "two", fails=True)
    there.prefect("variable", "set", "v", "two", "--overwrite")
    assert "two" in there.prefect("variable", "inspect", "v")
    assert "v" in there.prefect("variable", "ls")
    assert "Unset variable" in there.prefect("variable", "unset", "v")
    assert "not found" in there.prefect("variable", "get", "v", fails=True)


AUTOMATION = """
automations:
- name: told
  description: d
  trigger:
    type: event
    posture: Reactive
    expect: [prefect.flow-run.Failed]
    threshold: 1
    within: 0
  actions: [{type: do-nothing}]
"""


def test_the_commands_of_automations(there):
    (there.home / "automations.yaml").write_text(AUTOMATION)
    said = there.prefect("automation", "create", "--from-file", "automations.yaml")
    assert "told" in said
    assert "told" in there.prefect("automation", "ls")
    assert "do-nothing" in there.prefect("automation", "inspect", "told", "--yaml")
    there.prefect("automation", "pause", "told")
    assert "enabled: false" in there.prefect("automation", "inspect", "told", "--yaml")
    there.prefect("automation", "resume", "told")
    assert "enabled: true" in there.prefect("automation", "inspect", "told", "--yaml")
    assert "Deleted" in there.prefect("automation", "delete", "told")


RUN = """
from prefect import get_client, flow

@flow
def hello():
    pass

with get_client(sync_client=True) as client:
    print("run", client.create_flow_run(hello, name="by-hand").id)
"""


def test_the_commands_of_flow_runs(there):
    run = there.python("-c", RUN).split("run ", 1)[1].split()[0]
    assert "by-hand" in there.prefect("flow-run", "ls", "--flow-name", "hello")
    assert run in there.prefect("flow-run", "inspect", run)
    there.prefect("flow-run", "logs", run)
    assert "cancell" in there.prefect("flow-run", "cancel", run)
    assert "by-hand" in there.prefect("flow-run", "ls", "--state-type", "CANCELLING")
    assert "Successfully deleted" in there.prefect("flow-run", "delete", run)
    there.prefect("flow-run", "inspect", run, fails=True)


def test_the_commands_of_concurrency_limits(there):
    assert "Created" in there.prefect("concurrency-limit", "create", "db", "3")
    assert "db" in there.prefect("concurrency-limit", "ls")
    assert "3" in there.prefect("concurrency-limit", "inspect", "db")
    assert "Reset" in there.prefect("concurrency-limit", "reset", "db")
    assert "Deleted" in there.prefect("concurrency-limit", "delete", "db")
    there.prefect("global-concurrency-limit", "create", "all", "--limit", "3")
    there.prefect("global-concurrency-limit", "disable", "all")
    assert "all" in there.prefect("global-concurrency-limit", "ls")
    there.prefect("global-concurrency-limit", "update", "all", "--limit", "4")
    assert "limit=4" in there.prefect("global-concurrency-limit", "inspect", "all")
    there.prefect("global-concurrency-limit", "delete", "all")


def test_the_commands_of_work_queues(there):
    there.prefect("work-pool", "create", "here", "--type", "process")
    assert "Created work queue" in there.prefect("work-queue", "create", "fast", "--pool", "here")
    assert "fast" in there.prefect("work-queue", "ls", "--pool", "here")
    there.prefect("work-queue", "pause", "fast", "--pool", "here")
    assert "is_paused=True" in there.prefect("work-queue", "inspect", "fast", "--pool", "here")
    there.prefect("work-queue", "resume", "fast", "--pool", "here")
    there.prefect("work-queue", "set-concurrency-limit", "fast", "2", "--pool", "here")
    there.prefect("work-queue", "preview", "fast", "--pool", "here")
    there.prefect("work-queue", "delete", "fast", "--pool", "here")
    assert "fast" not in there.prefect("work-queue", "ls", "--pool", "here")
    there.prefect("work-queue", "create", "alone")
    assert "alone" in there.prefect("work-queue", "ls")


def test_a_secret_is_kept_and_the_server_says_who_it_is(there):
    said = there.python("-c", SECRET)
    assert "secret second" in said
    assert "answers None 👋 0.8.4" in said
    assert "secret" in there.prefect("block", "type", "ls")
    assert "token" in there.prefect("block", "ls")
    assert "Server type: cloud" in there.prefect("version")
