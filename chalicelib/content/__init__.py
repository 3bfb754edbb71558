"""What people are asked: framework, challenges, grading, and the releases that pin it all.

`authoring` reads and checks the sources of `content/`; no handler imports it.
"""
