"""A small ensemble on the small region's model grid: each member another weather."""

import numpy as np
import xarray as xr

from forecast import downscale
from forecast.publish import publish
from forecast.store import Cycle, Staging
from tests.support.cycles import write_tiles
from tests.support.small_native import native_fields
from tests.support.small_region import SmallRegion


def members_of(region: SmallRegion, *, count: int = 4, seed: int = 0) -> xr.Dataset:
    """Members that differ in warmth, wind and rain from node to node; hourly, native grid."""
    control = native_fields(region)
    random = np.random.default_rng(seed)
    shape = control["temperature_2m"].shape
    members = []
    for _ in range(count):
        noise = random.normal(0.0, 1.0, shape).astype(np.float32)
        wet = np.maximum(random.normal(0.2, 1.0, shape), 0.0).astype(np.float32)
        members.append(
            control.assign(
                temperature_2m=control["temperature_2m"] + noise,
                dew_point_2m=control["dew_point_2m"] + noise,
                wind_u_10m=control["wind_u_10m"] + 2 * noise,
                precipitation=control["precipitation"] * wet,
            )
        )
    moving = [
        name
        for name, field in control.data_vars.items()
        if field.dims == ("time", "latitude", "longitude")
    ]
    joined = xr.concat([member[moving] for member in members], "realization")
    rest = control.drop_vars(moving)
    return joined.assign(rest.data_vars).assign_coords(realization=np.arange(count))


def staged(staging: Staging, members: xr.Dataset, terrain: xr.Dataset, **given: xr.Dataset) -> None:
    """Write the members for reads at a place, as a run does."""
    stack = downscale.MemberStack()
    with staging.ensemble(members["realization"].values.tolist()) as writer:
        for place in range(members.sizes["realization"]):
            member = members.isel(realization=place, drop=True)
            writer.add(stack.add(downscale.prepare(member, terrain, **given)))
        flags = downscale.step_flags(members, stack.variables)
        staging.record(writer.finish(stack.static(flags)))


def published_with(region: SmallRegion, members: xr.Dataset, **given: xr.Dataset) -> Cycle:
    """A published cycle that holds these members, and made-up fields besides."""
    counts = region.counts()
    with region.store.stage(region.description()) as staging:
        write_tiles(staging, counts)
        staging.write_group("terrain", region.terrain)
        staged(staging, members, region.terrain, **given)
        publish(staging)
        return region.store.cycle(staging.cycle_id)
