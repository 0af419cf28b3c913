"""A secret of every kind is planted, every command is run as documented, and none is found.

Not in what a command writes, on either stream; in no file that it leaves; in no
row of the store; in no line of the log of `serve`; in no list of processes. The
commands that fail count as much as those that work, and each runs with
``RBAC_SYNC_DEBUG``, too, which shows tracebacks.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from rbac_sync.cli.help_text import COMMANDS
from tests.issuer import Issuer

from ..cli.conftest import CONFIGURATION, OWNER
from ..cli.test_drift import webhook
from ..forges import standin
from ..patience import LONGEST
from ..pipeline.company import Company
from .served import serving

PASSWORD, WRONG = "planted-database-password", "pnu_" + "Planted" * 5 + "x"
HOOK = "planted-webhook-path"
CLOSED = "http://127.0.0.1:9"
FORGE = "ghs_plantedplantedplanted"

SHOWN_ONCE = ("store init", "store key create")
"""The commands whose standard output is the secret that they make."""

KEPT = {"keys.json": "`--keys-out` is asked to keep the secrets of new keys, and is made 0600"}
"""The files that hold a secret, each with its reason. The store keeps hashes alone."""

KINDS = ("md", "json", "tfplan", "html", "sarif", "github", "codequality", "junit")


def reports(run: str, *kinds: str) -> str:
    """Return the options that write a report of each of *kinds*, by default of all."""
    return " ".join(f"--report {kind}={kind}.{run}" for kind in kinds or KINDS)


WORKING = (
    ("validate", 0),
    (f"plan --out saved.plan {reports('planned')}", 0),
    ("show saved.plan", 0),
    ("report saved.plan -o page.html", 0),
    ("comment md.planned --github --repository acme/access --number 12 --api FORGE", 0),
    (f"apply saved.plan --keys-out keys.json {reports('applied')}", 0),
    ("store key create bo laptop --until 2099-01-01", 0),
    ("help environment", 0),
    ("version --json", 0),
    ("store key list --json", 0),
    ("store key revoke bo laptop", 0),
    ("store migrate", 0),
    (f"drift --config drifted --json {reports('drifted', *KINDS[:3])}", 2),
    ("show --json", 0),
    ("whoami --json", 0),
    ("can bo@acme.example see_flows -w prod", 0),
    ("who-can see_flows -w prod", 0),
    ("explain bo@acme.example --json", 0),
    ("test", 0),
    ("fmt --check --diff", 1),
    ("codeowners", 1),
    ("graph", 0),
    ("export --as csv", 0),
    ("audit log --json", 0),
    ("audit verify --checkpoint-out checkpoint.json", 0),
    ("undo RUN --on-behalf-of ana --out undo.plan", 0),
    ("pull pulled", 0),
    ("pull --snapshot live.snapshot", 0),
    ("plan --live live.snapshot --as ana", 0),
    ("doctor -v", 0),
    ("completion bash", 0),
    ("permissions", 0),
    ("rule LAST_OWNER", 0),
    ("schema", 0),
    ("demo", 0),
)
"""Commands and their exit codes, with the right credentials. `serve` runs beside them."""

KEY, TOKEN, URL = "RBAC_SYNC_API_KEY", "RBAC_SYNC_OIDC_TOKEN", "RBAC_SYNC_URL"
FAILING = (
    ("apply saved.plan --keys-out keys.json", {}, 0),
    ("apply --config more --auto-approve --keys-out keys.json", {}, 1),
    ("apply --config more --auto-approve --keys-out no/such/folder/keys.json", {}, 1),
    ("whoami", {KEY: WRONG}, 4),
    ("plan -v", {KEY: WRONG}, 4),
    ("doctor -v", {KEY: WRONG}, 1),
    ("doctor", {URL: f"postgresql://ana:{PASSWORD}@127.0.0.1:9/rbac"}, 1),
    ("init", {}, 1),
    ("import terraform drifted/rbac.toml imported", {}, 1),
    ("apply --auto-approve", {KEY: f"{WRONG} x"}, 4),
    ("apply --config more --auto-approve --keys-out k.json", {TOKEN: "e30.e30.cGxhbnRlZA"}, 4),
    ("apply --config more --auto-approve --keys-out k.json", {TOKEN: "not-a-planted-token"}, 4),
    ("plan", {URL: f"postgresql://ana:{PASSWORD}@127.0.0.1:9/rbac"}, 1),
    ("plan", {URL: f"postgresql://ana:{PASSWORD}@127.0.0.1:9/rbac?sslpassword={PASSWORD}"}, 1),
    ("plan", {URL: f"mysql://ana:{PASSWORD}@127.0.0.1/rbac"}, 1),
    ("plan", {URL: f"postgresql://ana:{PASSWORD}@127.0.0.1:port/rbac"}, 1),
    ("plan", {URL: f"postgresql://ana:x@{PASSWORD}@127.0.0.1:9/rbac"}, 1),
    ("store init --owner a@acme.example --world prefect-cloud --account acme", {}, 1),
    ("serve --port 0", {URL: f"postgresql://ana:{PASSWORD}@127.0.0.1:9/rbac"}, 1),
    ("drift --config drifted", {"CHAT_URL": f"{CLOSED}/{HOOK}"}, 2),
    ("drift --config drifted", {"CHAT_URL": f"https://{HOOK} x"}, 2),
    ("drift --config drifted", {"CHAT_URL": f"//{HOOK}"}, 2),
    ("drift --config drifted", {"CHAT_URL": "REFUSING"}, 2),
    ("comment md.planned --github --repository a/b --number 1 --api FORGE", {}, 4),
    (f"comment md.planned --gitlab --repository a/b --number 1 --api {CLOSED}", {}, 1),
    ("plan --config cloud", {URL: ""}, 0),
    ("plan --config cloud", {URL: "", KEY: WRONG}, 4),
    ("drift --config cloud --json", {URL: ""}, 0),
    ("apply --config cloud --auto-approve", {URL: "", TOKEN: ""}, 0),
    ("plan --config nowhere", {URL: ""}, 1),
    ("validate --config secretive", {}, 1),
)
"""Commands, what of the environment is another, and exit codes."""

NOTIFY = '\n[notify]\nslack = "CHAT_URL"\nwebhook = "DRIFT_URL"\n'
AUTHORS = """
[guard.authors]
issuer = "https://ci.acme.example"
audience = "rbac-sync"
jwks = "jwks.json"
claims = { repository = "acme/access" }
[guard.authors.principals]
octo-ana = "ana@acme.example"
"""
SERVICE_KEY = "[service_accounts.ci]\nkeys.main = { until = 2099-01-01 }\n"
CLOUD = (
    '[backend]\ntype = "prefect-cloud"\naccount = "acme"\nurl = "{}/api"\n'
    f'[members]\nowner = ["{OWNER}"]\n'
)


class Planted:
    """A folder, the environment in which its commands run, and all that they said."""

    def __init__(self, folder: Path, url: str, *, debug: bool) -> None:
        self.folder, self.debug = folder, debug
        self.working, self.failing = WORKING, FAILING
        self.issuer = Issuer()
        token = self.issuer.token(actor="octo-ana", repository="acme/access")
        self.secrets = {PASSWORD, WRONG, HOOK, FORGE, standin.TOKEN, token, token.split(".")[2]}
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("RBAC_SYNC_", "CI"))},
            "HOME": str(folder),
            "RBAC_SYNC_STATE_DIR": str(folder / "state"),
            URL: url.replace("://postgres:@", f"://postgres:{PASSWORD}@"),
            TOKEN: token,
            "GITHUB_TOKEN": standin.TOKEN,
            "GITLAB_TOKEN": FORGE,
            **({"RBAC_SYNC_DEBUG": "1"} if debug else {}),
        }
        assert PASSWORD in self.environment[URL]
        self.outputs: list[tuple[str, str]] = []
        self.processes: list[str] = []
        self.unexpected: list[str] = []

    def configure(self, place: str, text: str) -> None:
        """Write a configuration into a folder of its own, with the issuer's public key."""
        (self.folder / place).mkdir(exist_ok=True)
        (self.folder / place / "rbac.toml").write_text(text)
        (self.folder / place / "jwks.json").write_text(json.dumps(self.issuer.jwks))

    def run(self, command: str, code: int, **environment: str) -> str:
        """Run a command as a process; return its standard output."""
        words = [sys.executable, "-m", "rbac_sync", *shlex.split(command)]
        process = subprocess.Popen(
            words,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.list_processes()
        out, err = process.communicate(timeout=LONGEST)
        told = "" if command.startswith(SHOWN_ONCE) else out
        self.outputs.append((command, told + err))
        is_crash = self.debug and process.returncode == 1 and "Traceback" in err
        if process.returncode != code and not is_crash:
            self.unexpected.append(f"{process.returncode}, not {code}: {command}\n{out}{err}")
        return out

    def list_processes(self) -> None:
        """Take down the command line of every process, as `ps` shows it."""
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.processes.append(place.read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue

    def found(self) -> list[str]:
        """Return where which secret stands, other than where it is asked to be kept."""
        places = [*self.outputs, *(("ps", line) for line in set(self.processes))]
        files = (path for path in self.folder.rglob("*") if path.is_file())
        places += [
            (str(path.relative_to(self.folder)), path.read_bytes().decode(errors="replace"))
            for path in files
            if path.name not in KEPT and path.parent.name != "secretive"
        ]
        return [
            f"{secret} in {name}"
            for name, text in places
            for secret in self.secrets
            if secret in text
        ]


LONG = [pytest.mark.long, pytest.mark.timeout(0)]


ALL = len(WORKING)
STAGES = [
    pytest.param((True, 6, 5), id="some"),
    pytest.param((True, ALL, 1), id="debug", marks=LONG),
    pytest.param((False, ALL, 1), id="plain", marks=LONG),
]
"""Whether it is with debug output, how many commands that work, and each how manieth that fails."""


@pytest.fixture(params=STAGES)
def planted(request, tmp_path, postgres_url):
    debug, working, each = request.param
    made = Planted(tmp_path, postgres_url, debug=debug)
    made.working, made.failing = WORKING[:working], FAILING[::each]
    usual = CONFIGURATION.replace("[service_accounts.ci]\n", SERVICE_KEY) + NOTIFY + AUTHORS
    made.configure(".", usual)
    made.configure(
        "drifted", usual.replace('runner = ["team:data"]', 'runner = ["team:data", "dee"]')
    )
    made.configure(
        "more", usual.replace("keys.main", "keys.more = { until = 2099-01-01 }\nkeys.main")
    )
    made.configure(
        "secretive", CONFIGURATION + f'\n[service_accounts.x]\ndescription = "{WRONG}"\n'
    )
    begun = made.run(f"store init --owner {OWNER} --world prefect-cloud --account acme", 0)
    made.environment[KEY] = begun.strip()
    made.secrets.add(begun.strip())
    return made


def worked(planted: Planted, forge: str) -> None:
    run = ""
    for command, code in planted.working:
        out = planted.run(command.replace("RUN", run).replace("FORGE", forge), code)
        if command.startswith("audit log"):
            run = json.loads(out)[0]["run"]
        if command.startswith("store key create"):
            planted.secrets.add(out.strip())
    planted.secrets.update(json.loads((planted.folder / "keys.json").read_text()).values())


def failed(planted: Planted, forge: str, refusing: str) -> None:
    for command, other, code in planted.failing:
        environment = {k: v.replace("REFUSING", refusing) for k, v in other.items()}
        if command.startswith("comment") and "FORGE" in command:
            environment["GITHUB_TOKEN"] = FORGE
        planted.run(command.replace("FORGE", forge), code, **environment)


def test_no_planted_secret_stands_in_any_output_file_row_log_or_list_of_processes(
    planted, postgres_url
):
    with ExitStack() as stack:
        url, _ = stack.enter_context(webhook())
        refusing, _ = stack.enter_context(webhook(500))
        forge = stack.enter_context(standin.serving(standin.Forge())).url
        hook = "/services/T1/secret"
        chat, refusing = url.replace(hook, f"/{HOOK}"), refusing.replace(hook, f"/{HOOK}")
        planted.environment |= {"CHAT_URL": chat, "DRIFT_URL": chat}
        worked(planted, forge)
        log = planted.folder / "serve.log"
        server = stack.enter_context(serving(planted.environment[URL], log))
        planted.configure("cloud", CLOUD.format(server.root))
        planted.configure("nowhere", CLOUD.format(CLOSED))
        failed(planted, forge, refusing)
        with server.account(planted.environment[KEY]) as account:
            account.client.get(f"/me/?key={WRONG}", headers={"Authorization": f"Bearer {WRONG}"})
            account.client.post("/me/", content=WRONG)

    rows = repr(Company(postgres_url, planted.folder / "unused").dump())
    assert not [secret for secret in planted.secrets if secret in rows]
    assert planted.found() == []
    assert not planted.unexpected, "\n".join(planted.unexpected)


def test_every_command_is_among_those_that_are_run():
    run = {shlex.split(command)[0] for command, *_ in (*WORKING, *FAILING)}
    assert run == set(COMMANDS)


def test_a_secret_that_does_stand_somewhere_is_found(tmp_path, postgres_url):
    planted = Planted(tmp_path, postgres_url, debug=False)
    (planted.folder / "out.txt").write_text(f"oh: {PASSWORD}")
    planted.outputs.append(("plan", f"error: {WRONG}"))
    planted.processes.append(f"rbac-sync --url {HOOK}")
    assert sorted(planted.found()) == sorted(
        [f"{PASSWORD} in out.txt", f"{WRONG} in plan", f"{HOOK} in ps"]
    )
