"""File tasks of the topic `mailbox-files`: a mailbox."""
