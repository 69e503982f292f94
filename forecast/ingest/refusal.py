"""The one way in which a message or variable is turned down without turning down the file."""


class Refused(Exception):
    """A message or variable is not read; the text is the reason, a clause without a dot."""
