"""Shared parts of the backends of remote services: HTTP, credentials, journal and sessions."""
