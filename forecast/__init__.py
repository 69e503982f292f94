"""What and when: from model output to a 1 km forecast and the advice drawn from it."""

__version__ = "0.1.0"
