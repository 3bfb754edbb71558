"""Words that an organisation writes for its people. The content's own target profiles are written in them too."""

from __future__ import annotations

from chalicelib.content.wording import Wording, Words

__all__ = ["Wording", "Words"]
