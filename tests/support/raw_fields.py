"""Raw fields as ingest hands them over, built by hand, and rain in three centres' forms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

CYCLE = np.datetime64("2025-04-10T00:00", "ns")
LATITUDE = np.array([38.0, 39.0, 40.0])
LONGITUDE = np.array([116.0, 117.0])
Span = tuple[int, int]


def hours(values: Iterable[float]) -> Any:
    """Hours as timedelta64[ns]."""
    return (
        np.array([round(value * 3600) for value in values])
        .astype("timedelta64[s]")
        .astype("timedelta64[ns]")
    )


def raw_field(
    short_name: str,
    values: Any,
    *,
    steps: Sequence[float],
    starts: Sequence[float] | None = None,
    **attributes: Any,
) -> xr.DataArray:
    """A raw field on a 3 x 2 grid; scalars and series are spread over it.

    Args:
        short_name: name in the file.
        values: scalar, one number per step, or an array [step, latitude, longitude].
        steps: ends, h since the cycle.
        starts: starts, h since the cycle; the ends without them.
        attributes: over the defaults (units, step_type, type_of_level, level, param …).
    """
    data = np.asarray(values, dtype=np.float32)
    if data.ndim < 3:
        data = np.broadcast_to(data.reshape(-1, 1, 1), (len(steps), 3, 2)).copy()
    described: dict[str, Any] = {
        "short_name": short_name,
        "param": -1,
        "units": "K",
        "step_type": "instant" if starts is None else "accum",
        "type_of_level": "surface",
        "level": 0.0,
        "grid_key": "small",
        "origin": "ecmf",
        "edition": 2,
    }
    return xr.DataArray(
        data,
        dims=("step", "latitude", "longitude"),
        coords={
            "step": ("step", hours(steps)),
            "step_start": ("step", hours(steps if starts is None else starts)),
            "forecast_reference_time": CYCLE,
            "latitude": LATITUDE,
            "longitude": LONGITUDE,
        },
        name=short_name,
        attrs=described | attributes,
    )


def screen_temperature(steps: Sequence[float], values: Any = 283.15) -> xr.DataArray:
    """2 m temperature in K at the given steps (h)."""
    return raw_field(
        "2t", np.broadcast_to(values, len(steps)), steps=steps,
        param=167, type_of_level="heightAboveGround", level=2.0,
    )  # fmt: skip


def rain_records(
    hourly: Any, spans: Iterable[Span], *, units: str = "kg m-2", **attributes: Any
) -> list[xr.DataArray]:
    """Rain sums over the given spans, from hourly truth.

    Args:
        hourly: mm in each hour, [hour] or [hour, latitude, longitude].
        spans: (start, end) in h.
        units: `kg m-2` or `m`.
        attributes: of the raw field.
    """
    truth = np.asarray(hourly, dtype=np.float64)
    running = np.concatenate([np.zeros((1, *truth.shape[1:])), np.cumsum(truth, axis=0)])
    factor = 0.001 if units == "m" else 1.0
    spans = list(spans)
    fields = []
    for part in _without_equal_ends(spans):
        sums = np.stack([running[end] - running[start] for start, end in part]) * factor
        fields.append(
            raw_field(
                "tp",
                sums,
                steps=[e for _, e in part],
                starts=[s for s, _ in part],
                units=units,
                **attributes,
            )
        )
    return fields


def _without_equal_ends(spans: list[Span]) -> list[list[Span]]:
    """Since-start sums apart from the rest, as ingest has them."""
    since_start = [span for span in spans if span[0] == 0]
    buckets = [span for span in spans if span[0] != 0]
    return [part for part in (since_start, buckets) if part]


def gfs_spans(last: int, *, hourly_to: int = 120, with_run_total: bool = True) -> list[Span]:
    """NCEP's layout: buckets that grow for 6 h and restart, and the sum since the start."""
    ends = [*range(1, min(hourly_to, last) + 1), *range(hourly_to + 3, last + 1, 3)]
    spans = [((end - 1) // 6 * 6, end) for end in ends]
    if with_run_total:
        spans += [(0, end) for end in ends if end > 6]
    return spans


def ecmwf_spans(last: int, *, three_hourly_to: int = 144) -> list[Span]:
    """ECMWF's layout: since the start, 3-hourly, then 6-hourly."""
    ends = [*range(3, min(three_hourly_to, last) + 1, 3)]
    return [(0, end) for end in [*ends, *range(three_hourly_to + 6, last + 1, 6)]]


def meteo_france_spans(last: int) -> list[Span]:
    """Météo-France's layout: since the start, hourly."""
    return [(0, end) for end in range(1, last + 1)]


def flags(dataset: xr.Dataset, name: str) -> Mapping[int, int]:
    """Step flags of a variable by lead in hours."""
    leads = (dataset["forecast_period"].values / np.timedelta64(1, "h")).astype(int)
    return dict(zip(leads.tolist(), dataset["step_flag"].sel(variable=name).values.tolist(),
                    strict=True))  # fmt: skip
