"""What other platforms than Gradescope are told of a record: one module each, all of it for the student."""
