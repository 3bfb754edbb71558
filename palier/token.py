"""`palier token`: the development issuer."""

from __future__ import annotations

from typing import Annotated

import typer

from palier.console import stderr
from palier.stage import reach_stage

LOCAL_STAGE = "local"


def token(
    person: Annotated[str, typer.Argument(help="Id of the person: letters, digits, - and _.")],
    seconds: Annotated[int, typer.Option(help="How long it is good for.", min=1, max=86_400)] = 3600,
) -> None:
    """Print a token for a person of the local stage. It works on no other: there, an identity provider issues them."""
    services = reach_stage().services
    if services.settings.stage != LOCAL_STAGE:
        stderr.print("Tokens are issued here for the local stage only.")
        raise typer.Exit(2)
    typer.echo(services.issuer.issue(person, seconds))
