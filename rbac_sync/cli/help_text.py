"""The commands, and the answer to ``rbac-sync --help``."""

from __future__ import annotations

COMMANDS = {
    "init": ("init", "Begin a configuration from what is live."),
    "validate": ("validate", "Check the configuration; nothing is asked of the account."),
    "fmt": ("fmt", "Write the files of a configuration in canonical form."),
    "plan": ("plan", "Show what would change, for whom, and what the guard says."),
    "apply": ("apply", "Apply the changes and write the audit trail."),
    "drift": ("drift", "Show how the live account differs from the configuration."),
    "test": ("validate", "Run the [[test]] tables against the configuration."),
    "report": ("report", "Write an HTML report of a plan."),
    "comment": ("comment", "Show a run's report on a pull request."),
    "pull": ("state", "Write what is live as configuration."),
    "import": ("import_", "Write the access in a Terraform state as configuration."),
    "show": ("state", "Show what is live, or a saved plan."),
    "graph": ("graph", "Draw who holds which role where, or what a plan changes of it."),
    "export": ("export", "Write who has what for a spreadsheet, OpenFGA or Cedar."),
    "codeowners": ("codeowners", "Write CODEOWNERS from the table [owners]."),
    "can": ("access", "Say whether a principal may do something."),
    "who-can": ("access", "List who may do something."),
    "explain": ("access", "Say what a principal may do, and why."),
    "whoami": ("access", "Show who the API key belongs to."),
    "doctor": ("doctor", "Check what a run needs, each with its remedy."),
    "undo": ("undo", "Show the plan that takes a run back."),
    "audit": ("audit", "Read and verify the audit trail."),
    "store": ("store", "Create and look after a store."),
    "serve": ("serve", "Serve a store as Prefect Cloud, today's or the older one."),
    "permissions": ("reference", "List permissions and the roles that hold them."),
    "rule": ("reference", "Explain a rule of the guard or an error code."),
    "schema": ("reference", "Print the JSON Schema of the configuration, for editors."),
    "help": ("help", "Print the help of a command or of a topic."),
    "completion": ("help", "Print the script that completes in a shell."),
    "version": ("help", "Print the version."),
    "demo": ("demo", "Run a demo on a sample company."),
}
"""Each command with its module and its line of help: ``--help`` imports no command."""

HELP = """\
Usage: rbac-sync [OPTIONS] COMMAND [ARGS]...

  Access control as code: declare it, plan it, have escalations refused, apply
  it on record.

Options:
  -version, --version      Show the version and exit.
  -C, -chdir, --chdir DIR  Run in this folder.
  -h, -help, --help        Show this message and exit.

Commands:
""" + "".join(f"  {name:<11}  {text}\n" for name, (_, text) in COMMANDS.items())
"""The help for 80 columns. *Why* not by click: most of the time would be its import."""
