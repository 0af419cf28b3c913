"""SQLite files and PostgreSQL databases: the places of a store, and of some journals."""
