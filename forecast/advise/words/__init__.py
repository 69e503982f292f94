"""Advice in words: plain sentences in Chinese and in English from one catalogue."""

from forecast.advise.words.about import About
from forecast.advise.words.advice_text import AdviceText, texts

__all__ = ["About", "AdviceText", "texts"]
