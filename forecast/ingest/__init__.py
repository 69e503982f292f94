"""Files in, raw fields out: scan, decode in limited children, assemble, report.

Names are loaded when first used, because the decoding children start through this package and
must not pay for what they do not need.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.ingest.limits import DecodeLimits
    from forecast.ingest.reading import RawRun, Reader, read
    from forecast.ingest.report import Combination, FileReport, IngestReport

__all__ = [
    "Combination",
    "DecodeLimits",
    "FileReport",
    "IngestReport",
    "RawRun",
    "Reader",
    "read",
]

_HOMES = {
    "Combination": "report",
    "DecodeLimits": "limits",
    "FileReport": "report",
    "IngestReport": "report",
    "RawRun": "reading",
    "Reader": "reading",
    "read": "reading",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
