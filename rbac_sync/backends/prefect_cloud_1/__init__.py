"""The older Prefect Cloud over GraphQL, as a backend: one tenant."""
