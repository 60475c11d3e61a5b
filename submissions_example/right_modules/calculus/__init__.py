"""Rules of the lecture as small functions."""
