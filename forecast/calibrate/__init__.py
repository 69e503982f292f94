"""From observations to corrections of the downscaled forecast."""

from forecast.calibrate.evidence import Evidence
from forecast.calibrate.terms import Term, Told, assemble, check, nothing, report, total

__all__ = ["Evidence", "Term", "Told", "assemble", "check", "nothing", "report", "total"]
