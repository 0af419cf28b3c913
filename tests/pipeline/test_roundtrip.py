"""What is live can be declared, and what is declared becomes live: then there is nothing to do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from rbac_sync import pipeline
from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.cli.run import KEY
from rbac_sync.config.export import export
from rbac_sync.model.settings import Settings
from rbac_sync.pipeline.apply import ApplyRun
from rbac_sync.planning.planfile import decoded
from rbac_sync.planning.selection import Selection
from rbac_sync.planning.target_form import normal
from rbac_sync.testing.account import creations, live
from rbac_sync.testing.company import FOUNDED

from ..pairs import pairs
from ..patience import LONGEST
from ..planning.worlds import CLOUD, OWNER, states
from ..postgres import DATABASES
from .company import Company

A_FEW = settings(
    deadline=None,
    max_examples=5,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LENIENT = """
[guard]
min_owners = 1
max_removal_fraction = 1.0
bots_account_role = "owner"
default_role_forbids = []
"""
"""What the guard of these worlds would otherwise rightly refuse: they are drawn at random."""

FREELY = {"allow_deletes": 1_000, "allow_losers": 1_000}
"""What random plans remove is no matter here."""


class Register:
    """A store with an account for each world, and a folder for each configuration."""

    def __init__(self, url, folder):
        self.url, self.folder = url, folder
        self._numbers = count(1)

    def begin(self, state):
        """Return an account that is in *state*."""
        handle = f"world-{next(self._numbers)}"
        key = init(self.url, handle, CLOUD.world, OWNER.email)
        backend = StoreBackend(self.url, handle, key)
        changes = creations(state, live(backend))
        backend.transact("begin", lambda writer: list(map(writer.make, changes)))
        return backend

    def declare(self, backend, state, *, reach="all"):
        """Write *state* as the configuration of an account, and read it."""
        with backend.open() as session:
            target, now = session.target, session.now()
        named = Settings(target.type, target.account, self.url, target.world)
        folder = self.folder / f"{target.account}-{next(self._numbers)}"
        for name, text in export(state, CLOUD, named, now).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        root = folder / "rbac.toml"
        text = root.read_text(encoding="utf-8")
        assert "# Left out" not in text
        root.write_text(text.replace('= "declared"', f'= "{reach}"') + LENIENT, encoding="utf-8")
        return pipeline.load(folder, self.url)


@pytest.fixture
def register(store_url, tmp_path):
    return Register(store_url, tmp_path)


@pytest.mark.parametrize(
    ("store_url", "reach"), pairs(DATABASES, ["all", "declared", "none"]), indirect=["store_url"]
)
@A_FEW
@given(state=states())
def test_what_is_live_once_exported_is_no_change(register, reach, state):
    backend = register.begin(state)
    configuration = register.declare(backend, live(backend), reach=reach)

    plan = pipeline.drift(configuration, backend).plan

    assert (plan.changes, plan.waiting, plan.unmanaged) == ((), (), ())


@A_FEW
@given(before=states(), after=states())
def test_what_is_declared_becomes_live_and_then_there_is_nothing_to_do(register, before, after):
    backend = register.begin(before)
    configuration = register.declare(backend, after)

    review = pipeline.plan(configuration, backend, pipeline.RunOptions(**FREELY))
    assert [(f.rule, f.message) for f in review.findings] == []
    saved = decoded(review.saved.encoded())
    options = pipeline.RunOptions(**FREELY)
    run = ApplyRun(configuration, saved, options, lambda _: None, lambda _: None)
    run.apply(backend)

    assert pipeline.drift(configuration, backend).plan.changes == ()
    wanted = after.draft()
    for resource in FOUNDED:
        wanted.put(resource)
    assert normal(live(backend), CLOUD) == normal(wanted, CLOUD)


@A_FEW
@given(before=states(), after=states())
def test_a_plan_in_two_parts_comes_to_the_same(register, before, after):
    backend = register.begin(before)
    configuration = register.declare(backend, after)
    part = pipeline.RunOptions(
        **FREELY, selection=Selection(targets=("workspace.prod", "role.reader"))
    )
    rest = pipeline.RunOptions(**FREELY)

    for options in (part, rest):
        review = pipeline.plan(configuration, backend, options)
        if options is part and review.findings:
            assert {f.rule for f in review.findings} <= {"IN_USE", "TRANSIENT"}
            continue
        saved = review.saved
        run = ApplyRun(configuration, saved, options, lambda _: None, lambda _: None)
        run.apply(backend)

    assert pipeline.drift(configuration, backend).plan.changes == ()


# The same words, whatever the order in which a set gives up its elements.

WORDS = """
import sys
from rbac_sync.cli.main import run
for applier in ("olivia@acme.example", "pia@acme.example"):
    for more in ([], ["--json"]):
        run([*sys.argv[1:], "--as", applier, *more])
"""
MANY = (
    ('owner  = ["olivia", "otto"]', 'owner  = ["olivia"]'),
    ('admin  = ["dee"]', 'admin  = ["dee", "otto"]'),
    ('"pia", "lee", "sa:ci"]', '"pia", "sa:ci", "new@acme.example", "eve@acme.example"]'),
    ('lee    = "lee@acme.example"\n', ""),
    ('granter = ["lee"]', 'granter = ["pia", "new@acme.example", "eve@acme.example"]'),
    ('viewer  = ["bo"]', 'developer = ["bo", "team:data"]'),
    ('members = ["bo"]', 'members = ["bo", "pia", "sa:ci", "eve@acme.example"]'),
    ('permissions = ["see_flows"]', 'permissions = ["see_blocks", "run_flows", "see_events"]'),
    ('name         = "Test"\ndefault_role = "viewer"', 'name = "T"\ndefault_role = "runner"'),
)
MOMENTARY = re.compile(rb'"(created|digest)": ?"[^"]*"')
"""When a plan was made, and the digest in which that counts."""


@pytest.mark.parametrize("seeds", [4, pytest.param(10, marks=pytest.mark.long)])
def test_the_words_for_a_plan_are_byte_identical_whatever_the_seed(tmp_path, seeds):
    company = Company(f"sqlite:///{tmp_path / 'rbac.db'}", tmp_path / "acme").begin()
    company.edit(*MANY)
    words = ["plan", "--config", company.folder, "--url", company.url]

    def started(seed):
        environment = {**os.environ, KEY: company.key("olivia"), "PYTHONHASHSEED": str(seed)}
        command = [sys.executable, "-c", WORDS, *map(str, words)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)

    outputs = set()
    for seed in range(0, seeds, 2):
        for process in [started(seed), started(seed + 1)]:
            out, _ = process.communicate(timeout=LONGEST)
            assert (out.count(b'"refused": false'), out.count(b'"refused": true')) == (1, 1)
            outputs.add(MOMENTARY.sub(b"", out))

    assert len(outputs) == 1
