"""What goes to the database while somebody is answered."""

from typing import Any

import asyncpg
import pytest
from asyncpg.prepared_stmt import PreparedStatement


def note_statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each statement from now on, as it comes."""
    asked: list[str] = []
    fetch, ask = PreparedStatement.fetch, getattr(asyncpg.Connection, "_execute")  # noqa: B009 - nothing else sees all of them

    def note_fetch(statement: PreparedStatement, *values: Any, **options: Any) -> Any:
        asked.append(statement.get_query())
        return fetch(statement, *values, **options)

    def note_ask(conn: asyncpg.Connection, query: str, *rest: Any, **options: Any) -> Any:
        asked.append(query)
        return ask(conn, query, *rest, **options)

    monkeypatch.setattr(PreparedStatement, "fetch", note_fetch)
    monkeypatch.setattr(asyncpg.Connection, "_execute", note_ask)
    return asked


def list_beginnings(asked: list[str]) -> str:
    """A line for each, for whoever reads why there are too many."""
    return "\n".join(" ".join(one.split())[:100] for one in asked)
