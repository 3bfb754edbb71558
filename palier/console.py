"""Where commands print."""

from __future__ import annotations

from rich.console import Console

stdout = Console()
stderr = Console(stderr=True, style="red", highlight=False)
