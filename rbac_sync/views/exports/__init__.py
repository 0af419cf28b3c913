"""Access for other tools: who has what, as a table, or as the model of an authorisation engine."""
