"""What a listing is called stands in it when it is written, and again after a change of the shipped list."""

import pytest

from models import searches
from models.people import actors
from models.searches import NetworkFilter
from models.searches.language import everyday_words, named_things
from models.searches.language.everyday_words import load_everyday_words
from models.searches.language.named_things import read_listings
from models.searches.queries import read_query
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_listing, make_member

LINES = """word	relation	other	category
bécane	same	vélo	velo
vélo adulte	kind	vélo	velo-adulte
fixie	kind	vélo adulte	velo-adulte
vélo	use	déplacement	velo
toilettage chat	same	toilettage d'animaux	animaux
pompe à pied	kind	pompe à vélo	velo
"""


@pytest.fixture
async def worded(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """With a short list of words."""
    await load(conn, monkeypatch, LINES)
    return conn


async def load(conn: Connection, monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr(everyday_words, "_read_file", lambda: lines)
    assert await load_everyday_words(conn)


async def publish(conn: Connection, *titles: str, description: str = "") -> list[int]:
    author = await actors.find_local(conn, "alice") or await make_member(conn)
    return [(await make_listing(conn, author, title=title, description=description)).id for title in titles]


async def list_names(conn: Connection, id: int, *letters: str) -> list[str]:
    listed: list[str] = await fetch_value(
        conn,
        """
        SELECT coalesce(array_agg(concat(lexeme, ':', array_to_string(weights, '')) ORDER BY lexeme), '{}')
        FROM listing l, unnest(l.search) WHERE l.post_id = $1 AND substring(lexeme FROM '^(.)=') = ANY($2)
        """,
        id,
        letters or ("s", "t", "u"),
    )
    return listed


async def find(conn: Connection, text: str) -> set[int]:
    return {one.id for one in (await searches.search_network(conn, NetworkFilter(text=text))).found}


@pytest.mark.parametrize(
    ("title", "description", "names"),
    [
        ("Bécanes", "", ["s=velo:", "t=velo:A", "u=deplac:"]),
        ("Un fixie", "", ["t=fix:A", "t=velo:A", "t=velo adult:A"]),
        ("Toilettage", "<p>de deux chats</p>", ["t=toilettag animal:A"]),
        ("Toilettage de mes deux grands vieux chats", "", []),
        ("Pompe à pied", "", ["t=pomp a pied:A", "t=pomp a velo:A"]),
        ("Pompe, chaussures et pied", "", []),
        ("Armoire", "<p>Pas de vélo sur le vélo</p>", ["s=velo:", "t=velo:BB", "u=deplac:"]),
        ("'t=vélo' \\ c=velo", "", ["s=velo:", "t=velo:AA", "u=deplac:"]),
    ],
)
async def test_a_listing_is_called_by_what_it_says(
    worded: Connection, title: str, description: str, names: list[str]
) -> None:
    [id] = await publish(worded, title, description=description)

    assert await list_names(worded, id) == names


async def test_what_stands_in_a_category_is_called_as_that_is(worded: Connection) -> None:
    [id] = await publish(worded, "Peugeot")
    assert await list_names(worded, id) == []

    await execute(worded, "UPDATE listing SET category = 'velo-adulte' WHERE post_id = $1", id)

    assert {"t=velo:D", "t=velo adult:D"} <= set(await list_names(worded, id))
    assert await find(worded, "vélo") == {id}


async def test_what_is_edited_is_called_anew_and_what_is_closed_stays_as_it_is(worded: Connection) -> None:
    [id] = await publish(worded, "Fixie")
    await execute(worded, "UPDATE listing SET search = '' WHERE post_id = $1", id)

    await execute(worded, "UPDATE listing SET status = 'paused' WHERE post_id = $1", id)
    assert await list_names(worded, id) == []
    await execute(worded, "UPDATE listing SET title = 'Bécane' WHERE post_id = $1", id)

    assert await list_names(worded, id, "s") == ["s=velo:"]


async def test_a_search_asks_for_a_name_that_stands_for_all_words(worded: Connection) -> None:
    fixie, bike, _ = await publish(worded, "Fixie", "Bécane", "Tente")

    [word] = (await read_query(worded, "vélo")).words

    assert (word.near, word.wide) == ("('t=velo')", "('t=velo') | ('u=velo')")
    assert await find(worded, "vélos") == await find(worded, "bécane") == {fixie, bike}
    assert await find(worded, "vélo adulte") == {fixie, bike}
    assert await find(worded, "déplacement") == {bike}


async def test_listings_are_read_anew_by_steps_and_found_meanwhile(
    worded: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(named_things, "AT_ONCE", 2)
    first, second, third = await publish(worded, "Tandem", "Bécane", "Tandem")
    assert await find(worded, "vélo") == {second}

    await load(worded, monkeypatch, f"{LINES}tandem\tkind\tvélo\tvelo\n".replace("bécane", "biclou"))
    fourth, fifth = await publish(worded, "Biclou", "Chaise")
    everything = {first, third, fourth}
    assert await list_names(worded, first) == [] and await list_names(worded, fourth, "s") == ["s=velo:"]
    assert await find(worded, "vélo") == everything

    assert [await read_listings(worded), await find(worded, "vélo")] == [True, everything]
    assert await list_names(worded, first, "t") == ["t=tandem:A", "t=velo:A"]
    assert await list_names(worded, second) == await list_names(worded, third) == []
    assert "'t=velo'" not in (await read_query(worded, "vélo")).near
    assert [await read_listings(worded), await read_listings(worded)] == [True, False]
    assert await list_names(worded, third, "t") == ["t=tandem:A", "t=velo:A"]
    assert await find(worded, "vélo") == everything
    assert (await read_query(worded, "vélo")).words[0].near == "('t=velo')"
    assert await read_listings(worded) is False and await list_names(worded, fifth) == []


async def test_where_there_are_no_listings_none_is_read_anew(worded: Connection) -> None:
    assert await read_listings(worded) is False
    assert (await read_query(worded, "vélo")).words[0].near == "('t=velo')"


async def test_what_is_kept_of_a_search_finds_what_is_called_so_by_any_list(
    worded: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = (await read_query(worded, "vélo")).strict
    await load(worded, monkeypatch, "word\trelation\tother\tcategory\nbiclou\tsame\tbicyclette\tvelo\n")
    later, other = await publish(worded, "Bécane", "Biclou")
    await load(worded, monkeypatch, LINES + "biclou\tsame\tvélo\tvelo\n")
    named, _ = await publish(worded, "Biclou", "Tente")

    fit = await fetch_value(
        worded, "SELECT array_agg(post_id ORDER BY post_id) FROM listing WHERE search @@ $1::text::tsquery", kept
    )

    assert fit == [later, named] and other not in fit
