"""The second entrance: the system that the input documents describe, over our store."""
