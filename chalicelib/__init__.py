"""Everything that is deployed: from `kernel`, which knows nothing, up to `api` and `workers`, which know it all."""

__version__ = "0.1.0"
