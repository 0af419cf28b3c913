"""Who did what, when, to what: records, their chain, and where they are kept."""
