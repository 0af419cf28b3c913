"""The audit trail: records, the chain that links them, replay and undo."""
