"""The write side: from source files to a published cycle. The only place that wires stages."""

from forecast.pipeline.cycle import obtain, run_cycle
from forecast.pipeline.ground import build_terrain, region_terrain
from forecast.pipeline.offline import DownscaleOrder, DownscaleOutcome, downscale_files
from forecast.pipeline.order import RunOrder, RunOutcome, Workplace

__all__ = [
    "DownscaleOrder",
    "DownscaleOutcome",
    "RunOrder",
    "RunOutcome",
    "Workplace",
    "build_terrain",
    "downscale_files",
    "obtain",
    "region_terrain",
    "run_cycle",
]
