"""What a person knows: the fold of one contribution per finished assessment.

- `contributions`  what a finished assessment adds
- `folding`        all contributions, in order, as one profile: pure, so that any order of arrival gives the same bytes
- `knowing`        what of it counts when an assessment starts
- `updating` `reading`   the use-cases; `ports` what they need
"""
