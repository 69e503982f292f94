"""From the model's grid to a kilometre: time first, then height, then place."""

from forecast.downscale.dataset import at_points, downscale, step_flags
from forecast.downscale.members import Members
from forecast.downscale.origins import METHODS, available, sources
from forecast.downscale.plan import Plan
from forecast.downscale.preparation import prepare
from forecast.downscale.stacking import MemberStack
from forecast.downscale.target import Target
from forecast.downscale.temporal import hourly
from forecast.downscale.tiles import compute_points, compute_tile, model_height

__all__ = [
    "METHODS",
    "MemberStack",
    "Members",
    "Plan",
    "Target",
    "at_points",
    "available",
    "compute_points",
    "compute_tile",
    "downscale",
    "hourly",
    "model_height",
    "prepare",
    "sources",
    "step_flags",
]
