"""The shipped words of everyday objects and what else they are called, and their loading into the database."""

import csv
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from models.listings import categories
from models.searches.language.known_words import save_shipped_words
from models.store import sweep_positions
from models.store.database import Connection, execute, fetch_column, fetch_value

FILE = Path(__file__).parents[2] / "data" / "everyday_words.tsv"

DEEPEST = 3
"""Kinds of kinds of kinds are found: who looks for a bike finds the fixie, which is one for grown-ups."""

MARKED_AT_ONCE = 500
"""Words of which is looked up in one step of a night whether a listing has them."""

Line = tuple[str, str, str, str]
"""A line of the file: word, relation, other word, slug of the category ('' for none)."""

Relation = tuple[str, str, str]
"""A thing, how it leads to the other one, the other one."""

_UNSAID = {"autre", "autres", "et", "de", "divers"}


async def load_everyday_words(conn: Connection) -> bool:
    """Load the list unless this edition is there already (then it costs one query). Whether it was loaded.

    Needs the caller's transaction, which waits for whoever publishes, and they for it. Listings that are there are
    read anew by steps (`named_things`).
    """
    text = _read_file()
    labels = [(category.slug, category.french) for category in categories.CATEGORIES]
    edition = hashlib.sha256(f"{text}{labels}".encode()).hexdigest()
    if await _loaded_edition(conn) == edition:
        return False
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('everyday_words'))")
    if await _loaded_edition(conn) == edition:
        return False
    lines = list(read_everyday_words(text))
    things = name_things(lines)
    relations = {*relate_things(lines, things), *_relate_labels(things)}
    await _save(conn, things, relations)
    await save_shipped_words(conn, sorted({one for word in things for one in _list_written(word)}))
    await execute(
        conn,
        """
        INSERT INTO shipped_data (name, edition) VALUES ('everyday_words', $1)
        ON CONFLICT (name) DO UPDATE SET edition = excluded.edition, loaded_at = now()
        """,
        edition,
    )
    return True


def _read_file() -> str:
    return FILE.read_text(encoding="utf-8")


async def _save(conn: Connection, things: dict[str, set[str]], relations: set[Relation]) -> None:
    await execute(conn, "DELETE FROM everyday_word")
    await execute(conn, "DELETE FROM everyday_relation")
    # Things of one key are one: "vélo" and "vélos", which a category is called. Two words may have up to two others
    # between them: "garde chat" is what "garde de deux chats" is called.
    await execute(
        conn,
        r"""
        WITH key_of AS MATERIALIZED (
            SELECT thing, coalesce(nullif(search_key(thing), ''), thing) AS key
            FROM (SELECT DISTINCT unnest($2::text[]) AS thing) AS every),
        words AS (
            INSERT INTO everyday_word (key, word, thing, match)
            SELECT DISTINCT search_key(word), word, key_of.key, regexp_replace(
                phraseto_tsquery('public.fr', search_text(word))::text,
                '^(''[^'']*'') <[-0-9]+> (''[^'']*'')$', '\1 <-> \2 | \1 <2> \2 | \1 <3> \2')
            FROM unnest($1::text[], $2::text[]) AS line (word, thing) JOIN key_of USING (thing)
            WHERE search_key(word) <> ''
            UNION ALL SELECT '', slug, 'c=' || slug, quote_literal('c=' || slug) FROM unnest($3::text[]) AS slug)
        INSERT INTO everyday_relation (thing, relation, other)
        SELECT DISTINCT one.key, relation, coalesce(another.key, other)
        FROM unnest($4::text[], $5::text[], $6::text[]) AS line (thing, relation, other)
        JOIN key_of one USING (thing) LEFT JOIN key_of another ON another.thing = line.other
        WHERE one.key IS DISTINCT FROM another.key
        """,
        *_columns((word, thing) for word, of in things.items() for thing in of),
        [category.slug for category in categories.CATEGORIES],
        *_columns(relations),
    )
    await execute(conn, "UPDATE known_word_count SET named_id = CASE WHEN EXISTS (SELECT FROM listing) THEN 0 END")


def _columns(rows: Iterable[tuple[str, ...]]) -> list[list[str]]:
    return [list(column) for column in zip(*sorted(rows), strict=True)]


def read_everyday_words(text: str) -> Iterator[Line]:
    """The lines of the file."""
    for line in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
        yield line["word"], line["relation"], line["other"], line["category"] or ""


def name_things(lines: Iterable[Line]) -> dict[str, set[str]]:
    """Which things each word means: the most usual words for them, mostly one."""
    things: dict[str, set[str]] = defaultdict(set)
    for word, relation, other, _ in lines:
        if relation == "same":
            things[word].add(other)
    labels = (word for category in categories.CATEGORIES for word in _list_label_words(category.french))
    for one in {*(word for line in lines for word in (line[0], line[2])), *labels}:
        if one not in things:
            things[one].add(one)
    return dict(things)


def relate_things(lines: Iterable[Line], things: dict[str, set[str]]) -> Iterator[Relation]:
    """Both ways round: who looks for a thing finds its kinds, and where there are few, what it is one of and serves."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for word, relation, other, category in lines:
        for one in things[word]:
            if category:
                yield one, "shelf", f"c={category}"
            for another in things[other] if relation != "same" else ():
                if relation == "use":
                    yield another, "use", one
                else:
                    kinds[another].add(one)
                    yield one, "wider", another
    for thing in list(kinds):
        for kind in _list_kinds(kinds, thing):
            yield thing, "kind", kind


def _list_kinds(kinds: dict[str, set[str]], thing: str) -> set[str]:
    found: set[str] = set()
    level = {thing}
    for _ in range(DEEPEST):
        level = {kind for one in level for kind in kinds.get(one, ())} - found
        found |= level
    return found - {thing}


def _relate_labels(things: dict[str, set[str]]) -> Iterator[Relation]:
    """Each word of a category's label, and the whole of it, stands for the category and those below it."""
    for category in categories.CATEGORIES:
        for word in _list_label_words(category.french) if not category.slug.startswith("autres") else ():
            for thing in things[word]:
                for slug in categories.list_slugs(category.slug):
                    yield thing, "category", f"c={slug}"


def _list_label_words(label: str) -> set[str]:
    words = (word for word in re.findall(r"[^\W\d_]{2,}", label.lower()) if word not in _UNSAID)
    return {label.lower(), *words}


def _list_written(expression: str) -> list[str]:
    """Its words as they are written, those with hyphens whole: "micro-onde" may be meant by who types "micronde"."""
    return re.findall(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*", expression.lower())


async def mark_found(conn: Connection, *, most: int = MARKED_AT_ONCE) -> int:
    """Look up anew whether an open listing has what things are called, by steps; of how many that changed.

    Nobody is asked to look for it until one has it (`known_words.take_new_words`, which waits meanwhile). Each is
    looked up by the index, however many listings there are.
    """
    await execute(conn, "SELECT FROM known_word_count FOR UPDATE")
    await execute(conn, "SET LOCAL enable_seqscan = off")
    after = await sweep_positions.find(conn, "everyday_word")
    keys = await fetch_column(
        conn,
        """
        SELECT DISTINCT key FROM everyday_word WHERE $1::text IS NULL OR key > $1 ORDER BY key LIMIT $2
        """,
        after,
        most,
    )
    await sweep_positions.go_on(conn, "everyday_word", keys[-1] if len(keys) == most else None)
    return await execute(
        conn,
        """
        UPDATE everyday_word w SET found = NOT w.found WHERE w.key = ANY($1) AND w.found <> EXISTS (
            SELECT FROM listing l WHERE l.search @@ w.match::tsquery AND is_open_status(l.status))
        """,
        keys,
    )


async def _loaded_edition(conn: Connection) -> str | None:
    edition: str | None = await fetch_value(conn, "SELECT edition FROM shipped_data WHERE name = 'everyday_words'")
    return edition
