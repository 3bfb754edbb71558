"""Counters that stay exact without transactions, whoever counts twice, late, out of order or dies in between.

A *view* is one thing that is counted, such as the national results of one competence. Its totals are spread over *rows*, by a hash
of the participant's id. A *participation* is what one participant adds to a view now; its *rank* says which of two is the later.

- `model`        rows, participations, and the decision of what a row becomes: pure
- `counting`     a batch of participations into the rows, one conditional write a row
- `finished`     the national view of finished assessments: where its participations come from
- `summarising`  all rows of a view into the one summary that is read
- `disclosure`   which figures of a summary may be shown
- `reconciling`  the rows against the source of truth
- `ports`        what they need
"""
