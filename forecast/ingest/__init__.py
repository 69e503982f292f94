"""Files in, raw fields out: scan, decode in limited children, assemble, report.

Names are loaded when first used, because the decoding children start through this package and
must not pay for what they do not need.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.ingest.download import LatestCycle, fetch, latest_cycle
    from forecast.ingest.limits import DecodeLimits
    from forecast.ingest.patience import FetchLimits
    from forecast.ingest.reading import RawRun, Reader, read
    from forecast.ingest.report import Combination, FileReport, IngestReport
    from forecast.ingest.sources import (
        Order,
        Source,
        available_sources,
        expected,
        load_source,
    )

__all__ = [
    "Combination",
    "DecodeLimits",
    "FetchLimits",
    "FileReport",
    "IngestReport",
    "LatestCycle",
    "Order",
    "RawRun",
    "Reader",
    "Source",
    "available_sources",
    "expected",
    "fetch",
    "latest_cycle",
    "load_source",
    "read",
]

_HOMES = {
    "Combination": "report",
    "DecodeLimits": "limits",
    "FetchLimits": "patience",
    "FileReport": "report",
    "IngestReport": "report",
    "LatestCycle": "download",
    "Order": "sources",
    "RawRun": "reading",
    "Reader": "reading",
    "Source": "sources",
    "available_sources": "sources",
    "expected": "sources",
    "fetch": "download",
    "latest_cycle": "download",
    "load_source": "sources",
    "read": "reading",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
