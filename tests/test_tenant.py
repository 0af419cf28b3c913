"""The tenant example against the older API, from a tenant that is in use to `No changes.`"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from rbac_sync.backends.prefect_cloud_1.api import Api
from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import ACCOUNT, Level, Status, User, held
from rbac_sync.model import address as named
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere

from .backends.store.stores import dump
from .cli.running import bare, run
from .server.graphql.tenants import WORLD, Stage
from .server.serving import serving
from .test_examples import DATE, OWNERS, TENANT, _laid_out

INVITE, KEY = "create_membership_invitation", "create_api_key"
STORED = """type = "store"
account = "brightwater"
url = "sqlite:///rbac.db"
world = "prefect-cloud-1"
"""
JOINED = ("oskar.lund", "henry.cole", "julia.rossi", "amara.eze")
"""Who is in the tenant already, as read-only user; the others are yet to be invited."""


@dataclass
class Tenant:
    """The example in the current folder, for a tenant that a server plays."""

    stage: Stage
    folder: Path

    def edit(self, name, *edits):
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def live(self):
        with self.stage.backend("brightwater").open() as session:
            return session.read()


@pytest.fixture
def tenant(tmp_path, monkeypatch):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    url, settings = f"sqlite:///{tmp_path / 'served.db'}", {"invitations": True}
    key = init(url, "brightwater", WORLD, OWNERS[TENANT], settings=settings)
    monkeypatch.setenv("RBAC_SYNC_API_KEY", key)
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
    guarded = GuardedStore(Accounts(url), post=nowhere)
    with serving(guarded) as root:
        made = Tenant(Stage(url, root, guarded, key), tmp_path)
        for name in JOINED:
            made.stage.person(f"{name}@brightwater.example", "read-only-user", "brightwater")
        _laid_out(TENANT, tmp_path)
        made.edit(
            "rbac.toml",
            (STORED, f'type = "{WORLD}"\ntenant = "brightwater"\nurl = "{root}"\n'),
        )
        yield made


def test_the_tenant_becomes_as_declared_and_stays_so(tenant):
    assert run("plan --detailed-exitcode").code == 2
    applied = run("apply --auto-approve --keys-out keys.json")
    assert applied.code == 0, applied.err
    assert "No changes." in run("plan").out
    assert run("drift").code == 0
    assert run("audit verify").code == 0

    state = tenant.live()
    henry = named.user("henry.cole@brightwater.example")
    assert state.holdings(henry, ACCOUNT) == held(role(Level.ACCOUNT, "operator"))
    assert state.get(named.user("nils@audit-partners.example")).status is Status.PENDING
    keys = json.loads((tenant.folder / "keys.json").read_text())
    assert sorted(keys) == [
        "service-account.agent-east/key/host",
        "service-account.agent-west/key/host",
        "service-account.ci/key/build",
    ]
    assert all(secret.startswith("pcu_") for secret in keys.values())
    assert not any(secret in run("audit log --json").out for secret in keys.values())


@pytest.mark.parametrize(
    "mutation",
    [
        INVITE,
        KEY,
        pytest.param("set_membership_role", marks=pytest.mark.long),
        pytest.param("create_service_account", marks=pytest.mark.long),
    ],
)
def test_a_run_that_was_stopped_goes_on_where_it_ended_and_makes_nothing_twice(
    tenant, monkeypatch, mutation
):
    assert run("plan --out my.plan").code == 0
    sent, send = [], Api.made

    def interrupted(self, asked, *words, **told):
        found = send(self, asked, *words, **told)
        sent.append((asked.root, *map(str, told.values())))
        if [root for root, *_ in sent].count(mutation) == 1 and asked.root == mutation:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Api, "made", interrupted)
    stopped = run("apply my.plan --keys-out keys.json")
    assert stopped.code == 130
    assert f"applied {len(sent) - 1} of " in stopped.err
    resumed = run("apply my.plan --resume --keys-out more.json")
    assert resumed.code == 0, resumed.err
    # The secret of a key that was being made is lost: it goes, and is made anew.
    assert len(sent) == len(set(sent)) + int(mutation == KEY)
    assert "No changes." in run("plan").out
    assert run("apply my.plan").code == 0


@pytest.mark.parametrize("how", ["in the environment", "kept by its client"])
def test_the_key_that_prefects_own_client_uses_will_do(tenant, monkeypatch, how):
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    root, key = tenant.stage.root, tenant.stage.key
    monkeypatch.setenv("PREFECT__HOME_DIR", str(tenant.folder))
    if how == "in the environment":
        monkeypatch.setenv("PREFECT__CLOUD__API", root)
        monkeypatch.setenv("PREFECT__CLOUD__API_KEY", key)
    else:
        section = root.removeprefix("http://").replace(":", "-")
        kept = f'["{section}"]\napi_key = "{key}"\n'
        (tenant.folder / "auth.toml").write_text(kept, encoding="utf-8")
    assert run("whoami").out.startswith(OWNERS[TENANT])


@pytest.fixture
def applied(tenant):
    assert run("apply --auto-approve --keys-out keys.json").code == 0
    return tenant


def test_what_is_changed_past_the_configuration_is_drift_and_goes_again(applied):
    fatima = "fatima.zahra@brightwater.example"
    applied.stage.person("mallory@brightwater.example", "administrator", "brightwater")
    drift = run("drift")
    assert drift.code == 2
    assert "mallory@brightwater.example" in drift.out
    assert run("apply --auto-approve").code == 0
    assert not applied.live().knows(named.user("mallory@brightwater.example"))
    assert applied.live().get(named.user(fatima)).status is Status.PENDING
    assert run("drift").code == 0


def test_whoever_accepts_is_a_member_with_the_role_that_was_meant_and_no_change(applied):
    nils = User("nils@audit-partners.example", Status.PENDING)
    with applied.stage.backend("brightwater").open() as session:
        pending = session.read().get(nils.address)
    applied.stage.add(Change(pending, User(nils.email)), tenant="brightwater")
    assert "No changes." in run("plan").out


def test_whose_time_has_passed_goes_with_the_next_apply(applied):
    text = (applied.folder / "members.toml").read_text(encoding="utf-8")
    over = DATE.sub("2020-01-01", text, count=1)
    (applied.folder / "members.toml").write_text(over, encoding="utf-8")
    assert run("plan").shows("# member.nils@audit-partners.example will be destroyed")
    assert run("apply --auto-approve").code == 0
    assert not applied.live().knows(named.user("nils@audit-partners.example"))


def test_pulled_it_is_a_configuration_that_changes_nothing(applied):
    assert run("pull pulled").code == 0
    assert "No changes." in run("plan --config pulled").out


def test_a_snapshot_can_be_planned_from_without_network_or_credential(applied, monkeypatch):
    assert run("pull --snapshot live.json").code == 0
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    applied.edit(
        "members.toml",
        ('secret-keeper = ["leila"]\n', ""),
        ('"henry", "kenji"', '"henry", "kenji", "leila"'),
    )
    planned = run(f"plan --live live.json --as {OWNERS[TENANT]}")
    assert planned.code == 0
    assert planned.shows("~ account role = secret-keeper -> operator")


def test_a_base_is_shown_and_applied_as_the_permissions_that_it_grants(applied):
    edit = "[roles.operator]\n", '[roles.operator]\nbase = "read-only-user"\n'
    applied.edit("roles.toml", edit)
    planned = run("plan")
    assert planned.shows("+ permission = read:usage")
    assert not any("base" in line for line in planned.lines)
    assert run("apply --auto-approve").code == 0
    operator = applied.live().get(role(Level.ACCOUNT, "operator"))
    assert {"read:usage", "create:run"} <= operator.permissions
    assert operator.base == frozenset()
    assert "No changes." in run("plan").out


def test_a_role_with_one_permission_too_many_is_refused_before_anything_is_sent(
    tenant, monkeypatch
):
    tenant.stage.role("manager", *MANAGING, tenant="brightwater")
    manager = tenant.stage.person("eva@brightwater.example", "manager", "brightwater")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", manager.key)
    (tenant.folder / "small").mkdir()
    backend = (tenant.folder / "rbac.toml").read_text(encoding="utf-8").partition("[files]")[0]
    declared = backend + '[roles.deployer]\npermissions = ["read:flow", "delete:project"]\n'
    (tenant.folder / "small" / "rbac.toml").write_text(declared, encoding="utf-8")
    before = dump(tenant.stage.url)

    refused = run("apply --auto-approve --config small")

    assert refused.code == 3
    assert "error[ESCALATION]" in refused.err
    assert "`delete:project`" in refused.err
    (where,) = (n for n, line in enumerate(refused.err.splitlines()) if "^^^" in line)
    assert "[roles.deployer]" in refused.err.splitlines()[where - 1]
    assert dump(tenant.stage.url) == before
    assert run("audit log --config small").out == "Nothing is on record.\n"


MANAGING = (
    *("read:user", "read:role", "read:membership", "read:membership-invitation"),
    *("read:service-account", "read:service-api-key", "read:flow"),
    *("create:role", "update:role"),
)
"""What it takes to see all of a tenant and to make roles; no more of what a role may hold."""


def test_f1_a_key_of_few_rights_finds_no_drift_and_no_peace_in_a_tenant(tenant, monkeypatch):
    """What the key of a custom role is not shown is unknown; nothing of it is planned."""
    assert run("apply --auto-approve --keys-out keys.json").code == 0
    tenant.stage.role("half", "read:user", "read:membership", "read:run", tenant="brightwater")
    half = tenant.stage.person("half@brightwater.example", "half", "brightwater")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", half.key)
    drift, pull, whoami = run("drift"), run("pull copy"), run("whoami")

    assert drift.code == 7, drift.err
    assert drift.shows("every member")
    assert drift.shows("every key")
    assert "because not every key may be shown: the key needs `read:service-a" in drift.out
    assert "but not live" not in drift.out
    assert pull.code == 1
    assert "cannot be written down" in pull.err
    assert "This key does not see the whole account.\n" in whoami.out
