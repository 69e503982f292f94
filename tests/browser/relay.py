"""A relay in front of the service that counts what goes over the wire, whoever asked for it."""

import asyncio
import contextlib
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_BLOCK = 1 << 16


class Relay:
    """A port of the loopback that passes everything on to a service; a context manager.

    Attributes:
        url: where the relay answers.
        sent: bytes that the service has sent so far, over all connections.
    """

    def __init__(self, url: str) -> None:
        self._port = urlsplit(url).port
        self.url = ""
        self.sent = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _begin(self) -> None:
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _end(self) -> None:
        self._server.close()
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_service, to_service = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            # a connection that is open at the end is cut, which is no error
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(
                    self._pass(reader, to_service, counted=False),
                    self._pass(from_service, writer, counted=True),
                )
        finally:
            to_service.close()
            writer.close()

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while block := await source.read(_BLOCK):
                self.sent += len(block) if counted else 0
                sink.write(block)
                await sink.drain()
        sink.close()
