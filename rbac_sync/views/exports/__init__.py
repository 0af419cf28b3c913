"""Access for other tools: as a table, or as the model of an authorisation engine."""
