"""Text and JSON of values. Views make no decisions."""
