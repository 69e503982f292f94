"""Planting advice: crop profiles as data, and their conditions judged on forecasts."""
