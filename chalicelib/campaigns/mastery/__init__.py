"""What a participation came to: a pure function of the frozen skills and of what the person showed, the same for page and worker.

- `targeted`               the skills that a campaign freezes when it opens
- `measured`               how many of them are acquired: in all, by competence, by topic
- `stages`                 the stage that this reaches, and what is missing to the next one
- `badges`                 which badges are earned, and what is missing to the others
- `sentences`              the same in words
- `recommendations`        the lessons and resources that are expected to help most
- `participation_results`  all of it
"""
