"""Collective results: what many people's assessments come to together, never what one person's does.

- `counters`   exact totals of views that a million people may enter at once
"""
