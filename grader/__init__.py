"""An autograder for homework in which students write mathematics as numpy functions."""

__version__ = "0.1.0.dev0"
