"""A shop in two modules."""
