"""Campaigns: what an organisation asks of its people, what each comes to, and what they come to together.

- `organisations`     who may do what for whom
- `target_profiles`   what is expected, and what is earned by it
- `campaign`, `launching`, `finding`, `codes`   a campaign and its life
- `participation`, `taking`, `giving`           a person's way through it
- `mastery`           what one participation came to
- `collective`        what all came to together
- `counters`          exact totals of views that a million people may enter at once
- `imports`           files of learners, read and compared; nothing is stored yet
"""
