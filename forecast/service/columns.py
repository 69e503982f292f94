"""Columns of an answer beside the variables: quantiles, probabilities, corrections."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.variables import FILL, pack, variable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column of hours, packed as the variables are.

    Attributes:
        name: in the answer.
        units: of its values.
        decimals: value = counts / 10^decimals.
        counts: packed [time], missing is `FILL`.
    """

    name: str
    units: str
    decimals: int
    counts: npt.NDArray[np.int16]

    def texts(self) -> list[str]:
        """Values as text with their decimals, empty where missing."""
        scale = 10**self.decimals
        return [
            "" if count == FILL else f"{count / scale:.{self.decimals}f}"
            for count in self.counts.tolist()
        ]


def of_variable(label: str, values: npt.NDArray[np.floating], *, name: str) -> Column:
    """A column with the unit and the decimals of a variable.

    Args:
        label: of the column.
        values: [time], missing is NaN.
        name: variable of the vocabulary.
    """
    entry = variable(name)
    return Column(name=label, units=entry.units, decimals=entry.decimals, counts=pack(values, name))


def of_number(label: str, values: npt.NDArray[np.floating], *, units: str, decimals: int) -> Column:
    """A column of small numbers, as a probability or a difference.

    Args:
        label: of the column.
        values: [time], missing is NaN; within +-32767 / 10^decimals.
        units: of the values.
        decimals: that are kept, 0 to 3.
    """
    scaled = np.rint(np.asarray(values, dtype=np.float64) * 10.0**decimals)
    counts = np.where(np.isnan(scaled), FILL, scaled).astype(np.int16)
    return Column(name=label, units=units, decimals=decimals, counts=counts)
