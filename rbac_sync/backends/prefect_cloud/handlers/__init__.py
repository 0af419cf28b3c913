"""The handlers of Prefect Cloud, one for each kind."""
