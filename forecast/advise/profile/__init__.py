"""Crop profiles: read, checked, explained and compared."""

from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.reading import (
    examine,
    find,
    load_profile,
    shipped_names,
    shipped_path,
    shipped_profile,
)

__all__ = [
    "CropProfile",
    "examine",
    "find",
    "load_profile",
    "shipped_names",
    "shipped_path",
    "shipped_profile",
]
