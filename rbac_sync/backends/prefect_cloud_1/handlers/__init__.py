"""The handlers of Prefect Cloud 1, one for each kind."""
