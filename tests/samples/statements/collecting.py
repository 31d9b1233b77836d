"""All statements that a version asks, and which columns its INSERTs have to fill; run in a checkout of it."""

import ast
import asyncio
import gzip
import importlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import asyncpg

from models.store.migrate import migrate
from models.store.postgres import embedded

BEGIN = re.compile(r"\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b")

COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns JOIN pg_class ON relname = table_name
    WHERE table_schema = 'public' AND relkind = 'r' AND relnamespace = 'public'::regnamespace AND is_nullable = 'NO'
        AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'
    ORDER BY 1, 2
"""
"""Those that a row cannot be without, and that nothing fills by itself."""


async def collect(target: Path) -> None:
    """Keep those that this version's own schema understands: others are parts of statements."""
    with tempfile.TemporaryDirectory(prefix="declic-statements-") as folder:
        Path(folder).chmod(0o711)
        async with embedded(Path(folder) / "data") as url:
            await migrate(url)
            conn = await asyncpg.connect(url)
            kept = [sql for sql in sorted(set(list_statements())) if await is_understood(conn, sql)]
            needed = [list(row) for row in await conn.fetch(COLUMNS)]
            tables = [row[0] for row in await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
            await conn.close()
    data = json.dumps({"statements": kept, "needed": needed, "tables": sorted(tables)}, ensure_ascii=False, indent=0)
    target.write_bytes(gzip.compress(data.encode(), mtime=0))
    sys.stderr.write(f"{len(kept)} statements, {len(needed)} columns\n")


async def is_understood(conn: asyncpg.Connection, sql: str) -> bool:
    """Whether the database can plan it."""
    try:
        await conn.prepare(sql)
    except asyncpg.PostgresError:
        return False
    return True


def list_statements() -> Iterator[str]:
    """Of every module of models: its constants, and what stands in calls."""
    for path in sorted(Path("models").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        found += list_constants(importlib.import_module(".".join(path.with_suffix("").parts)))
        yield from (sql for sql in found if BEGIN.match(sql))


def list_constants(module: ModuleType) -> Iterator[str]:
    """Statements that were put together when the module was read."""
    for value in vars(module).values():
        values = value.values() if isinstance(value, dict) else [value]
        for one in values:
            sql = one if isinstance(one, str) else getattr(one, "sql", None)
            if isinstance(sql, str):
                yield sql


if __name__ == "__main__":
    asyncio.run(collect(Path(sys.argv[1])))
