"""Virtual people and what they do to a running service. Traffic goes to 127.0.0.1 only, bounded in time and in number."""
