"""Writing files of every sort, and what files of several sorts share."""
