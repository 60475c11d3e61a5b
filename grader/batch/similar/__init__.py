"""Whose code has much in common, for a person to look at."""
