"""Which features of the ground explain the residual of still nights, on a half nobody fitted."""

import numpy as np
import pytest
import xarray as xr

from forecast.calibrate.terrain_features import stillness, sun_elevation, terrain_features
from tests.support.hrrr import CELL_KM, COLUMNS, ROWS, Coarsened, coarsened, day_of_idaho

DEGREE_KM = 111.195
RIDGE = 0.05


def features() -> xr.DataArray:
    """Features of the model's own cells, as if rows and columns ran north and east."""
    height = day_of_idaho().model_elevation.values.reshape(ROWS, COLUMNS)
    north = 43.0 + np.arange(ROWS) * CELL_KM / DEGREE_KM
    wide = CELL_KM / (DEGREE_KM * np.cos(np.deg2rad(44.05)))
    axes = {"latitude": north, "longitude": -117.0 + wide * np.arange(COLUMNS)}
    return terrain_features(xr.Dataset({"elevation": (tuple(axes), height)}, coords=axes))


class Night:
    """Residuals of the method at night and what a term fitted on one half makes of the other."""

    def __init__(self, case: Coarsened) -> None:
        self.case = case
        self.residual = -case.errors("zhitian")
        node = {
            (round(float(y), 6), round(float(x), 6)): n
            for n, (y, x) in enumerate(
                zip(day_of_idaho().latitude.values, day_of_idaho().longitude.values, strict=True)
            )
        }
        places = zip(case.points.latitude.values, case.points.longitude.values, strict=True)
        self.nodes = np.array([node[round(float(y), 6), round(float(x), 6)] for y, x in places])
        speed = np.hypot(case.run.wind_u_10m, case.run.wind_v_10m).mean("node")
        sun = sun_elevation(case.run.time, latitude=43.0, longitude=-116.5)
        self.weight = stillness(speed, sun).values

    def gain(self, names: list[str], hours: range) -> float:
        """Change of MAE on the hidden halves (north, south, west, east), mean of the four."""
        static = features().sel(feature=names).values.reshape(len(names), -1)[:, self.nodes]
        static = static / static.std(axis=1, keepdims=True)
        at = np.isin(self.case.hour, hours)
        column, row = self.nodes % COLUMNS, self.nodes // COLUMNS
        changes = []
        for side in (row < np.median(row), column < np.median(column)):
            for fitted in (side, ~side):
                terms = static[:, :, np.newaxis] * self.weight[at]
                known, sought = (
                    terms[:, fitted].reshape(len(names), -1),
                    self.residual[fitted][:, at],
                )
                normal = known @ known.T + RIDGE * known.shape[1] * np.eye(len(names))
                weights = np.linalg.solve(normal, known @ sought.ravel())
                left = self.residual[~fitted][:, at]
                rest = left - np.tensordot(weights, terms[:, ~fitted], axes=1)
                changes.append(np.abs(rest).mean() / np.abs(left).mean() - 1.0)
        return float(np.mean(changes))


@pytest.fixture(scope="module")
def night() -> Night:
    return Night(coarsened(8))


def test_roughness_explains_8_percent_of_the_error_before_dawn_on_a_hidden_half(
    night: Night,
) -> None:
    assert night.gain(["roughness"], range(9, 14)) < -0.08
    assert night.gain(["roughness"], range(3, 13)) < -0.04


def test_the_position_in_the_relief_alone_explains_nothing(night: Night) -> None:
    for name in ("tpi_3km", "tpi_10km"):
        assert abs(night.gain([name], range(9, 14))) < 0.03


def test_more_features_than_roughness_gain_little_on_a_hidden_half(night: Night) -> None:
    every = ["roughness", "tpi_3km", "tpi_10km", "relief_10km"]
    assert night.gain(every, range(9, 14)) > night.gain(["roughness"], range(9, 14)) - 0.03
