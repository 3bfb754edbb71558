"""The console command `palier`."""

from __future__ import annotations

import sys

import typer

from chalicelib.kernel.errors import DomainError
from palier import (
    bench,
    calibrate,
    content,
    counters,
    data_model,
    demo,
    dlq,
    events,
    explain,
    exposure,
    learners,
    log,
    openapi,
    operations,
    profiles,
    simulate,
    story,
    token,
)
from palier.console import stderr
from palier.stage import NoStageError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Palier: build content, look into logs, measure, demonstrate."
)
app.add_typer(content.app, name="content")
app.add_typer(counters.app, name="counters")
app.add_typer(dlq.app, name="dlq")
app.add_typer(exposure.app, name="exposure")
app.add_typer(learners.app, name="learners")
app.add_typer(log.app, name="log")
app.add_typer(profiles.app, name="profiles")
app.add_typer(story.app, name="story")
app.add_typer(bench.app, name="bench")
app.command(name="calibrate")(calibrate.calibrate)
app.command(name="data-model")(data_model.data_model)
app.command(name="demo")(demo.demo)
app.command(name="events")(events.events)
app.command(name="explain")(explain.explain)
app.command(name="openapi")(openapi.openapi)
app.command(name="operations")(operations.operations)
app.command(name="simulate")(simulate.simulate)
app.command(name="token")(token.token)


def main() -> None:
    """Run the command; what is expected to go wrong is told in one sentence, with exit status 2."""
    try:
        app()
    except NoStageError as error:
        stderr.print(str(error))
        sys.exit(2)
    except DomainError as error:
        stderr.print(f"{error.message} ({error.code})")
        sys.exit(2)


if __name__ == "__main__":
    main()
