"""Every error code of a configuration, with its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem: ``RSnnn``, a title, and an explanation of several sentences."""

    code: str
    title: str
    explanation: str


SECRET = "RS119"  # noqa: S105 - the name of a problem
"""The one code whose source line is never shown: the line holds a secret."""

_ALL = (
    Code(
        "RS001",
        "not TOML",
        "The file does not follow the TOML grammar, so nothing in it can be used. The place is the"
        " first character of the value or key that could not be read.",
    ),
    Code("RS002", "not UTF-8", "Configuration files are UTF-8. Save the file in that encoding."),
    Code(
        "RS004",
        "control or invisible character",
        "Control characters, characters that change the direction of text and characters without a"
        " shape make a reviewer see something else than what is read. They are refused in names,"
        " values and comments, written raw or as an escape. Descriptions and reasons may have"
        " line breaks and tabs.",
    ),
    Code(
        "RS005",
        "nested too deeply",
        "A key has at most 16 dotted parts, and arrays and tables nest at most 32 levels. Real"
        " configurations stay far below; only files made to exhaust a parser do not.",
    ),
    Code(
        "RS006",
        "written twice in one file",
        "A key or table occurs twice in one file. Neither of the two is used.",
    ),
    Code(
        "RS101",
        "no configuration",
        "There is no `rbac.toml` in the folder. It is the root of a configuration: it"
        " names the backend and, in `[files]`, the other files.",
    ),
    Code(
        "RS102",
        "file too large",
        "A file is larger than the limit: 1 MiB unless `[limits] max_file` or RBAC_SYNC_MAX_FILE"
        " says otherwise. Split it along `[files]`, or raise the limit.",
    ),
    Code(
        "RS103",
        "too many files",
        "`[files]` matches more files than the limit: 1,000 unless `[limits] max_files` raises it.",
    ),
    Code(
        "RS104",
        "configuration too large",
        "The files have more bytes in all than 64 MiB, or what `[limits] max_total` says.",
    ),
    Code(
        "RS105",
        "path outside the folder",
        "Patterns in `[files]` are relative to the folder of `rbac.toml` and stay inside it."
        " `..`, absolute paths and backslashes are refused: a pull request must not make the tool"
        " read, and quote, somebody else's files.",
    ),
    Code(
        "RS106",
        "symbolic link",
        "Links are not followed, neither files nor folders: a link could point to a secret whose"
        " first line would then be quoted in an error message.",
    ),
    Code("RS107", "not a regular file", "Only regular files are read; no folders, pipes, devices."),
    Code(
        "RS108",
        "changed while read",
        "The file was written to while it was being read, so what was read may be neither the old"
        " nor the new version. Run the command again.",
    ),
    Code("RS109", "unreadable", "The operating system refused to open or read the file."),
    Code(
        "RS110",
        "file missing",
        "`[files]` names a file that does not exist. A lost file would look like removed access.",
    ),
    Code(
        "RS111",
        "not allowed in this file",
        "`[files]` says which tables each file may define, so that code owners of one file cannot"
        " change the tables of another. This file may not define this table.",
    ),
    Code(
        "RS112",
        "unknown key",
        "The key means nothing here. Unknown keys are refused, because an ignored key is an"
        " ignored restriction: `utnil` instead of `until` would make a temporary grant permanent.",
    ),
    Code("RS113", "missing key", "A key that this table cannot do without is not written."),
    Code(
        "RS114",
        "wrong type",
        "The value is of another type than the key takes. Nothing is converted: `true` is no"
        " number, and a single name is no list.",
    ),
    Code("RS115", "value not allowed", "The value is of the right type but not one that is taken."),
    Code(
        "RS116",
        "time without offset",
        "A date-time needs an offset from UTC, as in `2026-12-31T18:00:00Z`, or it would be"
        " another instant on another machine. A bare date is the start of that day in UTC.",
    ),
    Code(
        "RS117",
        "not a name",
        "Names are one line of text, not empty, without space at either end. Workspaces are named"
        " by handle, which cannot be `*`.",
    ),
    Code(
        "RS118",
        "not an e-mail address",
        "People are named by e-mail address in plain ASCII. Letters of other alphabets look the"
        " same but differ, and databases differ in which of them they treat as equal.",
    ),
    Code(
        SECRET,
        "secret in the configuration",
        "Configuration is read by many and kept for ever in version control, so it never holds"
        " credentials. The API key comes from RBAC_SYNC_API_KEY, a database password from"
        " RBAC_SYNC_URL, PGPASSWORD or ~/.pgpass. A secret that was committed must be revoked.",
    ),
    Code(
        "RS120",
        "no backend",
        "`[backend]` names the system and the account of the configuration. Nothing can be planned"
        " without it; it is never guessed.",
    ),
    Code(
        "RS121",
        "nothing is declared",
        'An empty configuration never means "remove everybody": it is far more often a lost file'
        " or a wrong folder. Declare at least one object, or run in the right folder.",
    ),
    Code(
        "RS122",
        "belongs to a run, not to a file",
        "An exception from the guard for one run is an option on the command line of that run, with"
        " a reason. A file never has it.",
    ),
    Code("RS123", "unusable limit", "RBAC_SYNC_MAX_FILE must be a whole number of bytes."),
    Code(
        "RS124",
        "not in this world",
        "The backend's world has no such thing: a Prefect Cloud 1 tenant has neither workspaces"
        " nor teams.",
    ),
    Code(
        "RS125",
        "short name in [guard]",
        "Everything under `[guard]` that names somebody takes whole addresses only: an e-mail"
        " address, `sa:NAME`, `member.EMAIL`, `team.NAME`. Short names come from `[people]`, which"
        " other people may edit: they would choose for whom a signed token speaks, or who is"
        " protected.",
    ),
    Code(
        "RS126",
        "a pattern that matches nothing",
        "A pattern in `[files]` matches no file, and `[manage]` says that all of what its files"
        ' declare is managed. A folder that was lost or renamed would mean "remove everything".',
    ),
    Code(
        "RS201",
        "unknown short name",
        "A name without `@` or prefix is a short name from `[people]`, and there is none of that"
        " name. Service accounts are written `sa:NAME`, teams `team:NAME`.",
    ),
    Code(
        "RS202",
        "unknown member",
        'With `[manage] members = "all"` whoever is not in `[members]` is removed from the'
        " account, so nothing can refer to them.",
    ),
    Code(
        "RS203",
        "unknown service account",
        "The service account is not declared. If it exists and is kept elsewhere, say so with"
        ' `[manage] service_accounts = "declared"` or `"none"`; it must then exist live.',
    ),
    Code(
        "RS204",
        "unknown team",
        "The team is not declared. If it exists and is kept elsewhere, say so with"
        ' `[manage] teams = "declared"` or `"none"`; it must then exist live.',
    ),
    Code(
        "RS205",
        "unknown role",
        "The role is neither built in nor declared. If it exists and is kept elsewhere, say so with"
        ' `[manage] roles = "declared"` or `"none"`; it must then exist live.',
    ),
    Code(
        "RS206",
        "unknown permission",
        "The world's catalogue has no permission of that name or title; `rbac-sync permissions`"
        " lists them all.",
    ),
    Code(
        "RS207",
        "wildcard",
        "`*` is not a permission. It would silently include every permission added in future;"
        " list each permission.",
    ),
    Code(
        "RS208",
        "unknown workspace",
        "The workspace is not declared. If it exists and is kept elsewhere, say so with"
        ' `[manage] workspaces = "declared"` or `"none"`; it must then exist live.',
    ),
    Code(
        "RS209",
        "unknown backend",
        "No backend of that type is built in or installed, or there is no such world.",
    ),
    Code(
        "RS210",
        "unknown group",
        "No `[groups.NAME]` is declared under that name.",
    ),
    Code(
        "RS301",
        "declared twice",
        "An object is declared in one file only. A second file could override the reviewed one.",
    ),
    Code(
        "RS302",
        "two roles in one scope",
        "A principal holds one role in the account and one in each workspace; Prefect keeps no"
        " more. Choose one of the roles, or make a custom role with the permissions of both.",
    ),
    Code("RS303", "listed twice", "The same principal or permission is listed more than once."),
    Code("RS304", "settings that contradict", "Two settings say different things, or the same."),
    Code("RS305", "ends before it begins", "`until` is not later than `from`."),
    Code(
        "RS306",
        "built-in role",
        "Built-in roles belong to the backend: they cannot be declared, and nothing else may bear"
        " their name or one that looks like it.",
    ),
    Code(
        "RS307",
        "wrong level",
        "Account roles are held in the account and hold account permissions, workspace roles are"
        " held in workspaces and hold workspace permissions. They do not mix.",
    ),
    Code(
        "RS308",
        "not a principal for this",
        "Teams hold no account role; `everyone` holds only default roles.",
    ),
    Code(
        "RS309",
        "service account without account role",
        "In this world a service account without account role becomes an administrator. List it in"
        " `[members]`.",
    ),
    Code(
        "RS310",
        "names that look alike",
        "Letters of different alphabets make two names that a reviewer cannot tell apart.",
    ),
    Code(
        "RS311",
        "manages all and declares none",
        'An empty table never means "remove everybody". Declare members, or manage "declared".',
    ),
    Code(
        "RS312",
        "allowed and forbidden",
        "A test says of one permission both that it can and that it cannot be used.",
    ),
    Code(
        "RS313",
        "role or permission",
        "A name in `never_together` is that of a role and of a permission, so that the test has two"
        " meanings.",
    ),
    Code(
        "RS314",
        "not a rename",
        "`renamed_from` says which name an object had. No other object is declared or live under"
        " that name, and no other one comes from it. Where both names are live, they are two"
        " objects: take `renamed_from` out to keep both, or move what the old one holds and"
        " remove it. Of a person both addresses may be live: the plan removes the old one.",
    ),
    Code(
        "RS315",
        "ends with too few owners",
        "All members are declared, and after this end fewer of them own the account than"
        " `[guard] min_owners` requires. There is no run at that instant, so no rule of the guard"
        " could refuse it then.",
    ),
    Code(
        "RS316",
        "renames nothing, and something is destroyed",
        "`renamed_from` names nothing that is live, and the same plan would destroy something of"
        " that kind. If the old name is misspelt, the plan would destroy the thing to rename, and"
        " create an empty one under the new name. Without such a destruction it does no harm.",
    ),
    Code(
        "RS317",
        "contains itself",
        "Groups and teams may contain groups and teams, and a role may have another one as its"
        " base; none may contain itself, directly or through others. The message names the cycle.",
    ),
    Code(
        "RS318",
        "left out in vain",
        "`except` names a principal that is not in the group, or that stays in it through a team."
        " The principal would keep its access. A team that is listed in `members` holds access as a"
        ' whole; `all = "team:NAME"` lists its people instead.',
    ),
    Code(
        "RS319",
        "a group without members",
        "Nobody is in the group, so what it grants is lost to everybody. If that is on purpose,"
        " write `allow_empty = true` in it. Members whose time has ended count as members.",
    ),
    Code(
        "RS320",
        "in two groups for different times",
        "Two groups of one list hold the same principal for different times. Add an entry for the"
        " principal itself, which decides.",
    ),
    Code(
        "RS321",
        "defaults for no workspace",
        "The pattern of a `[workspace_defaults]` table matches no declared workspace. If it is"
        " misspelt, workspaces lack these defaults.",
    ),
    Code(
        "RS322",
        "two defaults for one key",
        "Two `[workspace_defaults]` tables match a workspace and give the same key, which the"
        " workspace does not write itself. Neither wins.",
    ),
    Code(
        "RS323",
        "a base that keeps live values",
        "A custom role is the base of another one and does not write `base` or `permissions`, so"
        " that these keep their live values. The configuration then does not show all permissions"
        " of the other role.",
    ),
    Code(
        "RS324",
        "groups or roles nested too deeply",
        "Groups and teams that contain each other nest at most 32 levels, and so do custom roles"
        " whose bases are custom roles.",
    ),
    Code(
        "RS325",
        "ignored and declared",
        "A pattern of `[[ignore]]` covers something that the configuration declares. No plan would"
        " ever carry out this declaration.",
    ),
    Code(
        "RS326",
        "owners of nothing",
        "A key of `[owners]` matches no file of the configuration and no declared thing. If it is"
        " misspelt, others own the files that it should match.",
    ),
    Code(
        "RS327",
        "an owner who is nobody",
        "An owner in `[owners]` is a service account, or a team or group without people. A change"
        " that waits for its approval would wait for ever.",
    ),
    Code(
        "RS330",
        "nothing to change",
        "`[accounts.NAME]` changes or names things of shared files, and no shared file declares"
        " this one. If the name is misspelt, there would be a second thing. Things that only one"
        " account has are written under `[accounts.NAME.add]`.",
    ),
    Code(
        "RS331",
        "two accounts that are one",
        "Two tables `[accounts.NAME]` name the same account of the same system: each run of the one"
        " would undo the changes of the other. Or their names differ in case alone: their"
        " plans and reports would be one file on a disk that ignores case.",
    ),
    Code(
        "RS340",
        "no such object",
        "A key of `[workspaces.X.objects]` names a block, a deployment or a work pool by its type"
        " and name, and its table has the levels of that type: nobody runs a block.",
    ),
    Code(
        "RS341",
        "on a list, and not in the workspace",
        "A principal is on the access list of an object, and has no access to its workspace by any"
        " role, team, default role or account role. The list gives no access by itself.",
    ),
    Code(
        "RS350",
        "has left",
        "`[alumni]` has people on record who hold nothing. No role, team, access, group or policy"
        " of the configuration may name such a person; a `[[test]]` may. If the person is back,"
        " delete the entry of `[alumni]`.",
    ),
    Code(
        "RS351",
        "leaves later",
        "`[alumni]` is for people who have left. Write a future end as `until`, in"
        " `[members]`, in a team or in access: the access then ends at that time.",
    ),
    Code(
        "RS501",
        "has ended",
        "The time of this entry is over, so it grants nothing any more. It can be deleted.",
    ),
    Code("RS502", "short name not used", "Nothing refers to this entry of `[people]`."),
    Code(
        "RS503",
        "declared but not managed",
        '`[manage]` has `"none"` for this table, so no plan carries out its declarations.',
    ),
    Code(
        "RS504",
        "limits nothing that is declared",
        "`[guard]` names something in `protect` or `workspace_owners` that is not declared here."
        " If it is misspelt, it protects nothing.",
    ),
    Code(
        "RS505",
        "renamed already",
        "The object has its new name, and nothing has the old one any more. `renamed_from` is no"
        " longer needed and can be deleted, if this is so in every account of the file.",
    ),
    Code(
        "RS506",
        "ends soon",
        "The time of this holding, place in a team, API key or invitation is over within 14 days."
        " Where the system keeps terms it ends by itself, elsewhere the next run ends it.",
    ),
    Code(
        "RS507",
        "may end with too few owners",
        "After this end there are fewer declared owners than `[guard] min_owners`"
        " requires. Others may own the account too, as not all members are declared.",
    ),
    Code(
        "RS508",
        "renames nothing",
        "`renamed_from` names nothing that is live, but a thing with a similar name is live. The"
        " object will be created anew.",
    ),
    Code(
        "RS509",
        "looks like a rename",
        "The plan creates a thing, and destroys another one that holds exactly the same. With"
        " `renamed_from` it would be one thing, and keep all that it holds.",
    ),
    Code(
        "RS510",
        "a pattern that matches nothing",
        "A pattern in `[files]` matches no file. Nothing is removed for this reason, since"
        ' `[manage]` does not say "all" of its tables.',
    ),
    Code(
        "RS511",
        "a file that is not read",
        "A file in the folder declares something, and no line of `[files]` matches it, so no plan"
        " carries out its declarations. A line may have another extension, or another name of"
        " the folder.",
    ),
    Code(
        "RS512",
        "a key that stays as it is",
        "`undo` does not make a key again that the run revoked: its secret is gone, and a new key"
        " is another key. Keys of people are their own; `undo` neither makes nor revokes them.",
    ),
    Code(
        "RS513",
        "a test of what is not all seen",
        "The API key does not show all access that the test is about. Unseen access may give what"
        " the test forbids, and a demand does not fail for lack of it. Plan with a key that shows"
        " everything.",
    ),
    Code(
        "RS514",
        "ignores nothing",
        "A pattern of `[[ignore]]` covers nothing that is live. It may be misspelt, or the thing no"
        " longer exists.",
    ),
    Code(
        "RS515",
        "a test that warns does not hold",
        'A `[[test]]` of `level = "warn"` fails once the plan is applied. It refuses nothing,'
        " unless `--strict` is passed. Only the outcome is tested, no state before it.",
    ),
    Code(
        "RS516",
        "without owner",
        "There is `[owners]`, and a file, or a thing in it, has no owners there: everybody who may"
        " change the repository may change it.",
    ),
    Code(
        "RS517",
        "a file of several owners",
        "A file declares things of different owners. A forge knows owners of files only, and one"
        " approval is enough: each of the owners may approve a change to the whole file.",
    ),
    Code(
        "RS518",
        "a grant for longer than allowed",
        "A declared grant of a role in `max_term` or `require_end_for` of `[guard]` has no end, or"
        " a late one. A plan that gives it is refused (TERM). One that is live already is advice,"
        " so that nothing else waits for it; with `--strict` it is refused.",
    ),
    Code(
        "RS519",
        "a grant without a reason",
        "A declared grant of a role in `require_reason_for` of `[guard]` has no reason. A plan that"
        " gives it is refused (REASON). One that is live already is advice, so that nothing else"
        " waits for it; with `--strict` it is refused.",
    ),
    Code(
        "RS520",
        "a default role that gives too much",
        "A declared default role holds a permission of `default_role_forbids` in `[guard]`. A plan"
        " that sets it is refused (DEFAULT_ROLE). One that is live already is advice, so that"
        " nothing else waits for it.",
    ),
)

CODES: Mapping[str, Code] = {code.code: code for code in _ALL}
"""Every code by its name; the guard's RS4xx live with the guard."""


def is_advice(code: str) -> bool:
    """Say whether problems of this code are advice only."""
    return code.startswith("RS5")
