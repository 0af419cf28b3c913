"""What is released: the version in every place that names it, and the files of wheel and sdist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from email import message_from_string
from zipfile import ZipFile

import pytest

from rbac_sync import __version__
from rbac_sync.cli.starter_files import COMMIT

from .test_house import ROOT

EXAMPLES = ROOT / "examples" / "ci"
NAMED = re.compile(rf"rbac-sync@v(\d\S*?)[\"\s]|{COMMIT} # v(\S+)|rev: v(\d\S*)|rbac-sync:(\d\S*)")
UNSHIPPED = {"__pycache__"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with the wheel and the sdist of this tree, built without network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def files(*folders):
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {p.relative_to(ROOT).as_posix() for p in found if not UNSHIPPED & {*p.parts}}


def test_the_changelog_has_a_dated_section_of_this_version_below_the_unreleased_one():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)

    assert headings[0] == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d", headings[1])


def test_every_example_and_page_names_the_tag_of_this_version():
    pages = [*EXAMPLES.rglob("*.y*ml"), *(ROOT / "docs").rglob("*.md")]
    texts = [path.read_text(encoding="utf-8") for path in pages]
    named = ["".join(versions) for text in texts for versions in NAMED.findall(text)]

    assert len(named) > 10
    assert set(named) == {__version__}


def test_the_wheel_has_every_file_of_the_package_and_nothing_else(built):
    with ZipFile(built / f"rbac_sync-{__version__}-py3-none-any.whl") as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    workflows = files("examples/ci/github", "examples/ci/gitlab")
    packaged = {name.replace("examples/ci", "rbac_sync/cli/ci") for name in workflows}
    assert names == files("rbac_sync") | packaged
    assert {"rbac_sync/py.typed", "rbac_sync/testing/contract.py"} <= names


def test_the_metadata_says_what_it_is_and_where_it_lives(built):
    with ZipFile(built / f"rbac_sync-{__version__}-py3-none-any.whl") as wheel:
        text = wheel.read(f"rbac_sync-{__version__}.dist-info/METADATA").decode()
    about = message_from_string(text)
    urls = dict(line.split(", ") for line in about.get_all("Project-URL"))

    assert (about["Name"], about["Version"]) == ("rbac-sync", __version__)
    assert about["License-Expression"] == "Apache-2.0"
    assert "Typing :: Typed" in about.get_all("Classifier")
    assert {"Repository", "Documentation", "Changelog", "Issues"} == urls.keys()
    assert {"server", "postgres", "oidc", "testing"} <= set(about.get_all("Provides-Extra"))


def test_the_sdist_has_what_it_takes_to_test_and_build(built):
    top = f"rbac_sync-{__version__}"
    with tarfile.open(built / f"{top}.tar.gz") as archive:
        names = {name.removeprefix(f"{top}/") for name in archive.getnames()}

    assert files("rbac_sync", "tests", "docs", "examples", "scripts") <= names
    assert {"pyproject.toml", "requirements.lock", "LICENSE", "CHANGELOG.md"} <= names


def test_the_wheel_alone_runs(built, tmp_path):
    with ZipFile(built / f"rbac_sync-{__version__}-py3-none-any.whl") as wheel:
        wheel.extractall(tmp_path)
    command = [sys.executable, "-m", "rbac_sync", "--version"]

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert __version__ in ran.stdout

    folder = tmp_path / "access"
    words = [
        "init",
        str(folder),
        "--backend",
        "store",
        "--account",
        "acme",
        "--owner",
        "a@b.example",
    ]
    begun = [sys.executable, "-m", "rbac_sync", *words]
    subprocess.run(begun, cwd=tmp_path, capture_output=True, check=True)

    assert (folder / ".github" / "workflows" / "access-plan.yml").is_file()


def test_the_container_is_built_from_files_that_suffice_for_the_wheel(tmp_path):
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    sources = [
        name
        for words in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE)
        for name in words.split()
    ]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert sources == re.findall(r"^!(.*)$", ignored, re.MULTILINE)
    for name in sources:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / name)

    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    assert [path.suffix for path in (tmp_path / "dist").iterdir()] == [".whl"]
    (extras,) = re.findall(r"scripts/install \S+ (\S+)", text)
    assert set(extras.split(",")) == {"server", "postgres", "oidc"}


def test_a_tag_of_another_version_is_not_built():
    ran = subprocess.run(
        [ROOT / "scripts" / "build", "v9.9.9"], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 1
    assert ran.stderr.strip() == (
        f"error: the tag is v9.9.9, and the version is {__version__}:"
        f" tag v{__version__}, or set __version__"
    )


@pytest.mark.parametrize(
    ("unreleased", "refused"),
    [
        ("### Fixed\n\n- Something.\n", "error: CHANGELOG.md has changes under Unreleased: "),
        ("", "error: [project.urls] in pyproject.toml leads to `your-org`: "),
    ],
)
def test_a_change_that_is_not_of_this_version_is_not_released(tmp_path, unreleased, refused):
    for name in ("scripts/release", "rbac_sync/__init__.py", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    dated = f"## [{__version__}] - 2026-11-29\n\n- Something else.\n"
    (tmp_path / "CHANGELOG.md").write_text(f"## [Unreleased]\n\n{unreleased}\n{dated}")

    ran = subprocess.run(
        [tmp_path / "scripts" / "release"], capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stderr.startswith(refused)) == (1, True), ran.stderr
