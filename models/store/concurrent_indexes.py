"""Indexes built beside those who write: a migration of such statements alone runs outside of a transaction."""

import re

import asyncpg

WORD = "CONCURRENTLY"

_COMMENT = re.compile(r"--[^\n]*")

_STATEMENT = re.compile(
    r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?P<name>[a-z_0-9]+) ON\b.*"
    r"|DROP INDEX CONCURRENTLY IF EXISTS [a-z_0-9]+",
    re.DOTALL,
)


class NotConcurrent(ValueError):
    """A file mixes what runs outside of a transaction with what must not."""


def list_statements(sql: str) -> list[str]:
    """The statements of a migration that builds or drops indexes beside those who write; none of any other.

    Raises NotConcurrent where something else stands in it, which would not be taken back when it fails.
    """
    bare = _COMMENT.sub("", sql)
    if WORD not in bare:
        return []
    found = [statement.strip() for statement in bare.split(";") if statement.strip()]
    strange = [statement for statement in found if not _STATEMENT.fullmatch(statement)]
    if strange:
        raise NotConcurrent(f"{strange[0][:60]} … stands beside {WORD}: it needs a migration of its own")
    return found


async def run(conn: asyncpg.Connection, statements: list[str]) -> None:
    """Run them one by one; those that are done already, before an interruption, are left out.

    PostgreSQL leaves an index that it could not finish behind as invalid: it would be kept up to date and never used.
    """
    for statement in statements:
        found = _STATEMENT.fullmatch(statement)
        name = found["name"] if found is not None else None
        if name is None:
            await conn.execute(statement)
            continue
        valid = await conn.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", name)
        if valid is False:
            await conn.execute(f"DROP INDEX CONCURRENTLY {name}")
        if valid is not True:
            await conn.execute(statement)
