"""The HTTP face of the service: FastAPI routes over `forecast.service`."""

from forecast.api.application import create_app
from forecast.api.server import run_server

__all__ = ["create_app", "run_server"]
