"""Nothing is asked of it."""
