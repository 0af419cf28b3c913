"""The JSON Schema says for editors what the tables are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import tomli

from rbac_sync import config
from rbac_sync.backends import OURS
from rbac_sync.catalogues import catalogue, worlds
from rbac_sync.cli.starter_files import SCHEMA
from rbac_sync.config.editor_schema import USES, editor_schema
from rbac_sync.errors import ConfigError

from .folder import BACKEND


@pytest.fixture(scope="module")
def schema():
    return editor_schema()


def test_every_table_and_key_is_in_the_schema(schema):
    assert list(schema["properties"]) == [
        "people",
        "members",
        "alumni",
        "service_accounts",
        "roles",
        "groups",
        "teams",
        "workspaces",
        "workspace_defaults",
        "backend",
        "journal",
        "files",
        "limits",
        "manage",
        "guard",
        "ignore",
        "owners",
        "notify",
        "accounts",
        "test",
    ]
    assert list(schema["$defs"]["PrincipalEntry"]["properties"]) == [
        "who",
        "from",
        "until",
        "reason",
    ]


def test_no_table_takes_other_keys(schema):
    names = set(USES.values())
    tables = [schema, *(node for name, node in schema["$defs"].items() if name not in names)]
    assert all(table["additionalProperties"] is False for table in tables)


def test_somebody_is_a_name_or_a_table(schema):
    alternatives = schema["$defs"]["TeamTable"]["properties"]["members"]["anyOf"][0]["items"][
        "oneOf"
    ]
    assert alternatives == [{"type": "string"}, {"$ref": "#/$defs/PrincipalEntry"}]


def test_a_moment_is_a_date_or_a_date_time(schema):
    assert schema["$defs"]["KeyTable"]["properties"]["until"]["anyOf"] == [
        {"format": "date", "type": "string"},
        {"format": "date-time", "type": "string"},
        {"type": "null"},
    ]


def test_the_schema_is_plain_json(schema):
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"].startswith("https://json-schema.org/")


def test_an_editor_completes_backends_worlds_and_permissions(schema):
    known = {kind: schema["$defs"][kind]["anyOf"][0]["enum"] for kind in set(USES.values())}
    assert known["BackendType"] == list(OURS)
    assert known["World"] == list(worlds())
    permissions = [catalogue(world).titles for world in worlds()]
    assert set(known["Permission"]) == set().union(*permissions)
    text = json.dumps(schema)
    referred = [text.count(f'"$ref": "#/$defs/{kind}"') for kind in known]
    assert sum(referred) == len(USES)


def test_a_name_that_is_not_known_is_no_mistake_of_shape(validator):
    validator.validate(tree('[backend]\ntype = "ours"\n[roles.r]\npermissions = ["Run flows"]'))


def test_a_test_is_of_one_of_four_kinds(schema):
    kinds = schema["properties"]["test"]["items"]["oneOf"]
    names = [kind["$ref"].rpartition("/")[2] for kind in kinds]
    asked = {name: set(schema["$defs"][name]["required"]) - {"name"} for name in names}
    assert asked == {
        "WhoTest": {"who"},
        "PermissionTest": {"permission"},
        "RoleTest": {"role"},
        "TogetherTest": {"never_together"},
    }
    assert "except" in schema["$defs"]["TogetherTest"]["properties"]


ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
BLOCKS = [
    block
    for page in PAGES
    for block in re.findall(r"(?ms)^```toml\n(.*?)^```", page.read_text(encoding="utf-8"))
]
FILES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.toml"))]


def tree(text):
    """Return *text* as a JSON Schema sees it: moments are texts."""
    return json.loads(json.dumps(tomli.loads(text), default=lambda moment: moment.isoformat()))


@pytest.fixture(scope="module")
def validator(schema):
    kind = jsonschema.Draft202012Validator
    kind.check_schema(schema)
    return kind(schema, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("text", [*FILES, *BLOCKS])
def test_the_schema_takes_every_example(validator, text):
    validator.validate(tree(text))


BAD = [
    "[backend]\ntype = 1",
    "[backend]\nname = 'x'",
    "[files]\n'a.toml' = 'teams'",
    "[limits]\nmax_file = 0",
    "[manage]\nteams = 'some'",
    "[manage]\ngroups = 'all'",
    "[guard]\nmax_gainers = '200%'",
    "[guard]\nminimal_owners = 2",
    "[notify]\nslack = 1",
    "[journal]\npath = 'x'",
    "[[ignore]]\naddress = 'team.x'",
    "[[ignore]]\naddress = 'team.x'\nwhy = ''",
    "[[ignore]]\nwhy = 'x'",
    "[people]\nana = 1",
    "[members]\nowner = 'ana'",
    "[members]\nowner = [{ name = 'ana' }]",
    "[members]\nowner = [{ who = 'ana', untill = 2027-01-01 }]",
    "[members]\nowner = [{ until = 2027-01-01 }]",
    "[service_accounts.ci]\nkey = {}",
    "[service_accounts.ci]\nkeys.k.ends = 2027-01-01",
    "[roles.r]\nlevel = 'team'",
    "[roles.r]\npermissions = 'see_flows'",
    "[groups.g]\nmember = ['a']",
    "[groups.g]\nall = 'everybody'",
    "[groups.g]\nexcept = [{ who = 'a' }]",
    "[groups.g]\nallow_empty = 'yes'",
    "[teams.t]\nmembers = [1]",
    "[teams.t]\nowners = ['a']",
    "[workspaces.w]\npublic = 'no'",
    "[workspaces.w]\naccess = ['a']",
    "[workspaces.w.access]\nviewer = 'a'",
    "[workspaces.w.objects.'deployment:a/b']\nread = ['a']",
    "[workspaces.w.objects.'deployment:a/b']\nview = 'a'",
    "[workspace_defaults.'w-*']\nname = 'x'",
    "[workspace_defaults.'w-*']\nrenamed_from = 'x'",
    "[alumni.'a@x.org']\nwhen = 2027-01-01",
    "[alumni.'a@x.org']\nleft = true",
    "[accounts.prod]\nbackend.account = 'x'",
    "[accounts.prod]\nwave = 0",
    "[accounts.prod]\nwave = 1\nbackends.account = 'x'",
    "[accounts.prod]\nwave = 1\nadd.teem.t.members = ['a']",
    "[accounts.prod]\nwave = 1\nadd.owners.'*' = ['@acme/x']",
    "[[test]]\nwho = 'ana'",
    "[[test]]\nname = 'x'\nwho = 'ana'\nlevel = 'info'",
    "[[test]]\nname = 'x'\nnever_together = ['a']",
    "[[test]]\nname = 'x'\npermission = 'see_flows'\nat_most = -1",
    "[group.g]",
]


@pytest.mark.parametrize("text", BAD)
def test_what_the_schema_refuses_is_refused_by_the_program_too(validator, folder, text):
    assert list(validator.iter_errors(tree(text)))
    folder.write(text if text.startswith("[backend]") else BACKEND + text)
    try:
        problems = config.read(folder.path).problems
    except ConfigError as error:
        problems = error.diagnostics
    assert problems


@pytest.fixture
def taplo(tmp_path, schema):
    """Return what checks texts as an editor with taplo does: it ends with 0 if all are right."""
    program = shutil.which("taplo") or shutil.which("taplo", path=Path(sys.executable).parent)
    if program is None:
        pytest.skip("taplo is not installed")
    (tmp_path / SCHEMA).write_text(json.dumps(schema))

    def taplo(*texts):
        files = [tmp_path / f"{number}.toml" for number, _ in enumerate(texts)]
        for file, text in zip(files, texts, strict=True):
            file.write_text(f"#:schema ./{SCHEMA}\n{text}")
        command = [program, "check", *files]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return taplo


def test_an_editor_takes_every_example(taplo):
    ran = taplo(*FILES, *BLOCKS)
    assert ran.returncode == 0, ran.stderr


def test_an_editor_refuses_what_the_schema_refuses(taplo):
    assert [text for text in BAD if taplo(text).returncode == 0] == []
