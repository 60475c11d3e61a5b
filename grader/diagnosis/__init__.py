"""Which law a wrong answer breaks, and which mistake it is."""
