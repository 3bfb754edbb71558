"""File tasks of the topic `event-logs`: the log of a service."""
