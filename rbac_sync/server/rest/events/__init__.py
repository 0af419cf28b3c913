"""Events of the REST API: the audit trail, and the events that clients report."""
