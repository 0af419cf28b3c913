"""The schema's history, one file per revision."""
