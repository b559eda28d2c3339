"""One database of one fake: SQLAlchemy Core over SQLite, copied as bytes, kept in memory or in a file.

A test's tenant is a byte copy of a frozen one (`Store.memory(image)`), which SQLite can load without replaying a
single statement. All stores share one dialect and one cache of compiled statements: preparing those anew for
each tenant would cost more than the tenant itself.
"""

import re
import sqlite3
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

_URL = sa.make_url("sqlite://")

Row = Mapping[str, Any]
"""One row of an answer: column name -> value."""


class _CompiledStatements(dict[Any, Any]):
    """A cache of compiled statements that starts afresh when a caller invents too many shapes of query."""

    def __setitem__(self, key: Any, value: Any) -> None:
        if len(self) > 4_000:
            self.clear()
        super().__setitem__(key, value)


_compiled = _CompiledStatements()
_dialects: list[sa.Dialect] = []


def _dialect() -> sa.Dialect:
    if not _dialects:
        first = sa.create_engine(_URL)
        first.connect().close()  # a dialect learns the server's version on its first connection
        first.dispose()
        _dialects.append(first.dialect)
    return _dialects[0]


class Store:
    """A database with its tables, and the only thing in the fakes that runs SQL.

    Not for use from several threads at once: the fakes answer from one event loop.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take over an open SQLite connection; use `memory` or `file` to make one."""
        connection.isolation_level = None  # transactions are opened below, so that savepoints nest
        connection.create_function("regexp", 2, _matches, deterministic=True)
        self._sqlite = connection
        dialect = _dialect()
        engine = sa.Engine(
            StaticPool(lambda: connection, dialect=dialect),  # type: ignore[arg-type] # a sqlite3 connection is DBAPI
            dialect,
            _URL,
            execution_options={"compiled_cache": _compiled},
        )
        sa.event.listen(engine, "begin", lambda opened: opened.exec_driver_sql("BEGIN"))
        self._connection = engine.connect()
        # A tenant that is simply forgotten gives its memory back too, without Python's warning about it.
        self._give_back = weakref.finalize(self, _give_back, self._connection, connection)

    @classmethod
    def memory(cls, image: bytes | None = None) -> "Store":
        """A store in memory: empty, or a copy of what `image()` gave."""
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        if image is not None:
            connection.deserialize(image)
        return cls(connection)

    @classmethod
    def file(cls, path: Path, image: bytes | None = None) -> "Store":
        """A store kept in a file, written on every change; a new file starts from `image`.

        Raises OSError when the folder is not there, and sqlite3.DatabaseError when the file is something else.
        """
        if image is not None and not path.exists():
            path.write_bytes(image)
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return cls(connection)

    def image(self) -> bytes:
        """The whole database as bytes, for `memory` and `load`."""
        return self._sqlite.serialize()

    def load(self, image: bytes) -> None:
        """Put an earlier `image()` back, in memory or in the file."""
        source = sqlite3.connect(":memory:")
        try:
            source.deserialize(image)
            source.backup(self._sqlite)
        finally:
            source.close()

    def create(self, metadata: sa.MetaData) -> None:
        """Make the tables of `metadata` that are not there yet."""
        with self.transaction():
            metadata.create_all(self._connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what is written inside is undone when the block raises. Blocks may nest."""
        opened = self._connection.begin_nested() if self._connection.in_transaction() else self._connection.begin()
        with opened:
            yield

    def rows(self, query: sa.Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row]:
        """The rows of a query, as mappings from column name to value."""
        with self._reading():
            return cast(Sequence[Row], self._connection.execute(query, parameters).mappings().all())

    def row(self, query: sa.Executable, parameters: Mapping[str, Any] | None = None) -> Row | None:
        """The first row of a query, or None."""
        with self._reading():
            return cast(Row | None, self._connection.execute(query, parameters).mappings().first())

    def value(self, query: sa.Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        with self._reading():
            return self._connection.execute(query, parameters).scalar()

    def write(
        self, statement: sa.Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> int:
        """Run an insert, update or delete; the number of rows it touched. Raises sqlalchemy.exc.IntegrityError."""
        # SQLite undoes a single statement that fails by itself; only many rows in one go need a point to return to.
        if self._connection.in_transaction() and (parameters is None or isinstance(parameters, Mapping)):
            return self._connection.execute(statement, parameters).rowcount
        with self.transaction():
            return self._connection.execute(statement, parameters).rowcount

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """End the transaction that SQLAlchemy opens by itself for a read, unless the caller holds one."""
        held = self._connection.in_transaction()
        try:
            yield
        finally:
            if not held:
                self._connection.rollback()

    def close(self) -> None:
        """Give the memory or the file back."""
        self._give_back()


def _matches(pattern: str, text: object) -> bool | None:
    """SQL's `text REGEXP pattern`, which SQLite leaves to its host; what has no value matches nothing."""
    return None if text is None else re.search(pattern, str(text)) is not None


def _give_back(connection: sa.Connection, sqlite: sqlite3.Connection) -> None:
    connection.close()
    sqlite.close()
