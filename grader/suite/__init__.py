"""Instructors' own tests: one run of pytest against one hand-in behind the wall."""
