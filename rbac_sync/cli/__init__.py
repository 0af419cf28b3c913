"""The command line: arguments in, one call of the pipeline, exit code out."""
