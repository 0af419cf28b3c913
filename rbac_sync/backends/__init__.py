"""Where live state comes from and changes go. One folder or file per backend."""
