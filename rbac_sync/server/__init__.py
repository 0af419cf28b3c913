"""The server: the two APIs of the input documents, on the store of rbac-sync."""
