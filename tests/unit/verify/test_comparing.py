"""Scores, by hand arithmetic."""

import numpy as np
import pytest

from forecast.verify import compare


def test_scores_of_five_pairs_by_hand() -> None:
    plain = np.array([3.0, -4.0, 0.0, 1.0, -1.0])
    rows = compare(
        {"bilinear": plain, "ours": plain / 2},
        groups={"all": np.ones(5, dtype=bool), "none": np.zeros(5, dtype=bool)},
        longitude=np.array([0.0, 10.0, 20.0, 30.0, 40.0]),
        latitude=np.array([40.0, 41.0, 42.0, 43.0, 44.0]),
        reference="bilinear",
    )
    assert [row.method for row in rows] == ["bilinear", "ours"]
    assert rows[0].rmse == pytest.approx((27 / 5) ** 0.5)
    assert rows[0].mae == pytest.approx(9 / 5)
    assert rows[0].bias == pytest.approx(-1 / 5)
    assert rows[1].reduction == pytest.approx(0.5)
    assert rows[1].interval == pytest.approx((0.5, 0.5))
