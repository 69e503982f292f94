"""Scores of fields by hand arithmetic."""

import numpy as np
import pytest
import xarray as xr

from forecast.errors import DataError
from forecast.verify.areas import field_table, fss_table


def field(values: np.ndarray) -> xr.DataArray:
    rows, columns = values.shape
    axes = {"latitude": np.arange(rows) * 0.1, "longitude": np.arange(columns) * 0.1}
    return xr.DataArray(values.astype(np.float32), axes, ("latitude", "longitude"))


def cell(row: int, column: int) -> xr.DataArray:
    values = np.zeros((9, 9))
    values[row, column] = 10.0
    return field(values)


def test_rain_a_cell_away_has_no_skill_alone_and_skill_in_a_neighbourhood() -> None:
    # window 3: truth wets 9 windows with 1/9; 6 of them overlap with the forecast's 9, so
    # MSE = (3 + 3) / 81 over 49 windows and its worst (9 + 9) / 81: FSS = 1 - 6 / 18
    table = fss_table({"ours": cell(4, 5)}, cell(4, 4), thresholds=(1.0,), scales=(1, 3))
    scores = dict(zip(table["scale"], table["fss"], strict=True))
    assert scores[1] == pytest.approx(0.0)
    assert scores[3] == pytest.approx(1 - 6 / 18)
    assert table["frequency"].tolist() == pytest.approx([1 / 81] * 2)
    assert table["useful"].tolist() == pytest.approx([0.5 + 1 / 162] * 2)


def test_a_limit_that_nobody_reaches_has_no_score() -> None:
    table = fss_table({"ours": cell(4, 4)}, cell(4, 4), thresholds=(50.0,), scales=(1,))
    assert np.isnan(table["fss"]).all()


def test_amounts_by_hand_on_the_cells_that_all_have() -> None:
    truth = field(np.array([[0.0, 2.0], [4.0, np.nan]]))
    plain = field(np.array([[1.0, 3.0], [7.0, 1.0]]))
    table = field_table({"bilinear": plain, "ours": truth + 0.5}, truth).set_index("method")
    assert table.loc["bilinear", "n"] == 3
    assert table.loc["bilinear", "mae"] == pytest.approx(5 / 3)
    assert table.loc["bilinear", "rmse"] == pytest.approx((11 / 3) ** 0.5)
    assert table.loc["ours", "bias"] == pytest.approx(0.5)
    assert table.loc["ours", "correlation"] == pytest.approx(1.0)
    assert table.loc["ours", "rmse_reduction"] == pytest.approx(1 - 0.5 / (11 / 3) ** 0.5)


def test_fields_on_other_cells_are_refused() -> None:
    moved = cell(1, 1).assign_coords(latitude=np.arange(9) * 0.2)
    with pytest.raises(DataError, match="does not stand on the cells"):
        field_table({"bilinear": moved}, cell(1, 1))
