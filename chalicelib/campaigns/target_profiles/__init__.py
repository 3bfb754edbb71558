"""Target profiles: what is expected of people, topic by topic, and what they earn by it."""
