"""Real files for tests, where this machine has them."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


def data_folder() -> Path:
    """Folder of the real files: `$ZHITIAN_DATA`, or `shared/data` beside the checkout."""
    named = os.environ.get("ZHITIAN_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


def shared_data(name: str) -> Path:
    """Path of a real file or folder, or a skip that says what is absent.

    Args:
        name: path below the data folder, as `grib_global/gfs.grib2`.
    """
    path = data_folder() / name
    if not path.exists():
        pytest.skip(f"real data are absent here: {path} (name their folder in ZHITIAN_DATA)")
    return path
