"""An application over a small region, asked in this process."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from fastapi import FastAPI

from forecast.api import create_app
from forecast.settings import Settings
from tests.support.small_region import NOW, SmallRegion


class Api:
    """Requests to an application without a server; its own errors become 500, as on a server.

    Args:
        app: the application.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    @classmethod
    def over(cls, region: SmallRegion, *, now: datetime = NOW, **settings: Any) -> "Api":
        """The application of a region."""
        return cls(
            create_app(
                Settings(store=region.root, regions=(str(region.file),), now=now, **settings)
            )
        )

    @property
    def service(self) -> Any:
        return self.app.state.service

    def get(self, url: str, *, headers: dict[str, str] | None = None, **query: Any) -> Any:
        """GET; the query may be part of the URL or given by keyword."""
        return self._run(
            lambda client: client.get(url, params=query or None, headers=headers or {})
        )

    def post(self, url: str, **options: Any) -> Any:
        """POST; see httpx for the options."""
        return self._run(lambda client: client.post(url, **options))

    def request(self, method: str, url: str, **options: Any) -> Any:
        """Any method."""
        return self._run(lambda client: client.request(method, url, **options))

    def _run(self, ask: Callable[[httpx.AsyncClient], Any]) -> Any:
        async def run() -> Any:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await ask(client)

        return asyncio.run(run())
