"""From a series of records to values on the run's times, with the interval each one covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.errors import NormaliseError
from forecast.normalise.intervals import Interval, Partition, partition
from forecast.normalise.names import FILE_UNITS, is_rate
from forecast.normalise.series import Record, Series
from forecast.times import iso
from forecast.units import canonical, converter
from forecast.variables import variable

Floats = npt.NDArray[np.float64]

_SECONDS: Final = 1e-9
_WATER: Final = frozenset({"precipitation", "snowfall_water"})


@dataclass(frozen=True, slots=True)
class Noise:
    """How far below zero a difference of running sums may fall before it is refused.

    The allowance is `share` of the largest running sum that takes part, at least `floor` and at
    most `ceiling`: packing to 12-16 bits and the interpolation of a running sum to an output
    grid both err in proportion to the sum (AROME rain falls by up to 0.50 mm at a total of
    20.8 mm and a maximum of 70 mm, ARPEGE by 0.31 mm; a rewritten GFS run fell by 6.4 mm and is
    no noise).

    Attributes:
        floor, ceiling: in the quantity's unit (mm, W m-2, %), per interval.
        share: of the largest sum.
    """

    floor: float
    ceiling: float
    share: float = 0.02


_NOISE: Final[Mapping[str, Noise]] = {
    "precipitation": Noise(0.25, 2.0),
    "snowfall_water": Noise(0.25, 2.0),
    "shortwave_down": Noise(1.0, 20.0),
    "longwave_down": Noise(1.0, 20.0),
    "cloud_cover": Noise(15.0, 15.0),
}
_FULL_CLOUD: Final = 101.0
"""%: packing may put an overcast sky a little above 100; more is left for the gates to find."""

_ROUNDING: Final = 1e-6
"""Below zero by less than this is the rounding of the arithmetic and is not counted."""

_PACKING_FACTOR: Final = 3.0
"""Times the sum of the packing errors that the files state, which is always allowed."""


@dataclass(slots=True)
class Resolved:
    """One quantity on its own times.

    Attributes:
        quantity: name.
        ends: ns since 1970, ascending.
        begins: ns since 1970, begin of the interval that ends there; the end of an instant.
        values: float32 (time, ...), in the vocabulary's unit.
        realization: member numbers, or None.
        attributes: what was done, for the variable.
    """

    quantity: str
    ends: npt.NDArray[np.int64]
    begins: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    realization: tuple[int, ...] | None
    attributes: dict[str, str | int | float] = field(default_factory=dict)

    @property
    def is_interval(self) -> bool:
        """Whether the values are sums or means over intervals."""
        return self.attributes["step_kind"] in ("sum", "mean")

    def covers(self, instant: int) -> bool:
        """Say whether an instant lies strictly within one of the intervals."""
        return bool(np.any((self.ends > instant) & (self.begins < instant)))


def resolve(series: Series) -> Resolved:
    """Bring one series to values in the vocabulary's unit.

    Instants and extremes are converted as they stand. Sums and means of every kind become sums
    (water, mm) or means (radiation, cloud) over the shortest intervals that the records
    determine; what falls below zero within `Noise` is set to zero and counted.

    Raises:
        NormaliseError: no conversion of the unit, or a sum falls by more than noise explains.
    """
    if series.shape == "interval":
        return _intervals(series)
    target = FILE_UNITS.get(series.quantity) or variable(series.quantity).units
    convert = converter(series.units, target)
    records = series.records
    values = convert(np.stack([record.values for record in records])).astype(np.float32)
    if series.quantity == "cloud_cover" and np.nanmax(values, initial=0.0) < _FULL_CLOUD:
        values = np.clip(values, 0.0, 100.0)
    extreme = any(record.end > record.start for record in records)
    return Resolved(
        quantity=series.quantity,
        ends=np.array([record.end for record in records], dtype=np.int64),
        begins=np.array([record.start for record in records], dtype=np.int64),
        values=values,
        realization=series.realization,
        attributes={"step_kind": "maximum" if extreme else "instant"},
    )


def _intervals(series: Series) -> Resolved:
    found = partition([(r.start, r.end) for r in series.records], name=series.quantity)
    ledger = _Ledger(series, _integral_factor(series))
    values = np.stack([ledger.value(interval) for interval in found.intervals])
    resolved = Resolved(
        quantity=series.quantity,
        ends=np.array([interval.end for interval in found.intervals], dtype=np.int64),
        begins=np.array([interval.start for interval in found.intervals], dtype=np.int64),
        values=values,
        realization=series.realization,
        attributes={"step_kind": "sum" if series.quantity in _WATER else "mean"},
    )
    resolved.attributes |= ledger.counts() | _cross_check(found, ledger)
    return resolved


def _integral_factor(series: Series) -> tuple[float, bool]:
    """Factor from the file's unit to mm, J m-2 or % s, and whether it acts per second."""
    unit, rate = canonical(series.units), is_rate(series.units)
    if series.quantity == "cloud_cover":
        return converter(unit, "%")(1.0), True
    wanted = "mm" if series.quantity in _WATER else "J m-2"
    if (unit, wanted) in (("kg m-2 s-1", "mm"), ("W m-2", "J m-2")):
        return 1.0, rate
    return converter(unit, wanted)(1.0), rate


class _Ledger:
    """Evaluates intervals of one series and keeps count of what was clipped."""

    def __init__(self, series: Series, factor: tuple[float, bool]) -> None:
        self._series = series
        self._factor, self._is_rate = factor
        self._noise = _NOISE[series.quantity]
        self._largest: dict[int, float] = {}
        self._clipped, self._lowest = 0, 0.0

    def value(self, interval: Interval) -> npt.NDArray[np.float32]:
        """The quantity over one interval, not below zero."""
        amount = self.amount(interval) / self._divisor(interval)
        allowed = self._allowance(interval)
        lowest = float(np.min(amount, initial=0.0, where=np.isfinite(amount)))
        if lowest < -allowed:
            self._refuse(interval, lowest, allowed)
        self._clipped += int(np.count_nonzero(amount < -_ROUNDING))
        self._lowest = min(self._lowest, lowest)
        amount = np.where(amount < 0.0, 0.0, amount)
        if self._series.quantity == "cloud_cover":
            amount = np.minimum(amount, 100.0)
        return amount.astype(np.float32)

    def amount(self, interval: Interval) -> Floats:
        """The integral over an interval: mm, J m-2 or % s."""
        total: Floats | None = None
        for index, sign in interval.terms:
            part = sign * self._integral(self._series.records[index])
            total = part if total is None else total + part
        return np.asarray(total)

    def spread(self, index: int, interval: Interval) -> float:
        """Largest difference between a record and the others' sum over its time, in the unit."""
        record = self._series.records[index]
        difference = np.abs(self._integral(record) - self.amount(interval))
        largest = np.max(difference, initial=0.0, where=np.isfinite(difference))
        return float(largest) / self._divisor(interval)

    def counts(self) -> dict[str, str | int | float]:
        """Attributes that say how many values were clipped and how far the lowest had fallen."""
        return {"clipped_count": self._clipped, "clipped_minimum": round(self._lowest, 6)}

    def _integral(self, record: Record) -> Floats:
        return record.values.astype(np.float64) * self._scale(record)

    def _scale(self, record: Record) -> float:
        seconds = (record.end - record.start) * _SECONDS if self._is_rate else 1.0
        return self._factor * seconds

    def _divisor(self, interval: Interval) -> float:
        if self._series.quantity in _WATER:
            return 1.0
        return (interval.end - interval.start) * _SECONDS

    def _allowance(self, interval: Interval) -> float:
        divisor = self._divisor(interval)
        records = [(i, self._series.records[i]) for i, _ in interval.terms]
        largest = max(self._largest_of(i, record) for i, record in records) / divisor
        packing = sum(record.packing_error * self._scale(record) for _, record in records) / divisor
        noise = self._noise
        allowed = min(max(noise.floor, noise.share * largest), noise.ceiling)
        return max(allowed, _PACKING_FACTOR * packing)

    def _largest_of(self, index: int, record: Record) -> float:
        if index not in self._largest:
            values = record.values
            top = float(np.max(values, initial=0.0, where=np.isfinite(values)))
            self._largest[index] = top * self._scale(record)
        return self._largest[index]

    def _refuse(self, interval: Interval, lowest: float, allowed: float) -> None:
        unit = variable(self._series.quantity).units
        raise NormaliseError(
            f"{self._series.quantity} (from {self._series.origin}) falls to {lowest:.4g} {unit} "
            f"over the {(interval.end - interval.start) * _SECONDS / 3600:g} h to "
            f"{iso(np.datetime64(interval.end, 'ns'))}; allowed as packing noise is "
            f"-{allowed:.3g} {unit}"
        )


def _cross_check(found: Partition, ledger: _Ledger) -> dict[str, str | int | float]:
    if not found.checks:
        return {}
    spread = max(ledger.spread(index, interval) for index, interval in found.checks)
    return {"cross_checked_count": len(found.checks), "cross_check_maximum": round(spread, 6)}


def time_axis(resolved: Sequence[Resolved]) -> npt.NDArray[np.int64]:
    """The native time axis: every end, and every begin of a sum or mean after the first end.

    A begin that is no end belongs to a step that is lost: it gets its place on the axis, so that
    the gap before it shows and sums along the axis cannot pass over it.
    """
    ends = np.unique(np.concatenate([item.ends for item in resolved]))
    begins = {int(b) for item in resolved if item.is_interval for b in item.begins if b > ends[0]}
    return np.unique(np.concatenate([ends, np.array(sorted(begins), dtype=np.int64)]))
