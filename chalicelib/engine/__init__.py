"""The measuring engine: pure functions over arrays, no input or output, no clock, no global chance.

The layout is the theory:

For every assessment:

- `bank`          the calibrated items as arrays, and their probability tables on the ability grid
- `picks`         seeded chance: the same choice on every retry
- `scoring`       points, levels, certificate score

To settle skills (training and campaigns):

- `evidence`      what was answered at which rung, and what it says: floor, ceiling, unknown
- `rules`         the numbers, validated, that an assessment pins with its release
- `training`      one step: the estimate from the bare list of answers, and the next challenge

To measure (certification, placement of one's ability):

- `joint`         all abilities at once, as selection needs them; what a model of ability promises
- `one_ability`, `common_factor`, `full_matrix` (on `laplace`)   the three models
- `gain`          the expected reduction of the variance of what is reported
- `blueprint`     what a test must contain, and what is given up first
- `exposure`      prices, eligibilities, draws, counts
- `selection`     one step: the next item, and why
- `seeding`       new items on trial, unscored, at hashed steps
- `stopping`      fixed length, precision, pass or fail
- `completion`    a test that ended early, completed as skipped
- `report`        the exact report, on `distribution`; `weighted_likelihood` for an ability without a prior

Offline, never deployed: `simulation`, `calibration`.

Symbols: a discrimination, b difficulty, c guess chance, θ ability; n items, T topics, C competences, Q grid points.
"""
