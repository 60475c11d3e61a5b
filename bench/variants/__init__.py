"""Right and wrong hand-ins of each homework function, one file per topic."""
