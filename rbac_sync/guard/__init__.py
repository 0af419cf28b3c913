"""May this plan be applied? Pure: a plan and an applier in, findings out."""
