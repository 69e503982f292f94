"""Moisture of the root zone as a share of what it holds against gravity."""

from typing import Any

import numpy as np


def relative_moisture(depletion: Any, *, roots: Any, field_capacity: Any) -> Any:
    """Soil water of the root zone, % of field capacity: 100 (1 - Dr / (1000 Zr θFC)).

    From the definition of the depletion, Dr = 1000 (θFC - θ) Zr (Allen et al. 1998, FAO-56,
    eq. 82 and 87). Drought grades of China are told in it (土壤相对湿度).

    Args:
        depletion: Dr, mm.
        roots: Zr, m.
        field_capacity: θFC, water by volume, 1.
    """
    return np.maximum(100.0 * (1.0 - depletion / (1000.0 * roots * field_capacity)), 0.0)
