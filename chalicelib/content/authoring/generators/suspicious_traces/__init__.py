"""File tasks of the topic `suspicious-traces`: a message and a log of sign-ins."""
