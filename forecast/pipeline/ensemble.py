"""The members of a run: kept on the model's grid, and node by node for reads at a place."""

from collections.abc import Callable
from typing import Final

import numpy as np
import xarray as xr

from forecast import downscale, fields
from forecast.store import Staging

Report = Callable[[str, int, int], None]

MEMBER: Final = "realization"

AT_ONCE_BYTES: Final = 1 << 28
"""Hourly members up to so many bytes are made in one piece, more of them one by one."""


def write_members(
    staging: Staging,
    members: xr.Dataset,
    *,
    terrain: xr.Dataset,
    report: Report,
    correction: xr.Dataset | None = None,
) -> None:
    """Write the members in both layouts, one after the other, so that memory stays bounded.

    Members of a model without rows and columns are kept on its grid alone.

    Args:
        staging: the cycle being written.
        members: native contract with `realization`; the model's own steps.
        terrain: of the region.
        report: called with (stage, done, total).
        correction: terms from observations, the same for every member.

    Raises:
        DataError: the members contradict each other.
    """
    few = members.nbytes * _hours_per_step(members) <= AT_ONCE_BYTES
    hourly = downscale.hourly(members if few else members.chunk({MEMBER: 1}))
    staging.write_group("members", hourly)
    if fields.spatial_dims(members) == ("node",):
        return
    numbers = [int(number) for number in members[MEMBER].values]
    label = f"preparing members of {staging.description.region}"
    stack = downscale.MemberStack()
    with staging.ensemble(numbers) as writer:
        for place in range(len(numbers)):
            member = hourly.isel({MEMBER: place}, drop=True).load()
            plan = downscale.prepare(member, terrain, correction=correction)
            writer.add(stack.add(plan))
            report(label, place + 1, len(numbers))
        flags = downscale.step_flags(hourly, stack.variables)
        staging.record(writer.finish(stack.static(flags)))


def _hours_per_step(members: xr.Dataset) -> float:
    """How many hours there will be for each step of the model, on the average."""
    times = members["time"].values
    return float((times[-1] - times[0]) / np.timedelta64(1, "h") + 1.0) / times.size


def told(members: xr.Dataset) -> tuple[str, ...]:
    """Sentences on members that lack something, and on what cannot be asked of them.

    Args:
        members: native contract with `realization`.
    """
    words = [
        f"{name} is missing in {count} of {members.sizes[MEMBER]} members"
        for name, count in lacking(members).items()
    ]
    if fields.spatial_dims(members) == ("node",):
        words.append("members are not served at places: their model grid has no rows and columns")
    return tuple(words)


def lacking(members: xr.Dataset) -> dict[str, int]:
    """Number of members without any value, for the variables where there are such members.

    Args:
        members: native contract with `realization`.
    """
    moving = {
        str(name): field
        for name, field in members.data_vars.items()
        if {MEMBER, "time"} <= set(field.dims)
    }
    empty = {
        name: int(field.isnull().all([dim for dim in field.dims if dim != MEMBER]).sum())
        for name, field in moving.items()
        if np.issubdtype(field.dtype, np.floating)
    }
    return {name: count for name, count in empty.items() if count}
