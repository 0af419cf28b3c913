"""The files of a new configuration: TOML, schema, code owners, workflows. None is overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..errors import RbacSyncError
from ..installation import commit
from .folders import repository_root

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FORGES = ("github", "gitlab", "none")
"""The forges with workflows, and ``none``."""

SCHEMA = "rbac.schema.json"
"""The JSON Schema beside `rbac.toml`, with which editors complete and check."""

REVIEWERS = "@your-org/security"
"""The owners in CODEOWNERS if the user names none."""

REPOSITORY = "your-org/rbac-sync"
PLACEHOLDERS = (REPOSITORY, REVIEWERS)
"""The placeholders for unknown names, to be replaced by the user."""

WORKFLOWS: Mapping[str, Mapping[str, str]] = {
    "github": {
        "github/plan.yml": ".github/workflows/access-plan.yml",
        "github/comment.yml": ".github/workflows/access-comment.yml",
        "github/apply.yml": ".github/workflows/access-apply.yml",
        "github/drift.yml": ".github/workflows/access-drift.yml",
    },
    "gitlab": {"gitlab/gitlab-ci.yml": ".gitlab-ci.yml"},
    "none": {},
}
"""The path in a repository of each file of ``examples/ci``, by forge."""

OWNERS_FILE: Mapping[str, str] = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
"""The path of the file of code owners, by forge."""

SETUP_PAGE: Mapping[str, str] = {"github": "ci.md", "gitlab": "gitlab.md"}
"""The page in `docs/how-to` about the keys of the workflows, by forge."""

FOLDER_IN_WORKFLOW = re.compile(r"(?<![\w./-])access/(?=\*\*|keys-recipient)")
"""The folder of the configuration in a path of ``examples/ci``."""

GITHUB = "https://github.com/"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
"""The commit of the repository in ``examples/ci``."""

FOLDER_NAME = re.compile(r"[\w.][\w./-]*")
"""A folder that shells, YAML and CODEOWNERS read alike without quotes."""

BESIDE = ("jwks.json", "keys-recipient.asc")
"""Files beside the configuration that decide whose word is believed, and who reads new keys."""

FOLDER_SETTING = re.compile(r"^( +(?:config|FOLDER|RBAC_SYNC_CONFIG): )access$", re.MULTILINE)


def detect_forge(root: Path) -> str:
    """Return the forge of the repository in *root*, known by its remotes."""
    from ..config.git_checkout import git_folder

    folder = git_folder(root)
    shared = folder / "commondir"  # a linked work tree has the settings of the main one
    settings = folder / (shared.read_text().strip() if shared.is_file() else "") / "config"
    text = settings.read_text(errors="replace") if settings.is_file() else ""
    return "gitlab" if "gitlab" in text else "github"


def starter_files(
    configuration: Mapping[str, str], folder: Path, forge: str, reviewers: str
) -> dict[Path, str]:
    """Return the text of each file by its path: *configuration* in *folder*, the others outside.

    Raises:
        RbacSyncError: the path of *folder* cannot be written into workflows.
    """
    root = repository_root(folder)
    inside = folder.resolve().relative_to(root)
    if WORKFLOWS[forge] and not FOLDER_NAME.fullmatch(inside.as_posix()):
        message = f"the path `{inside}` cannot be written into workflows and CODEOWNERS"
        hint = "name the folder with letters, digits, `.`, `_` and `-` alone, or pass `--ci none`"
        raise RbacSyncError(message, hint=hint)
    texts = {folder / name: text for name, text in with_schema(configuration).items()}
    texts |= {folder / SCHEMA: _schema_text()}
    around = {
        place: _placed((_examples() / name).read_text(encoding="utf-8"), inside)
        for name, place in WORKFLOWS[forge].items()
    }
    if forge in OWNERS_FILE:
        owned = {PurePosixPath(name).parts[0] for name in (*configuration, SCHEMA, *BESIDE)}
        around[OWNERS_FILE[forge]] = _owners(sorted(owned), inside, forge, reviewers)
    return texts | {_from_here(root / place): text for place, text in around.items()}


def with_schema(configuration: Mapping[str, str]) -> dict[str, str]:
    """Return *configuration*, each file with the line that tells editors of the schema."""
    return {
        name: f"#:schema {'../' * name.count('/') or './'}{SCHEMA}\n\n{text}"
        for name, text in configuration.items()
    }


def check_free(paths: Iterable[Path]) -> None:
    """Check that none of *paths* exists.

    Raises:
        RbacSyncError: one exists.
    """
    if existing := [path for path in dict.fromkeys(paths) if path.exists() or path.is_symlink()]:
        more = f", and {len(existing) - 1} more" if len(existing) > 1 else ""
        hint = "nothing was written; move it away, choose another FOLDER, or pass `--ci none`"
        raise RbacSyncError(f"`{existing[0]}` is there already{more}", hint=hint)


@contextmanager
def new_folder(folder: Path) -> Iterator[None]:
    """Create *folder*, if it does not exist; if the body fails, delete it again if it is empty."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except RbacSyncError:
        if is_new:
            with suppress(OSError):  # a full disk leaves the file of a store that was begun
                folder.rmdir()
        raise


def write_new(texts: Mapping[Path, str]) -> Iterator[Path]:
    """Write each file, which must not exist, and yield its path.

    After an error or an interruption all are deleted.

    Raises:
        OSError: one cannot be written.
    """
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
            yield path
    except (OSError, KeyboardInterrupt):
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _schema_text() -> str:
    from ..config.editor_schema import editor_schema
    from ..views import plan_json

    return plan_json.dumps(editor_schema()) + "\n"


def _owners(names: list[str], inside: Path, forge: str, reviewers: str) -> str:
    """Return the file of code owners for the files *names* of the configuration."""
    guarded = [f"/{(inside / name).as_posix()}" for name in names]
    guarded += ["/.github/"] if forge == "github" else []
    guarded += ["/.gitlab-ci.yml", "/.gitlab/"] if forge == "gitlab" else []
    head = "# Whoever may change these files decides who has access.\n"
    return head + "".join(f"{path} {reviewers}\n" for path in guarded)


def _placed(workflow: str, inside: Path) -> str:
    """Return *workflow* for a configuration in the folder *inside* of the repository."""
    workflow, name = _pinned(workflow), inside.as_posix()
    text = FOLDER_IN_WORKFLOW.sub("" if name == "." else f"{name}/", workflow)
    return FOLDER_SETTING.sub(rf"\g<1>{name}", text)


def _pinned(workflow: str) -> str:
    """Return *workflow* with the commit that this program was installed from, if it is known.

    A workflow that uses the action keeps its placeholders if the repository is not on GitHub.
    """
    installed = commit()
    if installed is None:
        return workflow
    url = installed.repository.removesuffix(".git")
    text = workflow.replace(f"{GITHUB}{REPOSITORY}", url)
    if url.startswith(GITHUB):
        text = text.replace(REPOSITORY, url.removeprefix(GITHUB))
    return text if REPOSITORY in text else text.replace(COMMIT, installed.id)


def _examples() -> Traversable:
    """Return the folder ``examples/ci``, which a wheel has beside this module."""
    from importlib.resources import files

    packaged = files("rbac_sync.cli") / "ci"
    return packaged if packaged.is_dir() else files("rbac_sync") / ".." / "examples" / "ci"


def _from_here(path: Path) -> Path:
    """Return *path*, relative to the current folder if it is below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
