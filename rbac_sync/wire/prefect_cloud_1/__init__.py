"""The GraphQL operations of Prefect Cloud 1, and the shapes of their responses.

A user with ``account_type`` SERVICE is a service account everywhere else. Permission names are
plain text here: the catalogue has them.

Sources: the documentation of prefect 1.4.1, the queries of its user interface, and the
schema files in an early version of the vendor's Terraform provider.
"""
