"""The Mediterranean shore restored from every third node of ARPEGE, beside plain weights."""

import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from forecast.downscale import Target, compute_points, prepare
from forecast.downscale.footprint import footprint
from forecast.normalise import normalise
from forecast.pipeline.coarsening import every_node
from grids.regrid import Mesh
from grids.terrain import load
from tests.support.data import shared_data

METEONET = "meteonet_arpege_arome_20180501"
GLOBE = "globe_30s_south_europe/globe30s_lat34-50_lon0-46.nc"
NAMES = ("temperature_2m", "dew_point_2m", "wind_speed_10m")
OWN_WIDTH_KM = 11.0


@pytest.fixture(scope="module")
def errors() -> dict[str, dict[str, np.ndarray]]:
    """Mean absolute errors at shore cells by weights and variable [time]."""
    files = [
        shared_data(METEONET) / f"arpege_{height}_SE_20180501000000.grib"
        for height in ("2m", "10m")
    ]
    fine = normalise(ingest.read(files).fields, source="files")
    ground = load(shared_data(GLOBE)).sel(latitude=slice(39, 48), longitude=slice(0.2, 12))
    terrain = xr.Dataset({"elevation": ground})
    mesh = Mesh.from_dataset(fine)
    own = footprint(terrain, mesh, width_km=OWN_WIDTH_KM)
    hidden = every_node(fine, cells=3)
    points = xr.Dataset(
        {"elevation": ("point", own.elevation[hidden.nodes].astype(float))},
        coords={
            name: ("point", getattr(mesh, name)[hidden.nodes]) for name in ("latitude", "longitude")
        },
    )
    target = Target.points(points, terrain=terrain)._replace(land=own.land[hidden.nodes])
    plain = target._replace(land=np.full_like(target.land, np.nan))
    made = {
        name: compute_points(prepare(hidden.coarse, place, variables=NAMES))
        for name, place in (("coast", target), ("plain", plain))
    }
    fine["wind_speed_10m"] = np.hypot(fine.wind_u_10m, fine.wind_v_10m)
    shore = (np.abs(made["coast"] - made["plain"]) > 1e-3).any(axis=(1, 2))
    assert 500 < shore.sum() < 900
    truth = np.stack(
        [
            fine[name].transpose("latitude", "longitude", "time").values.reshape(mesh.size, -1)
            for name in NAMES
        ],
        axis=1,
    )[hidden.nodes[shore]]
    return {
        name: dict(zip(NAMES, np.abs(values[shore] - truth).mean(axis=0), strict=True))
        for name, values in made.items()
    }


@pytest.mark.parametrize(
    ("name", "night", "day"),
    [("temperature_2m", 0.88, 0.98), ("wind_speed_10m", 0.93, 0.97), ("dew_point_2m", 1.0, 1.0)],
)
def test_the_shore_is_nearer_to_the_hidden_nodes_by_night_and_by_day(
    errors: dict[str, dict[str, np.ndarray]], name: str, night: float, day: float
) -> None:
    coast, plain = errors["coast"][name], errors["plain"][name]
    hours = np.arange(coast.size)
    dark, light = (hours >= 21) | (hours <= 4), (hours >= 8) & (hours <= 17)
    assert coast[dark].mean() < night * plain[dark].mean()
    assert coast[light].mean() < day * plain[light].mean()
