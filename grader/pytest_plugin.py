"""What pytest loads wherever grader is installed: it does nothing until `--submission` is given."""
