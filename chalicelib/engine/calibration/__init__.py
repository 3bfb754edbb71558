"""Calibration: what the answers of many persons say of the items, offline, on a fixed quadrature.

Estimating
- `responses`        the table of outcomes
- `two_parameter`    a and b of each item, c given, one ability (marginal maximum likelihood)
- `common_factor`    the same where each competence has an ability of its own and all share a factor, on `nested` sums
- `standard_errors`  how sure a and b are
- `free_items`       what the two models have in common; `maximisation` their M-step, `blocks` their expected counts,
                     `curves` and `quadrature` what both are made of
- `acceleration`     fewer steps to the same maximum, never a step down

Checking
- `abilities`                 the items' curves, and what is known of each person's ability: a posterior, never a point
- `item_fit`                  whether an item behaves as its curve says, from adaptive answers
- `complete_form_fit`         S-X², infit and outfit, where everyone answered everything
- `differential_functioning`  whether an item is harder for one of two groups of the same ability, by `binary_regression`;
                              `group_abilities` are what keeps a difference of ability from being taken for it
- `mantel_haenszel`           the same on complete forms, persons matched by sum score
- `person_fit`                whether a person's answers go together; `response_times` whether their pace does: flags for people
- `significance`              tails of distributions, and p-values told together

Comparing with a bank
- `item_parameters`   what a calibration knows of its items, and the population over which curves are compared
- `linking`           two calibrations on one scale (Stocking and Lord, Haebara), by the `curve_gaps` of their common items
- `anchor_screening`  which common items may carry the link, every decision kept
- `drift`             which items no longer are what the bank says
- `promotion`         what an item's calibration may be called, and why
"""
