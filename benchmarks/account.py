"""Writes the configuration of an account of a given size."""

from __future__ import annotations

from pathlib import Path

ROLES = ("viewer", "runner", "developer")
PER_WORKSPACE = 1_000


def write(folder: Path, bindings: int) -> None:
    """Write an account with *bindings* workspace bindings, a thousand a workspace."""
    people = [f"person{n}@example.org" for n in range(2 * PER_WORKSPACE)]
    (folder / "workspaces").mkdir(parents=True)
    (folder / "rbac.toml").write_text(
        '[backend]\ntype = "store"\nworld = "prefect-cloud"\naccount = "bench"\n'
        '[files]\n"people.toml" = ["members"]\n"workspaces/*.toml" = ["workspaces.{stem}"]\n'
        '[manage]\nmembers = "all"\nworkspaces = "all"\naccess = "all"\n'
    )
    listed = ",\n  ".join(f'"{who}"' for who in people)
    owner = 'owner = ["owner@example.org"]'
    (folder / "people.toml").write_text(f"[members]\n{owner}\nmember = [\n  {listed}\n]\n")
    for n in range(max(1, bindings // PER_WORKSPACE)):
        (folder / "workspaces" / f"w{n}.toml").write_text(_workspace(n, people))


def _workspace(n: int, people: list[str]) -> str:
    lines = [f"[workspaces.w{n}]", f'name = "Workspace {n}"', "", f"[workspaces.w{n}.access]"]
    here = people[n % 2 :: 2]
    for k, role in enumerate(ROLES):
        listed = ",\n  ".join(f'"{who}"' for who in here[(k + n) % 3 :: 3])
        lines.append(f"{role} = [\n  {listed}\n]")
    return "\n".join(lines) + "\n"
