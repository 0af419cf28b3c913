"""SQLite files and PostgreSQL databases: where a store is kept, and a journal may be."""
