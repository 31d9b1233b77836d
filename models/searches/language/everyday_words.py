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
from models.store.database import Connection, execute, fetch_value

FILE = Path(__file__).parents[2] / "data" / "everyday_words.tsv"

MOST_NAMES = 16
"""Words that all mean the same; more of them would be a mistake in the list, which joins what has nothing in common."""

Row = tuple[str, str, str, str]
"""What is typed, how the other is found by it, the other as it is written (of a category its slug)."""

_UNSAID = frozenset(["autre", "autres", "et", "de", "divers"])


async def load_everyday_words(conn: Connection, file: Path = FILE) -> bool:
    """Load the list unless this edition is there already (then it costs one query). Whether it was loaded.

    Needs the caller's transaction. What listings say is not read anew: words are looked up when somebody searches.
    """
    text = file.read_text(encoding="utf-8")
    labels = [(category.slug, category.french) for category in categories.CATEGORIES]
    edition = hashlib.sha256(f"{text}{labels}".encode()).hexdigest()
    if await _loaded_edition(conn) == edition:
        return False
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('everyday_words'))")
    if await _loaded_edition(conn) == edition:
        return False
    lines = list(read_everyday_words(text))
    rows = sorted({*_relate(lines), *_list_labels()})
    await execute(conn, "DELETE FROM everyday_word")
    await execute(
        conn,
        """
        WITH line AS MATERIALIZED (
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS line (word, relation, other)
        ), read AS MATERIALIZED (
            SELECT text, search_key(text) AS key, phraseto_tsquery('public.fr', search_text(text))::text AS match
            FROM (SELECT word AS text FROM line UNION SELECT other FROM line) AS written)
        INSERT INTO everyday_word (key, word, relation, other, match)
        SELECT word.key, word.text, line.relation, other.text,
            CASE WHEN line.relation IN ('category', 'shelf') THEN quote_literal('c=' || other.text) ELSE other.match END
        FROM line JOIN read word ON word.text = line.word JOIN read other ON other.text = line.other
        WHERE word.key <> '' AND word.key <> other.key
        ON CONFLICT DO NOTHING
        """,
        *(list(column) for column in zip(*rows, strict=True)),
    )
    await save_shipped_words(
        conn, sorted({one for line in lines for text in (line[0], line[2]) for one in _list_written(text)})
    )
    await execute(
        conn,
        """
        INSERT INTO shipped_data (name, edition) VALUES ('everyday_words', $1)
        ON CONFLICT (name) DO UPDATE SET edition = excluded.edition, loaded_at = now()
        """,
        edition,
    )
    return True


def read_everyday_words(text: str) -> Iterator[Row]:
    """The lines of the file: word, relation, other word, slug of the category ('' for none)."""
    for line in csv.DictReader(io.StringIO(text), delimiter="\t"):
        yield line["word"], line["relation"], line["other"], line["category"] or ""


def _relate(lines: Iterable[Row]) -> Iterator[tuple[str, str, str]]:
    """Both ways round: who looks for the one finds the other, and how sure that is."""
    same: dict[str, set[str]] = defaultdict(set)
    for word, relation, other, category in lines:
        if category:
            yield word, "shelf", category
        if relation == "same":
            same[word].add(other)
            same[other].add(word)
        elif relation == "kind":
            yield other, "kind", word
            yield word, "wider", other
        elif relation == "use":
            yield other, "use", word
    for word in same:
        for other in _list_names(same, word):
            yield word, "same", other


def _list_names(same: dict[str, set[str]], word: str) -> list[str]:
    """What else it is called, and what these are called; the nearest first."""
    names = [word]
    for one in names:
        names += [other for other in sorted(same[one]) if other not in names]
    return names[1:MOST_NAMES]


def _list_labels() -> Iterator[tuple[str, str, str]]:
    """Each word of a category's label, and the whole of it, stands for the category and those below it."""
    for category in categories.CATEGORIES:
        if category.slug.startswith("autres"):
            continue
        words = [word for word in _split_words(category.french) if word not in _UNSAID]
        for word in {category.french.lower(), *words}:
            for slug in categories.list_slugs(category.slug):
                yield word, "category", slug


def _list_written(expression: str) -> list[str]:
    """Its words as they are written, those with hyphens whole: "micro-onde" may be meant by who types "micronde"."""
    return re.findall(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*", expression.lower())


def _split_words(expression: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", expression.lower())


async def _loaded_edition(conn: Connection) -> str | None:
    edition: str | None = await fetch_value(conn, "SELECT edition FROM shipped_data WHERE name = 'everyday_words'")
    return edition
