"""A program that is imported once and forked for each command, so that none waits for the imports.

As a script, run by the python that has the program, this file is the server: it imports the modules
of its command line, reads one job a line from its input, and answers with the id of the child's
process and, when that has ended, its exit code. A job is JSON: `words` as they follow ``python``,
`env` whole, `cwd`, and the files `out` and `err`. The child that runs a job is a process like any
other: it ends as an interpreter ends.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path


class ForkServer:
    """A server for the commands of one python. Each child runs *after_fork* before its command.

    *Why* a statement of Python: a program that read its settings from the environment when it was
    imported has to read them again.
    """

    def __init__(self, python: str, modules: list[str], after_fork: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._files = [Path(self._folder.name, name) for name in ("out", "err")]
        self._server = subprocess.Popen(
            [python, __file__, after_fork, *modules],
            env={"PATH": os.environ["PATH"], "HOME": self._folder.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run ``python *words*`` to its end."""
        self.start(*words, env=env, cwd=cwd)
        return self.wait(*words)

    def start(self, *words: str, env: dict[str, str], cwd: Path) -> int:
        """Start ``python *words*``, and return the id of its process. No other is to be running."""
        out, err = self._files
        job = {"words": words, "env": env, "cwd": str(cwd), "out": str(out), "err": str(err)}
        self._server.stdin.write(f"{json.dumps(job)}\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def wait(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Wait until the process that was started with *words* has ended."""
        code = int(self._server.stdout.readline())
        texts = [file.read_text(encoding="utf-8") for file in self._files]
        return subprocess.CompletedProcess(words, code, *texts)

    def close(self) -> None:
        """End the server and remove its folder."""
        self._server.communicate()
        self._folder.cleanup()


def serve(after_fork: str, *modules: str) -> None:
    """Import *modules* and run the jobs of the input, each in a child."""
    for module in modules:
        importlib.import_module(module)
    gc.freeze()  # or every child passes over all that is imported when it ends
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            start(json.loads(line), after_fork)
            return
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def start(job: dict, after_fork: str) -> None:
    """Turn this process into that of *job*, and run its command."""
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, name in enumerate(("out", "err"), 1):
        os.dup2(os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    exec(after_fork)
    option, program, *words = job["words"]
    sys.path[0] = ""
    sys.argv = [option, *words]
    if option == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        exec(program, {"__name__": "__main__"})


if __name__ == "__main__":
    serve(*sys.argv[1:])
