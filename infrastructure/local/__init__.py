"""The whole service on one machine, without a cloud account.

`python -m infrastructure.local` reads in this order: `plan` decides every step, `supervisor` executes them with
`children` (the processes), `ministack` gives the tables, queues and buckets that `provision` creates from
`resources.json`, `http_functions` serves HTTP and `pump` delivers queue messages and schedules.
"""
