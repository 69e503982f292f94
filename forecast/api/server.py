"""Running the application on a real server."""

import socket
from collections.abc import Callable
from typing import Final

import uvicorn

from forecast.api.application import create_app
from forecast.errors import SettingsError
from forecast.settings import Settings

KEEP_ALIVE_S: Final = 10
GRACE_S: Final = 10
MAX_CONNECTIONS: Final = 1000


def run_server(settings: Settings, *, ready: Callable[[str], None] | None = None) -> None:
    """Serve until interrupted.

    Args:
        settings: what to serve and where.
        ready: called with the service's URL as soon as it answers.

    Raises:
        SettingsError: the address cannot be bound.
    """
    bound = _bind(settings.host, settings.port)
    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        limit_concurrency=MAX_CONNECTIONS,
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    server = _Server(config, url=f"http://{host}:{bound.getsockname()[1]}", ready=ready)
    try:
        server.run(sockets=[bound])
    except KeyboardInterrupt:
        # uvicorn has shut down in order already and hands the signal on
        return
    finally:
        bound.close()


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(
        self, config: uvicorn.Config, *, url: str, ready: Callable[[str], None] | None
    ) -> None:
        super().__init__(config)
        self._url = url
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then tell."""
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready(self._url)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise SettingsError(
            f"address {host}, port {port} was asked; it cannot be served from"
            f" ({error.strerror or error})"
        ) from error
    return bound
