"""The measuring engine: pure functions over arrays, no input or output, no clock, no global chance.

The layout is the theory:

- `bank`       the calibrated items as arrays, and their probability tables on the ability grid
- `evidence`   what was answered at which rung, and what it says: floor, ceiling, unknown
- `posterior`  ability of one competence given the answers, on the grid
- `rules`      the numbers, validated, that an assessment pins with its release
- `training`   one step: the estimate from the bare list of answers, and the next challenge
- `scoring`    points and levels
- `picks`      seeded chance: the same choice on every retry

Symbols: a discrimination, b difficulty, c guess chance, θ ability; n items, T topics, C competences, Q grid points.
"""
