"""Values in, text out. Views decide nothing."""
