"""The command line and the server as processes of their own, as people run them."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

PROGRAM = Path(sys.executable).with_name("zhitian")
START_S = 60.0


def environment(**settings: object) -> dict[str, str]:
    """This process's environment without the settings of whoever runs the tests.

    Args:
        settings: fields of `forecast.settings.Settings`, in lower case.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHITIAN_")}
    return kept | {f"ZHITIAN_{name.upper()}": str(value) for name, value in settings.items()}


def zhitian(
    *arguments: object, env: Mapping[str, str] | None = None, timeout: float = 150.0
) -> subprocess.CompletedProcess[str]:
    """Run `zhitian` to its end; what it printed is in `stdout` and `stderr`."""
    return subprocess.run(
        [str(PROGRAM), *map(str, arguments)],
        env=dict(env or environment()),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def succeed(
    *arguments: object, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `zhitian` and require that it ends well."""
    ended = zhitian(*arguments, env=env)
    assert ended.returncode == 0, ended.stderr
    return ended


def refusal(*arguments: object, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Exit code and sentence of a `zhitian` that must refuse: one line, no traceback."""
    ended = zhitian(*arguments, env=env)
    assert ended.returncode != 0, ended.stdout
    assert "Traceback" not in ended.stderr, ended.stderr
    said = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1, ended.stderr
    return ended.returncode, said[0].removeprefix("error: ")


def made_once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first of several test processes fills and the others find full.

    Args:
        folder: shared by all test processes of this session.
        name: of the folder to make.
        make: fills it.
    """
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / ".complete").exists():
            made.mkdir(exist_ok=True)
            make(made)
            (made / ".complete").touch()
    return made


class Server:
    """`zhitian serve` on a free port of the loopback; a context manager.

    Args:
        env: of the server, see `environment`.
        arguments: further ones for `zhitian serve`.
    """

    def __init__(self, env: Mapping[str, str], *arguments: object) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._command = [str(PROGRAM), "serve", "--port", str(port), *map(str, arguments)]
        self._env = dict(env)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, env=self._env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self._client = httpx.Client(base_url=self.url, trust_env=False, timeout=60)
        end = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.__exit__(None, None, None)
                raise RuntimeError(f"the server did not start: {self._said}")
            time.sleep(0.1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()
        self._process.terminate()
        self._said = self._process.communicate(timeout=30)[1].decode("utf-8")

    def get(self, path: str, **query: object) -> Any:
        """The document of a path; any refusal is an error."""
        answer = self._client.get(path, params={k: str(v) for k, v in query.items()})
        assert answer.status_code == 200, answer.text
        return json.loads(answer.content)

    def post(self, path: str, body: object) -> Any:
        """The document that a body brings; any refusal is an error."""
        answer = self._client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.content)

    def _answers(self) -> bool:
        try:
            return self._client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False
