"""Proves an assignment before students see it."""
