"""What a person sees: progress bars on a terminal, log lines elsewhere, one clear sentence."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Report = Callable[[str, int, int], None]
"""Called with (stage, done, total) as work goes on."""

PIPE_WIDTH = 100
"""Columns of tables where standard output is no terminal."""

console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH)
errors = Console(stderr=True)

LOG_SECONDS = 5.0
TABLE_COLUMNS = 7
"""Columns beside the first that stay readable at 100 characters."""


@contextmanager
def progress() -> Iterator[Report]:
    """Show the progress of long work: bars on a terminal, a log line every 5 s elsewhere."""
    if not errors.is_terminal:
        yield _log_lines()
        return
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.completed:>8,.0f} / {task.total:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors) as bars:
        tasks = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=max(total, 1))
            bars.update(tasks[stage], completed=done, total=max(total, 1))

        yield report


def say(text: str) -> None:
    """Print a line for people on standard error, so that standard output stays data."""
    errors.print(text, highlight=False, markup=False, emoji=False, soft_wrap=True)


def emit(text: str) -> None:
    """Print data on standard output, exactly as given."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def show_tables(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows as a table, or as several of a few columns each where there are many.

    Args:
        headings: of the columns; every table repeats the first.
        rows: texts, as many as headings.
    """
    from rich import box
    from rich.table import Table

    kept = list(rows)
    for start in range(1, len(headings), TABLE_COLUMNS):
        part = slice(start, start + TABLE_COLUMNS)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        table.add_column(headings[0], no_wrap=True)
        for heading in headings[part]:
            table.add_column(heading, justify="right", overflow="fold")
        for row in kept:
            table.add_row(row[0], *row[part])
        console.print(table)


def _log_lines() -> Report:
    last: dict[str, float] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total or now - last.get(stage, -LOG_SECONDS) >= LOG_SECONDS:
            if done >= total and last.get(stage) == float("inf"):
                return
            last[stage] = float("inf") if done >= total else now
            say(f"{time.strftime('%H:%M:%S')} {stage}: {done:,} of {total:,}")

    return report
