"""MiniStack without the long pauses of a look for garbage: what `.venv-stack` runs instead of `python -m ministack`.

What its imports make is most of what it ever holds. Going through all of it, as Python does from time to time, stops every
request for 20 to 50 ms: at a few hundred requests a second that alone makes their 99th percentile.
"""

import gc
import runpy
import sys

RARELY = 1000
"""Full collections, in units of those of the middle generation: about one in seven million objects."""

if __name__ == "__main__":
    sys.path[0] = ""  # as `-m` would: this file's folder is not MiniStack's business
    __import__("ministack.app")
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], RARELY)
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
