"""Imports of learners: files of four formats become rows, rows become a plan of what would change. Pure; nothing is stored here.

Read in this order: `model` has the words, the limits and every code; `cells` and `rows` the rules of a row, whatever the format;
`encodings` and `tables` read CSV, `records` and `siecle` XML; `formats` is the table of formats and the way in; `reports` counts
what was found; `plans` says what an import would create, change, leave and only tell.
"""
