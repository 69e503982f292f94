"""From observations to corrections of the downscaled forecast."""

from forecast.calibrate.correction import correction
from forecast.calibrate.cross_validation import cross_validation, spread_residuals
from forecast.calibrate.emos import emos_fit
from forecast.calibrate.evidence import Evidence, Places
from forecast.calibrate.hidden import blocks_of, random_folds
from forecast.calibrate.member_spread import fit_leads
from forecast.calibrate.terms import Term, Told, assemble, check, nothing, report, total

__all__ = [
    "Evidence",
    "Places",
    "Term",
    "Told",
    "assemble",
    "blocks_of",
    "check",
    "correction",
    "cross_validation",
    "emos_fit",
    "fit_leads",
    "nothing",
    "random_folds",
    "report",
    "spread_residuals",
    "total",
]
