"""The words that an instance knows: taken from new listings, counted anew at night, forgotten when nobody has them."""

import pytest

from models.searches.language import known_words, readings
from models.searches.language.everyday_words import load_everyday_words, mark_found
from models.searches.language.known_words import count_words, take_new_words
from models.searches.language.readings import read_pieces
from models.searches.language.spelling import count_changes, list_similar_words, sort_letters, write_sound
from models.searches.language.typed_text import Piece
from models.store import sweep_positions
from models.store.database import Connection, Record, execute, fetch_column, fetch_records
from tests.factories import make_listing, make_member


async def list_words(conn: Connection) -> dict[str, tuple[str, int]]:
    rows = await fetch_records(conn, "SELECT word, shown, listings FROM known_word")
    return {row["word"]: (row["shown"], row["listings"]) for row in rows}


async def test_words_of_new_listings_are_taken_once(conn: Connection) -> None:
    alice = await make_member(conn)
    await make_listing(conn, alice, title="Sèche-linge", description="<p>Sèche&nbsp;bien, bien sèche.</p>")
    await take_new_words(conn)
    await make_listing(conn, alice, title="Échelle sèche", description="")

    assert await take_new_words(conn, most=1) is True
    assert await take_new_words(conn) is False

    words = await list_words(conn)
    assert words["sechelinge"] == ("sèche-linge", 1)
    assert words["seche"] == ("sèche", 2) and words["echelle"] == ("échelle", 1)
    assert "nbsp" not in words and "p" not in words


async def test_words_of_closed_listings_are_forgotten_and_others_counted_anew(conn: Connection) -> None:
    alice = await make_member(conn)
    gone = await make_listing(conn, alice, title="Trottinette", description="")
    await make_listing(conn, alice, title="Poussette", description="")
    await take_new_words(conn)
    await execute(conn, "UPDATE listing SET status = 'fulfilled' WHERE post_id = $1", gone.id)
    await execute(conn, "UPDATE listing SET title = 'Poussette double' WHERE post_id <> $1", gone.id)

    assert await count_words(conn) == 1
    assert await list_words(conn) == {"poussette": ("poussette", 1), "double": ("double", 1)}


async def test_a_count_in_steps_misses_nothing_that_is_written_meanwhile(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await make_member(conn)
    gone = await make_listing(conn, alice, title="Trottinette", description="")
    for _ in range(2):
        await make_listing(conn, alice, title="Poussette", description="")
    await take_new_words(conn)
    await execute(conn, "UPDATE listing SET status = 'fulfilled' WHERE post_id = $1", gone.id)
    monkeypatch.setattr(known_words, "COUNTED_AT_ONCE", 2)

    first = await count_words(conn)
    await make_listing(conn, alice, title="Poussette Échelle", description="")
    await take_new_words(conn)
    meanwhile = await list_words(conn)
    later = [await count_words(conn) for _ in range(2)]

    assert first == 0 and meanwhile["poussette"][1] == 3 and meanwhile["trottinette"][1] == 1
    assert later == [0, 1]
    assert await list_words(conn) == {"poussette": ("poussette", 3), "echelle": ("échelle", 1)}


async def test_the_likeliest_word_comes_first_and_short_ones_are_left_alone(conn: Connection) -> None:
    alice = await make_member(conn)
    for title in ("Tente", "Tente", "Pente"):
        await make_listing(conn, alice, title=title, description="")
    await take_new_words(conn)

    assert [one.word for one in await list_similar_words(conn, "tnete")] == ["tente"]
    assert [one.word for one in await list_similar_words(conn, "dente")] == ["tente", "pente"]
    assert await list_similar_words(conn, "tnt") == await list_similar_words(conn, "t" * 40) == []


def test_letters_and_sounds_are_compared() -> None:
    assert sort_letters("tnete") == sort_letters("tente")
    assert write_sound("perseuse") == write_sound("perceuse")
    assert write_sound("velot") == write_sound("velo") == write_sound("velos")
    assert write_sound("phare") == write_sound("fare") != write_sound("gare")
    assert (count_changes("vleo", "velo"), count_changes("tente", "tante"), count_changes("", "abc")) == (1, 1, 3)


async def test_what_no_listing_is_called_is_looked_for_again_as_soon_as_one_is(conn: Connection) -> None:
    async def list_others() -> set[str]:
        [reading] = (await read_pieces(conn, [Piece(text="vélo")])).values()
        return {match for _, _, match, _ in reading.relations}

    alice = await make_member(conn)
    await load_everyday_words(conn)
    before = await list_others()
    await make_listing(conn, alice, title="Draisienne", description="")
    await count_words(conn)
    await mark_found(conn, most=20_000)
    counted = await list_others()
    tandem = await make_listing(conn, alice, title="Tandem", description="")
    await take_new_words(conn)
    taken = await list_others()
    await execute(conn, "UPDATE listing SET status = 'fulfilled' WHERE post_id = $1", tandem.id)
    await mark_found(conn, most=20_000)

    assert {"'draisien'", "'tandem'", "'triporteur'"} <= before
    assert counted & {"'draisien'", "'tandem'", "'triporteur'"} == {"'draisien'"}
    assert taken & {"'draisien'", "'tandem'", "'triporteur'"} == {"'draisien'", "'tandem'"}
    assert await list_others() == counted


async def test_what_is_found_is_marked_in_steps_and_a_listing_that_the_night_counts_is_not_left_out(
    conn: Connection,
) -> None:
    async def list_found() -> list[str]:
        return await fetch_column(conn, "SELECT key FROM everyday_word WHERE found ORDER BY key")

    alice = await make_member(conn)
    await execute(
        conn,
        """
        INSERT INTO everyday_word (key, word, thing, match)
        SELECT key, key, key, phraseto_tsquery('public.fr', search_text('armoire'))::text FROM unnest($1::text[]) AS key
        """,
        ["", "b", "c", "d", "e"],
    )
    steps = []
    for _ in range(3):
        await mark_found(conn, most=2)
        steps.append((await list_found(), await sweep_positions.find(conn, "everyday_word")))
    await make_listing(conn, alice, title="Armoire", description="")
    await count_words(conn)

    assert steps == [(["c", "d", "e"], "b"), (["e"], "d"), ([], None)]
    assert await list_found() == ["", "b", "c", "d", "e"]


async def test_a_word_typed_again_and_again_is_read_once(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def fetch(conn: Connection, query: str, texts: list[str], *others: object) -> list[Record]:
        asked.extend(texts)
        return await fetch_records(conn, query, texts, *others)

    monkeypatch.setattr(readings, "fetch_records", fetch)
    await read_pieces(conn, [Piece(text="mot")] * 24)
    assert asked == ["mot", "mot mot", "mot mot mot", "mot mot mot mot"]
