"""The reports of one run, one module for each format."""
