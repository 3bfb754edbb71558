"""Virtual candidates: what a bank and a policy give to persons whose abilities are known. Never imported by a handler.

- `truth`      how virtual persons really answer, whatever the engine believes
- `sitting`    one person's test, played by the engine of production
- `cohort`     many persons, with exposure control that learns on the way
- `pricing`    the starting table of a version: prices and first eligibilities
- `figures`    what came of it: error, bias, coverage, exposure, overlap
"""
