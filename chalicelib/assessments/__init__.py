"""A person answering: an append-only log, the state after each entry, and the use-cases that append.

- `model`      what a log holds: start, entries, state
- `codec`      that, as bytes
- `fold`       how each kind of entry changes the state; it never selects
- `course`     one assessment with everything it pins: what to ask next, what was learned
- `views`      what a person is shown of it
- `starting` `answering` `ending` `reading` `auditing`   the use-cases; `ports` what they need
"""
