"""The read side: questions in, answers with their passport out. The only place that wires it."""

from forecast.service.advice.answer import AdviceAnswer
from forecast.service.advice.question import AdviceQuestion, ask_advice
from forecast.service.asking import ask
from forecast.service.batch import ExportOrder
from forecast.service.core import ForecastService
from forecast.service.knowledge import Knowledge
from forecast.service.limits import Limits
from forecast.service.question import PointQuestion
from forecast.service.series import PointSeries
from forecast.service.served import ServedRegion

__all__ = [
    "AdviceAnswer",
    "AdviceQuestion",
    "ExportOrder",
    "ForecastService",
    "Knowledge",
    "Limits",
    "PointQuestion",
    "PointSeries",
    "ServedRegion",
    "ask",
    "ask_advice",
]
