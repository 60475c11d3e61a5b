"""The wall: the student's process, what is said to it and what comes back."""
