"""Exposure control at run time: finished tests are counted by batches, and a writer publishes the next table from the counts.

`counting` is the worker's side, `publishing` the writer's, `tables` what tests read. `engine/exposure.py` holds the rules.
"""
