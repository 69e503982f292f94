"""SQLite files of a store: made once, of one kind and version, read and changed as a whole.

Time is whole seconds since 1970 UTC in all of them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Self

from forecast.errors import StoreError, StoreMissing

_WAIT_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a file is.

    Attributes:
        name: in words, with its article, as `an observation store`.
        application: number that marks such files.
        version: of the tables.
        tables: statements that make them, separated by `;` and a new line.
        made_by: command that makes such a file.
    """

    name: str
    application: int
    version: int
    tables: str
    made_by: str

    @property
    def noun(self) -> str:
        """The name without its article."""
        return self.name.partition(" ")[2]


class SqliteFile:
    """A file of one kind; any readers.

    Args:
        path: an existing file; `open` says more clearly what is wrong with another one.

    Attributes:
        kind: of all files of the class.
        path: of the file.
    """

    kind: ClassVar[Kind]

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path) -> Self:
        """Open a file, making it (and its folder) first where there is none.

        Raises:
            StoreError: it cannot be made, or is something else.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with cls._known_errors(path), closing(_connect(path, mode="rwc")) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("BEGIN IMMEDIATE")
            if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in cls.kind.tables.split(";\n"):
                    database.execute(statement)
                database.execute(f"PRAGMA application_id = {cls.kind.application}")
                database.execute(f"PRAGMA user_version = {cls.kind.version}")
            database.execute("COMMIT")
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file; never makes one.

        Raises:
            StoreMissing: there is none.
            StoreError: it is another kind of file, of another version, or damaged.
        """
        opened, kind = cls(path), cls.kind
        with opened.reading() as database:
            found = database.execute("PRAGMA application_id").fetchone()[0]
            version = database.execute("PRAGMA user_version").fetchone()[0]
        if found != kind.application:
            raise StoreError(f"the file {path} is no {kind.noun}")
        if version != kind.version:
            raise StoreError(
                f"the {kind.noun} {path} has version {version}; allowed is {kind.version}"
            )
        return opened

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file, whatever a writer does meanwhile."""
        if not self.path.is_file():
            raise StoreMissing(
                f"there is no {self.kind.noun} {self.path}; `{self.kind.made_by}` makes one"
            )
        with self._known_errors(self.path), closing(_connect(self.path, mode="ro")) as database:
            database.execute("BEGIN")
            yield database

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are all made, and on the disk, or not at all."""
        with self._known_errors(self.path), closing(_connect(self.path, mode="rw")) as database:
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    def check_integrity(self) -> None:
        """Read the whole file and compare its tables with their indexes.

        Raises:
            StoreError: it is damaged; the sentence says how.
        """
        with self.reading() as database:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(5)")]
        if found != ["ok"]:
            raise StoreError(f"the {self.kind.noun} {self.path} is damaged: {'; '.join(found)}")

    @classmethod
    @contextmanager
    def _known_errors(cls, path: Path) -> Iterator[None]:
        """Turn what the database library raises into one sentence.

        Raises:
            StoreError: the file cannot be used; the sentence says why.
        """
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the {cls.kind.noun} {path} cannot be used: {error}") from error


def _connect(path: Path, *, mode: str) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode={mode}"
    database = sqlite3.connect(address, uri=True, timeout=_WAIT_S, isolation_level=None)
    database.execute("PRAGMA temp_store = MEMORY")
    return database
