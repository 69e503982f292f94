"""The published store, all that the write side and the read side share.

Write side: `RegionStore.stage`, `write_tile`, `forecast.publish.publish`. Read side:
`RegionStore.current` and what a `Cycle` answers. Nobody else knows how the bytes lie.
"""

from forecast.store.cycle import Cycle
from forecast.store.description import CycleDescription, SourceFile
from forecast.store.durable import FileEntry
from forecast.store.ensemble import Ensemble
from forecast.store.layout import Tile, TileLayout, Window
from forecast.store.manifest import Manifest
from forecast.store.pointer import PointerEntry
from forecast.store.region_store import RegionStore
from forecast.store.retention import Collected
from forecast.store.scrub import ScrubReport
from forecast.store.staging import Staging, write_tile
from forecast.store.summary import CycleSummary, started

__all__ = [
    "Collected",
    "Cycle",
    "CycleDescription",
    "CycleSummary",
    "Ensemble",
    "FileEntry",
    "Manifest",
    "PointerEntry",
    "RegionStore",
    "ScrubReport",
    "SourceFile",
    "Staging",
    "Tile",
    "TileLayout",
    "Window",
    "started",
    "write_tile",
]
