"""TOML in, declaration out."""
