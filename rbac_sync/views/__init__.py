"""Text and JSON of values; views decide nothing."""
