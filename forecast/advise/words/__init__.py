"""Advice in words: plain sentences in Chinese and in English from one catalogue."""

from forecast.advise.words.about import About
from forecast.advise.words.advice_text import AdviceText, texts
from forecast.advise.words.bulletin import Bulletin, bulletin
from forecast.advise.words.season_text import phenology_text, season_text, stage_text
from forecast.advise.words.summary import OutlookDay, PastWeather, WeatherSummary
from forecast.advise.words.water_text import irrigation_text, standing_water_text

__all__ = [
    "About",
    "AdviceText",
    "Bulletin",
    "OutlookDay",
    "PastWeather",
    "WeatherSummary",
    "bulletin",
    "irrigation_text",
    "phenology_text",
    "season_text",
    "stage_text",
    "standing_water_text",
    "texts",
]
