"""Plans whose order depends on what each step finds, through the command."""

from __future__ import annotations

from .running import run

START = (
    (
        'member = ["bo", "cy", "lea", "sa:ci"]',
        'member = ["cy", "lea", "sa:ci"]\ncollaborator = ["bo"]',
    ),
    ("[teams.data]", '[roles.reader]\npermissions = ["see_flows"]\n\n[teams.data]'),
    ('members = ["bo"]', 'members = ["cy"]'),
    ('default_role = "none"', 'default_role = "none"\n\n[workspaces.test.access]\nreader = ["bo"]'),
)
THEN = (
    ('collaborator = ["bo"]', ""),
    ('member = ["cy"', 'member = ["bo", "cy"'),
    ('runner = ["team:data"]', 'runner = ["team:data"]\nviewer = ["bo"]'),
    ('reader = ["bo"]', ""),
    ('permissions = ["see_flows"]', 'permissions = ["see_flows", "see_blocks"]'),
)
LEAVES = "# workspace.test/access/bo@acme.example will be destroyed"
WIDENED = "# role.reader will be updated in-place"


def test_a_collaborator_who_becomes_a_member_leaves_before_its_old_role_is_widened(account):
    account.edit(*START)
    assert run("apply --auto-approve").code == 0
    account.edit(*THEN)

    planned = run("plan --out it.plan")

    assert planned.code == 0, planned.out + planned.err
    assert planned.lines.index(LEAVES) < planned.lines.index(WIDENED)
    assert run("apply it.plan").code == 0
    assert run("plan --detailed-exitcode").code == 0
