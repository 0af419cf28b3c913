"""The objects of workspaces outside access control, with the fields that clients need."""
