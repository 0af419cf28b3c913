"""The plan cache: the workspaces that a plan found to be as declared, in a file of this user.

It only saves work. A file that is damaged, of another version or account, too old or from the
future is ignored; `apply` and `drift` read everything again. It is signed
with the API key. *Why*: a CI job may keep it where a pull request can put a file, and a
forged one could hide the changes of that pull request from a plan.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Any

from .. import __version__
from ..backends.plain_session import Moment
from ..backends.state_folder import make_private, state_folder
from ..config.known_files import KnownFile
from ..dataclasses import asdict, dataclass
from ..model import Address, Instant
from ..model.instant import parsed, rfc3339
from ..model.plain import built, canonical
from ..planning.planfile import MALFORMED, Target
from .run_options import RunOptions

FORMAT = f"rbac-sync plan cache 1, {__version__}, Unicode {unicodedata.unidata_version}"

MOST_AGE = timedelta(days=1)
"""The time after which everything is read again."""

LARGEST = 2**26
"""The size in bytes above which a file is ignored."""


@dataclass(frozen=True, slots=True)
class PlanCache:
    """The ``files`` whose workspaces were, in ``target`` at ``moment``, as declared.

    ``since`` is the time at which the first of them was compared; the cache is valid until
    ``until``, when something in the account begins or ends. ``others`` are the digests, by name,
    of the files that the meaning of ``files`` depends on. ``members`` is the digest of the files of
    members if the live users and account roles were the declared ones, else empty. ``references``
    names, for each short name and group, a file that refers to it. ``advice`` is the digest of the
    advice on ``others``. ``settled`` is the digest of all files and the applier if the plan had
    nothing to report, else empty.
    """

    target: Target
    moment: Moment
    since: Instant
    until: Instant | None
    others: Mapping[str, str]
    members: str
    files: Mapping[str, KnownFile]
    references: Mapping[str, str]
    advice: str
    settled: str = ""

    def is_of(self, target: Target, now: Instant) -> bool:
        """Say whether the cache is of *target*, and at *now* neither expired nor to come."""
        ends = self.since + MOST_AGE
        ends = min(ends, self.until) if self.until else ends
        return self.target == target and self.since <= now < ends

    def encoded(self, api_key: str) -> bytes:
        """Return this as the bytes of a file, signed with *api_key*."""
        body = {
            "target": asdict(self.target),
            "moment": self.moment,
            "since": rfc3339(self.since),
            "until": rfc3339(self.until) if self.until else None,
            "others": self.others,
            "members": self.members,
            "files": {n: [f.digest, f.workspaces, f.members] for n, f in self.files.items()},
            "references": self.references,
            "advice": self.advice,
            "settled": self.settled,
        }
        text = canonical(body).encode()
        return b"\n".join((FORMAT.encode(), _signature(text, api_key), text))

    @classmethod
    def decoded(cls, content: bytes, api_key: str) -> PlanCache | None:
        """Return the cache in *content*; None if not written by this version with *api_key*."""
        form, _, rest = content.partition(b"\n")
        signature, _, text = rest.partition(b"\n")
        if form != FORMAT.encode() or not compare_digest(signature, _signature(text, api_key)):
            return None
        try:
            return cls._of(json.loads(text))
        except MALFORMED:
            return None

    @classmethod
    def _of(cls, body: dict[str, Any]) -> PlanCache:
        account, serial, seq, digest = body["moment"]
        return cls(
            built(Target, body["target"]),
            Moment(str(account), int(serial), int(seq), str(digest)),
            parsed(body["since"]),
            parsed(body["until"]) if body["until"] else None,
            _texts(body["others"]),
            _text(body["members"]),
            {
                name: KnownFile(_text(digest), _tables(workspaces), tuple(map(_text, roles)))
                for name, (digest, workspaces, roles) in body["files"].items()
            },
            _texts(body["references"]),
            _text(body["advice"]),
            _text(body["settled"]),
        )


def _signature(text: bytes, api_key: str) -> bytes:
    return hmac.new(api_key.encode(), FORMAT.encode() + text, sha256).hexdigest().encode()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _tables(values: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, str | bool]]:
    tables = {handle: dict(table) for handle, table in values.items()}
    written = (value for table in tables.values() for value in table.values())
    if not all(isinstance(value, str | bool) for value in written):
        raise TypeError("not the attributes of a workspace")
    return tables  # type: ignore[return-value]  # checked above


def settled_digest(files: Mapping[str, str], applier: Address | None, options: RunOptions) -> str:
    """Return the digest of *files* and of the applier; empty if there is an author, too."""
    if options.author is not None or options.token:
        return ""
    text = canonical([files, str(applier), options.simulated is not None])
    return sha256(text.encode()).hexdigest()


def cache_path(folder: Path, url: str) -> Path:
    """Return the file for the configuration in *folder*, planned with the option *url*."""
    place = re.sub(r"//[^/]*@", "//", url)
    digest = sha256(f"{folder.resolve()}\n{place}".encode()).hexdigest()[:24]
    return state_folder() / "plans" / f"{digest}.cache"


def read_cache(path: Path, api_key: str) -> PlanCache | None:
    """Return the cache in the file *path*; None if there is none written with *api_key*."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no path
            content = file.read(LARGEST + 1) if _is_own(os.fstat(descriptor)) else b""
    except OSError:
        return None
    return PlanCache.decoded(content, api_key) if len(content) <= LARGEST else None


def _is_own(status: os.stat_result) -> bool:
    """Say whether only this user can have written a file with this *status*."""
    is_regular = stat.S_ISREG(status.st_mode)
    return is_regular and status.st_uid == os.geteuid() and not status.st_mode & 0o022


def write_cache(path: Path, cache: PlanCache | None, api_key: str) -> None:
    """Write *cache* to *path*, readable by this user alone; errors are ignored."""
    with suppress(OSError):
        if cache is None:
            path.unlink(missing_ok=True)
            return
        make_private(path.parent)
        part = path.with_suffix(f".{os.getpid()}")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor has no path
                file.write(cache.encoded(api_key))
            part.replace(path)
        except BaseException:  # a full disk must not fill up with parts
            part.unlink(missing_ok=True)
            raise
