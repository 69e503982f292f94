"""Station observations of a region, beside its cycles: one SQLite file that `gc` never touches.

The write side adds stations, observations, verdicts and forecasts for stations; calibration and
verification ask for observations and for pairs of forecast and observation.
"""

from forecast.store.observations.flags import BAD, Flag
from forecast.store.observations.intake import Intake
from forecast.store.observations.observation_store import ObservationStore

__all__ = ["BAD", "Flag", "Intake", "ObservationStore"]
