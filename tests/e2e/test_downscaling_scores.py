"""Scores against real observations and a finer model; skipped where the files are absent."""

import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from forecast.downscale import Target, at_points, downscale, prepare
from forecast.ingest.stations import read_stations
from forecast.normalise import normalise
from grids.geometry import BoundingBox
from grids.grid import Grid
from grids.regrid import apply, interpolation
from grids.terrain import load, on_grid
from tests.support.data import shared_data

SYNOP = "ecmwf_t2m_synop_20181120"
GLOBE = "globe_30s_south_europe/globe30s_lat34-50_lon0-46.nc"
METEONET = "meteonet_arpege_arome_20180501"
LARGEST_ERROR_K = 15.0


class Scores:
    """Errors of every method at the SYNOP stations."""

    def __init__(self) -> None:
        stations = read_stations(next(shared_data(SYNOP).glob("*.csv")))
        area = BoundingBox(west=0.3, south=34.3, east=45.7, north=49.7)
        east, north = stations.points.longitude.values, stations.points.latitude.values
        inside = (north > area.south) & (north < area.north) & (east > area.west)
        points = stations.points.isel(point=inside & (east < area.east))
        raw = ingest.read([shared_data(f"{SYNOP}/t2m_grib.grib")])
        native = normalise(raw.fields, source="files", area=area.expand(4.0))
        terrain = xr.Dataset({"elevation": load(shared_data(GLOBE))})
        target = Target.points(points, terrain=terrain)
        observed = stations.observations.set_index("station")["temperature_2m"]
        observed = observed[~observed.index.duplicated()]
        wanted = observed.reindex(points.station.values).to_numpy()
        methods = ("bilinear", "fixed-lapse", "zhitian")
        results = {m: at_points(native, target, method=m) for m in methods}
        self.errors = {m: r.temperature_2m.values[0] - wanted for m, r in results.items()}
        kept = np.abs(self.errors["bilinear"]) < LARGEST_ERROR_K
        plan = prepare(native, target)
        weights = interpolation(plan.mesh, longitude=plan.longitude, latitude=plan.latitude)
        self.rise = plan.elevation - apply(weights, plan.model_elevation)
        self.climb = np.abs(self.rise)
        self.kept = kept & np.isfinite(self.errors["bilinear"])
        self.points = points
        self.notes = results["zhitian"].attrs

    def rmse(self, method: str, among: np.ndarray) -> float:
        return float(np.sqrt(np.mean(self.errors[method][self.kept & among] ** 2)))

    def mae(self, method: str, among: np.ndarray) -> float:
        return float(np.mean(np.abs(self.errors[method][self.kept & among])))


@pytest.fixture(scope="module")
def scores() -> Scores:
    return Scores()


def test_temperature_error_falls_by_15_percent_at_all_stations(scores: Scores) -> None:
    everywhere = np.ones(scores.climb.size, dtype=bool)
    assert scores.kept.sum() > 600
    bilinear, ours = (scores.rmse(m, everywhere) for m in ("bilinear", "zhitian"))
    assert 2.4 < bilinear < 2.9
    assert ours <= 0.85 * bilinear
    assert ours <= 2.05
    assert scores.mae("zhitian", everywhere) <= 1.57
    assert scores.rmse("zhitian", everywhere) < scores.rmse("fixed-lapse", everywhere)


def test_temperature_error_falls_by_30_percent_where_heights_differ(scores: Scores) -> None:
    high = scores.climb > 300.0
    assert (scores.kept & high).sum() > 120
    bilinear, ours = (scores.rmse(m, high) for m in ("bilinear", "zhitian"))
    assert ours <= 0.65 * bilinear
    assert ours <= 2.42
    assert scores.mae("zhitian", high) <= 1.82


@pytest.mark.parametrize("least", [0.0, 300.0])
def test_no_fixed_rate_chosen_afterwards_is_better_by_mae_or_by_1_percent_of_rmse(
    scores: Scores, least: float
) -> None:
    among = scores.kept & (scores.climb >= least)
    level, rise = scores.errors["bilinear"][among], scores.rise[among] / 1000.0
    lifted = [level + rate * rise for rate in np.arange(-10.0, 2.01, 0.1)]
    assert scores.mae("zhitian", among) < min(np.abs(error).mean() for error in lifted)
    best = min(np.sqrt((error**2).mean()) for error in lifted)
    assert scores.rmse("zhitian", among) < 1.01 * best


def test_temperature_is_not_worse_where_heights_agree(scores: Scores) -> None:
    level = scores.climb < 50.0
    assert scores.rmse("zhitian", level) <= 1.01 * scores.rmse("bilinear", level)


def test_the_result_says_where_the_model_heights_come_from(scores: Scores) -> None:
    assert "terrain averaged" in scores.notes["model_orography"]


@pytest.fixture(scope="module")
def alps() -> tuple[xr.Dataset, xr.Dataset]:
    """Six hours of ARPEGE over the western Alps, and terrain there."""
    files = sorted(shared_data(METEONET).glob("arpege_*SE*"))
    native = normalise(ingest.read(files).fields, source="files").isel(time=slice(9, 15))
    grid = Grid.from_box(BoundingBox(west=5.0, south=44.4, east=7.5, north=46.0), spacing=0.02)
    return native, on_grid(load(shared_data(GLOBE), area=grid.bounds), grid)


def test_arpege_over_the_alps_obeys_the_physics_of_every_variable(alps) -> None:
    result = downscale(*alps).compute()
    assert {"relative_humidity_2m", "surface_pressure", "wind_direction_10m"} <= set(result)
    assert (result.dew_point_2m <= result.temperature_2m).all()
    assert float(result.relative_humidity_2m.min()) >= 0.0
    assert float(result.relative_humidity_2m.max()) <= 100.0
    assert float(result.precipitation.min()) >= 0.0
    height = alps[1].elevation.values
    pressure = result.surface_pressure.isel(time=0).values
    assert np.corrcoef(pressure.ravel(), height.ravel())[0, 1] < -0.99
    assert result.attrs["surface_pressure_from"] == "pressure_msl"


def test_arpege_rain_keeps_its_amount_over_whole_cells(alps) -> None:
    native, terrain = alps
    fine = downscale(native, terrain, variables=("precipitation",)).precipitation
    inside = native.precipitation.sel(latitude=slice(44.6, 45.8), longitude=slice(5.2, 7.3))
    cells = fine.sel(latitude=slice(44.6, 45.9), longitude=slice(5.1, 7.4))
    weight = np.cos(np.deg2rad(cells.latitude))
    coarse = np.cos(np.deg2rad(inside.latitude))
    got = float(cells.weighted(weight).mean(("latitude", "longitude")).sum())
    wanted = float(inside.weighted(coarse).mean(("latitude", "longitude")).sum())
    assert got == pytest.approx(wanted, rel=0.02)
