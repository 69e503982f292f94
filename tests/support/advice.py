"""A small crop profile in a folder of an operator's own, for services that advise."""

from pathlib import Path

from tests.unit.advise.written import written

ANY_STAGE = ("stages: [buds, plucking]", "stages: [any]")

AT_ONCE = (
    'count: {var: t2m, op: "<=", value: 2 degC}, within: 24 h, at_least: 2 h}',
    'var: t2m, op: "<=", value: 2 degC}',
)
"""Frost of level 2 in any hour, so that no hour of the past is asked for."""


def own_crops(folder: Path, *changes: tuple[str, str]) -> Path:
    """A folder with the profile `small`, whose frost rule holds in every stage."""
    folder.mkdir(parents=True, exist_ok=True)
    written(folder, ANY_STAGE, *changes)
    return folder
