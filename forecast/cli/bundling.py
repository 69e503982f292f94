"""The format `bundle` of the command `export`: the page and its answers for a village."""

from pathlib import Path
from typing import TYPE_CHECKING

from forecast import SIMULATED_WORDS
from forecast.cli.console import emit, progress, say

if TYPE_CHECKING:
    from forecast.api.bundle import BundleOrder
    from forecast.settings import Settings

REFUSALS_TOLD = 5


def write(settings: "Settings", order: "BundleOrder") -> None:
    """Write a bundle and say what it holds.

    Args:
        settings: of the service that answers.
        order: what to bundle.
    """
    from forecast.api.bundle import write_bundle

    with progress() as report:
        written = write_bundle(settings, order, report=report, expect=_expected)
    if written.simulated:
        say(SIMULATED_WORDS)
    for sentence in written.refused[:REFUSALS_TOLD]:
        say(f"the page will say instead of an answer: {sentence}")
    if len(written.refused) > REFUSALS_TOLD:
        say(f"and {len(written.refused) - REFUSALS_TOLD} more such sentences")
    packed = f", {_size(order.output)} packed" if order.output.is_file() else ""
    say(
        f"{written.places} places, crops {', '.join(written.crops)}; {written.files:,} files,"
        f" {written.size / 1e6:.1f} MB{packed}; serve it by `python3 -m http.server`"
    )
    emit(str(order.output))


def _expected(places: int, size: int) -> None:
    say(f"{places} places, about {size / 1e6:,.0f} MB")


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"
