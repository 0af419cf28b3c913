"""The answer to ``rbac-sync --help``: written by scripts/reference.py."""

HELP = """\
Usage: rbac-sync [OPTIONS] COMMAND [ARGS]...

  Access control as code: declare it, plan it, have escalations refused, apply
  it on record.

Options:
  -version, --version      Show the version and exit.
  -C, -chdir, --chdir DIR  Run in this folder.
  -h, -help, --help        Show this message and exit.

Commands:
  init         Begin a configuration from what is live.
  validate     Check the configuration; nothing is asked of the account.
  fmt          Write the files of a configuration in canonical form.
  plan         Show what would change, for whom, and what the guard says.
  apply        Apply the changes and write the audit trail.
  drift        Show how the live account differs from the configuration.
  test         Run the [[test]] tables against the configuration.
  report       Write an HTML report of a plan.
  comment      Show a run's report on a pull request.
  pull         Write what is live as configuration.
  import       Write the access in a Terraform state as configuration.
  show         Show what is live, or a saved plan.
  graph        Draw who holds which role where, or what a plan changes of it.
  export       Write who has what for a spreadsheet, OpenFGA or Cedar.
  codeowners   Write CODEOWNERS from the table [owners].
  can          Say whether a principal may do something.
  who-can      List who may do something.
  explain      Say what a principal may do, and why.
  whoami       Show who the API key belongs to.
  doctor       Check what a run needs, each with its remedy.
  undo         Show the plan that takes a run back.
  audit        Read and verify the audit trail.
  store        Create and look after a store.
  serve        Serve a store as Prefect Cloud, today's or the older one.
  permissions  List permissions and the roles that hold them.
  rule         Explain a rule of the guard or an error code.
  schema       Print the JSON Schema of the configuration, for editors.
  help         Print the help of a command or of a topic.
  completion   Print the script that completes in a shell.
  version      Print the version.
  demo         Run a demo on a sample company.
"""
