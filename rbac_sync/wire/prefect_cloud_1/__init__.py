"""The GraphQL operations of Prefect Cloud 1 that a client of it needs, and the shapes of answers.

What the API calls a user with ``account_type`` SERVICE is a service account everywhere
else. Permission names are plain text here: which there are is the catalogue's to say.

Sources: the documentation of prefect 1.4.1, the queries of its user interface, and the
schema files in an early version of the vendor's Terraform provider.
"""
