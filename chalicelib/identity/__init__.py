"""Who is asking: bearer tokens and what they open."""
