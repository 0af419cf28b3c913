"""The permissions and built-in roles of each world, as data."""
