"""Write models/store/schema.sql: what all migrations together make, to be read and to be searched.

Run it after adding a migration: `make schema`. A test holds that the file is what the migrations make, and that a
database made from the file is the same as one made by them.

What there is comes from the catalogues of a database that was migrated just now. The catalogues keep no comments inside
of tables and write views anew, each version of PostgreSQL in its own way: these words are those of the migration that
made or last changed a thing (`sources.py`). So the file is the same, whichever version made it.
"""

import asyncio
import os
import re
import secrets
import sys
import tempfile
import textwrap
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from deploy.build import catalogues
from deploy.build.sources import Sources, read_sources
from models.store.migrate import list_migrations, migrate
from models.store.postgres import embedded

TARGET = Path(__file__).parents[2] / "models" / "store" / "schema.sql"

WIDTH = 120

WORD = re.compile(r"(?:[^ ']|'(?:[^']|'')*')+")

HEAD = """\
-- The schema as all migrations together make it: written by `make schema`, to be read and never to be changed by hand.
-- What changes the schema is a new file in migrations/; what rows they put in or changed stands there alone.
-- Tables stand in the order in which they were made. Those of PgQueuer (pgqueuer…) are described in its own documents.

SET check_function_bodies = off;
"""


MOVED = {
    "models/agreements": "models/exchanges/agreements",
    "models/categories": "models/listings/categories",
    "models/directory/values": "models/servers/directory/values",
    "models/hours": "models/people/opening_hours",
    "models/places.fold_name": "models/places/places.fold_name",
    "models/stream_events": "models/store/background/stream_events",
}
"""Modules that comments in migrations name as they were called then: databases know the checksums of those files."""


def name_present_modules(sql: str) -> str:
    """A migration with the modules in its comments as they are called now."""
    for then, now in MOVED.items():
        sql = re.sub(rf"\b{re.escape(then)}\b", now, sql)
    return sql


async def write_schema(conn: asyncpg.Connection) -> str:
    """The text of the schema that this database has; it must be as the migrations make it."""
    sources = read_sources(name_present_modules(migration.sql) for migration in list_migrations())
    functions, needed = await conn.fetch(catalogues.FUNCTIONS), set(await conn.fetchval(catalogues.NEEDED_FUNCTIONS))
    tables, later = await _write_tables(conn, sources)
    sections = {
        "Extensions and search": sources.settings,
        "Types": [row["text"] for row in await conn.fetch(catalogues.TYPES)],
        "Functions that tables, views and others need": [
            _write(sources, row) for row in functions if row["id"] in needed
        ],
        "Tables, with their indexes": tables,
        "References to tables further down": later,
        "Views": [_write(sources, row) for row in await _list_views(conn)],
        "Functions": [_write(sources, row) for row in functions if row["id"] not in needed],
        "Triggers": [_write(sources, row) for row in await conn.fetch(catalogues.TRIGGERS)],
    }
    parts = [HEAD]
    for title, texts in sections.items():
        if texts:
            parts.append(f"\n-- {title} {'-' * (WIDTH - 4 - len(title))}\n")
            parts += [f"\n{text}\n" for text in texts]
    return "".join(parts)


async def _list_views(conn: asyncpg.Connection) -> list[asyncpg.Record]:
    """Each after those that it reads from."""
    rows = {row["id"]: row for row in await conn.fetch(catalogues.VIEWS)}
    placed: dict[int, asyncpg.Record] = {}
    while len(placed) < len(rows):
        for id, row in rows.items():
            if id not in placed and all(other in placed for other in row["reads"]):
                placed[id] = row
    return list(placed.values())


def _write(sources: Sources, row: asyncpg.Record) -> str:
    """A view, function or trigger in the words of its migration, with its comment."""
    text = sources.texts[row["kind"], row["name"]]
    if row["comment"] is None:
        return text
    words = textwrap.wrap(row["comment"].replace("'", "''"), WIDTH - 10, break_on_hyphens=False)
    lines = [f"    '{line} '" for line in words[:-1]] + [f"    '{words[-1]}';"]
    return "\n".join([text, f"COMMENT ON {row['kind']} {row['signature']} IS", *lines])


async def _write_tables(conn: asyncpg.Connection, sources: Sources) -> tuple[list[str], list[str]]:
    """Each table with its columns, constraints and indexes; and references that must wait for another table."""
    columns, constraints, indexes = [
        _group(await conn.fetch(question))
        for question in (catalogues.COLUMNS, catalogues.CONSTRAINTS, catalogues.INDEXES)
    ]
    rows = sorted(await conn.fetch(catalogues.TABLES), key=lambda row: (sources.place_of(row["name"]), row["name"]))
    texts, later, made = [], [], set()
    for row in rows:
        name = row["name"]
        made.add(name)
        waiting = [one for one in constraints[name] if one["target"] is not None and one["target"] not in made]
        later += [_write_later(one) for one in waiting]
        now = [one for one in constraints[name] if one not in waiting]
        texts.append(_write_table(row, columns[name], now, sources))
        texts[-1] += "".join(f"\n{_write_index(one, sources)}" for one in indexes.get(name, []))
    return texts, later


def _write_later(constraint: asyncpg.Record) -> str:
    """A reference to a table that does not stand there yet."""
    head = f"ALTER TABLE {constraint['table']} ADD CONSTRAINT {constraint['name']}"
    return f"{head}\n{fold('    ' + tidy(constraint['text']) + ';', 8)}"


def _write_table(
    table: asyncpg.Record, columns: list[asyncpg.Record], constraints: list[asyncpg.Record], sources: Sources
) -> str:
    lines = []
    inline = {one["name"]: one for one in constraints if one["usual"] and len(one["columns"]) == 1}
    for column in columns:
        own = [one for one in inline.values() if one["columns"] == [column["name"]]]
        text = f"    {column['name']} {write_type(column, own)}"
        lines.append(
            (text + "".join(f" {_shorten(one)}" for one in own), sources.columns.get((table["name"], column["name"])))
        )
    for one in constraints:
        if one["name"] not in inline:
            name = "" if one["usual"] else f"CONSTRAINT {one['name']} "
            lines.append((f"    {name}{tidy(one['text'])}", None))
    said = [f"-- {line}" for line in textwrap.wrap(sources.tables.get(table["name"], ""), WIDTH - 3)]
    options = f" WITH ({', '.join(table['options'])})" if table["options"] else ""
    head = f"CREATE {'UNLOGGED ' if table['unlogged'] else ''}TABLE {table['name']} ("
    return "\n".join([*said, head, *_write_lines(lines), f"){options};"])


def _write_lines(lines: list[tuple[str, str | None]]) -> list[str]:
    """What stands inside of a table; comments are put beside, in one column, where they fit, else above."""
    written = []
    beside = min(44, max((len(text) for text, comment in lines if comment), default=0) + 1)
    for number, (text, comment) in enumerate(lines):
        whole = text + ("," if number < len(lines) - 1 else "")
        if comment is None:
            written.append(fold(whole, 8))
            continue
        line = f"{whole:<{beside}}  -- {comment}"
        if len(line) <= WIDTH:
            written.append(line)
        else:
            written += [f"    -- {part}" for part in textwrap.wrap(comment, WIDTH - 7)]
            written.append(fold(whole, 8))
    return written


def write_type(column: asyncpg.Record, own: list[asyncpg.Record]) -> str:
    """`text NOT NULL DEFAULT ''`; a primary key is never NULL anyway."""
    text = column["type"].replace("timestamp with time zone", "timestamptz")
    if column["serial"]:
        return "bigserial"
    if not column["nullable"] and not any(one["kind"] == "p" for one in own):
        text += " NOT NULL"
    if column["identity"]:
        return f"{text} GENERATED {'ALWAYS' if column['identity'] == 'a' else 'BY DEFAULT'} AS IDENTITY"
    if column["generated"]:
        return f"{text} GENERATED ALWAYS AS ({tidy(column['value'])}) STORED"
    return (
        text
        if column["value"] is None
        else f"{text} DEFAULT {tidy(column['value']).removesuffix('::' + column['type'])}"
    )


def _shorten(constraint: asyncpg.Record) -> str:
    """A constraint on one column as it is written beside the column."""
    text = tidy(constraint["text"])
    return re.sub(r"^(PRIMARY KEY|UNIQUE|FOREIGN KEY)( NULLS NOT DISTINCT)? \(\w+\)", _name_kind, text).strip()


def _name_kind(found: re.Match[str]) -> str:
    return "" if found[1] == "FOREIGN KEY" else found[1] + (found[2] or "")


def _write_index(index: asyncpg.Record, sources: Sources) -> str:
    """On one line where it fits with what is said about it, else with its condition on lines of their own."""
    text = f"{tidy(index['text'])};"
    comment = sources.indexes.get(index["index"])
    if comment is not None and len(text) + len(comment) + 5 <= WIDTH:
        return f"{text}   -- {comment}"
    said = [] if comment is None else [f"-- {line}" for line in textwrap.wrap(comment, WIDTH - 3)]
    if len(text) <= WIDTH:
        return "\n".join([*said, text])
    what, _, where = text.partition(" WHERE ")
    return "\n".join([*said, fold(what, 4), *([fold(f"    WHERE {where}", 8)] if where else [])])


def tidy(text: str) -> str:
    """What the catalogues say, as people write it: the same statement, as its test shows."""
    text = text.replace(" USING btree", "").replace("public.", "")
    text = re.sub(r"('(?:[^']|'')*')::text(?!\[)", r"\1", text)
    text = re.sub(r"= ANY \(ARRAY\[((?:'[^']*'(?:, )?)+)\]\)", r"IN (\1)", text)
    text = re.sub(r"<> ALL \(ARRAY\[((?:'[^']*'(?:, )?)+)\]\)", r"NOT IN (\1)", text)
    return text.strip()


def fold(text: str, indent: int) -> str:
    """A line that is too long on several, broken where a space stands, but for those in quotes."""
    lines, begin = [""], " " * (len(text) - len(text.lstrip()))
    for word in WORD.findall(text.strip()):
        if lines[-1] and len(begin) + len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append("")
            begin = " " * indent
        lines[-1] += f" {word}" if lines[-1] else word
    return f"\n{' ' * indent}".join([text[: len(text) - len(text.lstrip())] + lines[0], *lines[1:]])


def _group(rows: Iterable[asyncpg.Record]) -> dict[str, list[asyncpg.Record]]:
    grouped: dict[str, list[asyncpg.Record]] = {}
    for row in rows:
        grouped.setdefault(row["table"], []).append(row)
    return grouped


async def main() -> None:
    """Migrate a database that is made for it, and write what it has become."""
    async with _open_server() as url:
        conn = await asyncpg.connect(url)
        name = f"declic_schema_{secrets.token_hex(4)}"
        await conn.execute(f"CREATE DATABASE {name}")
        try:
            fresh = _with_database(url, name)
            await migrate(fresh)
            made = await asyncpg.connect(fresh)
            TARGET.write_text(await write_schema(made), encoding="utf-8")
            await made.close()
        finally:
            await conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
            await conn.close()
    sys.stdout.write(f"{TARGET}: {len(TARGET.read_text().splitlines())} lines\n")


@asynccontextmanager
async def _open_server() -> AsyncIterator[str]:
    """The server that tests use (DECLIC_TEST_DATABASE_URL), else one of our own for this moment."""
    url = os.environ.get("DECLIC_TEST_DATABASE_URL")
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="declic-schema-") as folder:
        os.chmod(folder, 0o711)  # PostgreSQL never runs as root: another account reaches what is its own in there
        async with embedded(Path(folder) / "data") as own:
            yield own


def _with_database(url: str, name: str) -> str:
    server, mark, options = url.partition("?")
    return f"{server.rsplit('/', 1)[0]}/{name}{mark}{options}"


if __name__ == "__main__":
    asyncio.run(main())
