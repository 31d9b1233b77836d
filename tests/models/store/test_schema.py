"""models/store/schema.sql is what the migrations make, and can be read."""

import re
import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.build.schema import TARGET, fold, tidy, write_schema
from deploy.build.sources import read_sources
from models.store.database import Connection
from tests.databases import with_database

EVERYTHING = {
    "columns": """
        SELECT c.relname, c.relpersistence::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid), a.attstorage::text,
            a.attcollation, a.attcompression::text, c.reloptions
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
        ORDER BY c.relname, a.attnum
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
    """,
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "sequences": """
        SELECT sequencename, data_type::text, start_value, increment_by FROM pg_sequences
        WHERE schemaname = 'public' ORDER BY 1
    """,
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
    "functions": """
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' ORDER BY 1
    """,
    "triggers": """
        SELECT tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE NOT tgisinternal ORDER BY 1, 2
    """,
    "types": "SELECT enumtypid::regtype::text, enumlabel FROM pg_enum ORDER BY 1, enumsortorder",
    "search": """
        SELECT c.cfgname, m.maptokentype, m.mapseqno, d.dictname FROM pg_ts_config c
        JOIN pg_ts_config_map m ON m.mapcfg = c.oid JOIN pg_ts_dict d ON d.oid = m.mapdict
        WHERE c.cfgnamespace = 'public'::regnamespace ORDER BY 1, 2, 3
    """,
    "extensions": "SELECT extname, extversion FROM pg_extension ORDER BY 1",
    "comments": """
        SELECT pg_describe_object(classoid, objoid, objsubid), description FROM pg_description
        WHERE classoid = ANY (ARRAY['pg_class', 'pg_proc', 'pg_trigger', 'pg_constraint']::regclass[])
            AND objoid >= 16384 ORDER BY 1
    """,
}
"""What a database holds, told by its catalogues, each in an order that both databases share."""

RULES = TARGET.parents[1] / "RULES_IN_SQL.md"

SAID_IN_A_ROOM = r"^Rules that live in SQL.*?:(.*?)\n(?:\n|\Z)"

NAMES = """
    SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
    UNION
    SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION
    SELECT t.tgname FROM pg_trigger t WHERE NOT t.tgisinternal
"""

UNCOMMENTED = """
    SELECT 'view ' || c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
        AND obj_description(c.oid, 'pg_class') IS NULL
    UNION ALL
    SELECT 'function ' || p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass FROM pg_trigger t
    WHERE NOT t.tgisinternal AND obj_description(t.oid, 'pg_trigger') IS NULL
"""


@pytest.fixture
async def loaded(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A database that was made from schema.sql alone."""
    name = f"declic_test_schema_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name}")
    made = await asyncpg.connect(with_database(postgres_url, name))
    await made.execute(TARGET.read_text(encoding="utf-8"))
    yield made
    await made.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_the_file_is_what_the_migrations_make(shared_database: asyncpg.Connection) -> None:
    assert TARGET.read_text(encoding="utf-8") == await write_schema(shared_database), "run make schema"


async def test_a_database_made_from_the_file_is_the_one_that_the_migrations_make(
    conn: Connection, loaded: asyncpg.Connection
) -> None:
    for what, question in EVERYTHING.items():
        migrated = [tuple(row) for row in await conn.fetch(question)]
        written = [tuple(row) for row in await loaded.fetch(question)]

        assert migrated == written, what
        assert migrated, what


async def test_each_view_function_and_trigger_says_what_it_is(conn: Connection) -> None:
    silent = [row[0] for row in await conn.fetch(UNCOMMENTED)]

    assert [name for name in silent if "pgqueuer" not in name] == [], "add COMMENT ON … to its migration"


async def test_each_view_function_and_trigger_stands_in_the_list_of_rules(conn: Connection) -> None:
    names = {row[0] for row in await conn.fetch(NAMES) if "pgqueuer" not in row[0]}
    listed = set(re.findall(r"`(\w+)`", RULES.read_text(encoding="utf-8")))

    assert listed == names


def test_each_rule_in_sql_stands_in_the_readme_of_its_room_and_in_one() -> None:
    told = [
        word
        for readme in RULES.parent.rglob("README.md")
        for said in re.findall(SAID_IN_A_ROOM, readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for word in re.findall(r"`(\w+)`", said)
    ]

    assert sorted(told) == sorted(re.findall(r"`(\w+)`", RULES.read_text(encoding="utf-8")))


def test_comments_come_from_above_and_from_beside() -> None:
    sources = read_sources(
        [
            """
-- Sections -----------------------

-- Things.
CREATE TABLE thing (
    id bigint PRIMARY KEY,  -- which; "one"
    -- What it is.
    name text NOT NULL
        CHECK (name <> ''), -- never empty
    UNIQUE (name)
);
CREATE INDEX thing_name ON thing (name);  -- for looking it up
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'a;b' -- not a comment; of ours $$;
""",
            """
-- Since when.
ALTER TABLE thing ADD COLUMN since date;
CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'c' $$;
""",
        ]
    )

    assert sources.tables == {"thing": "Things."}
    assert sources.columns == {
        ("thing", "id"): 'which; "one"',
        ("thing", "name"): "What it is. never empty",
        ("thing", "since"): "Since when.",
    }
    assert sources.indexes == {"thing_name": "for looking it up"}
    assert sources.texts == {
        ("FUNCTION", "f"): "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'c' $$;",
    }


def test_comments_follow_what_is_renamed() -> None:
    sources = read_sources(
        [
            """
-- Things.
CREATE TABLE thing (
    id bigint PRIMARY KEY,  -- which
    name text NOT NULL,  -- never empty
    CONSTRAINT thing_check CHECK (name <> '')
);
CREATE TABLE other (id bigint);
CREATE INDEX thing_name ON thing (name);  -- for looking it up
""",
            """
ALTER TABLE thing RENAME COLUMN name TO label;
ALTER TABLE thing RENAME CONSTRAINT thing_check TO item_check;
ALTER TABLE thing RENAME TO item;
ALTER INDEX thing_name RENAME TO item_label;
ALTER TABLE item RENAME COLUMN id TO number;
""",
        ]
    )

    assert sources.order == ["item", "other"]
    assert sources.tables == {"item": "Things.", "other": ""}
    assert sources.columns == {("item", "number"): "which", ("item", "label"): "never empty"}
    assert sources.indexes == {"item_label": "for looking it up"}


def test_what_the_catalogues_say_is_written_as_people_write_it() -> None:
    assert tidy("CHECK (a = ANY (ARRAY['x'::text, 'y, z'::text]))") == "CHECK (a IN ('x', 'y, z'))"
    assert tidy("CREATE INDEX i ON public.t USING btree (a)") == "CREATE INDEX i ON t (a)"
    assert tidy("'{}'::text[]") == "'{}'::text[]"


def test_a_long_line_is_broken_outside_of_quotes() -> None:
    text = "    CHECK (a IN (" + ", ".join(f"'a  {number:02}'" for number in range(20)) + ")),"

    lines = fold(text, 8).split("\n")

    assert len(lines) == 2
    assert all(len(line) <= 120 for line in lines)
    assert " ".join(line.strip() for line in lines) == text.strip()
    assert lines[1].startswith("        'a  ")
