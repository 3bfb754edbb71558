"""Calibration: what the answers of many persons say of the items, offline, on a fixed quadrature.

- `responses`        the table of outcomes
- `two_parameter`    a and b of each item, c given, one ability (marginal maximum likelihood)
- `common_factor`    the same where each competence has an ability of its own and all share a factor, on `nested` sums
- `standard_errors`  how sure a and b are
- `free_items`       what the two models have in common; `maximisation` their M-step, `blocks` their expected counts,
                     `curves` and `quadrature` what both are made of
- `acceleration`     fewer steps to the same maximum, never a step down
"""
