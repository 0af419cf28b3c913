"""The command line: words in, one pipeline call, exit code out."""
