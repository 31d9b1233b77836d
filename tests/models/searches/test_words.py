"""What people type, and what they find: plurals, accents, elision, misspellings, synonyms, sizes, most words."""

import pytest

from models import searches
from models.searches import NetworkFilter, fitting
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_listing, make_member
from tests.models.searches.conftest import Territory


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("vélos", "vélo"),
        ("pianos", "piano"),
        ("perseuse", "perceuse"),
        ("tnete", "tente"),
        ("toile de tente", "tente"),
        ("tente 4 personnes", "tente 4 places"),
        ("couturière", "retouche"),
        ("l’escabeau", "escabeau"),
        ("D'ESCALADE", "escalade"),
        ("lave linge", "linge"),
        ("microonde", "micro-onde"),
        ("roller", "rollers"),
        ("20 pouces", "20 pouces"),
        ("perceuse 18v", "18v"),
        ("je cherche une tente pour ce week-end", "tente"),
    ],
)
async def test_everyday_words_find_the_thing(territory: Territory, text: str, first: str) -> None:
    found = await territory.find(text)

    assert first in territory.titles[found[0]].lower()


async def test_a_category_is_found_by_its_name(territory: Territory) -> None:
    found = await territory.find("camping", kinds=("offer",))

    others = [name for name in found if "camping" not in territory.titles[name].lower()]
    assert len(others) > 5 and any("tente" in territory.titles[name].lower() for name in others)


async def test_what_was_corrected_is_said(territory: Territory) -> None:
    query = await searches.read_query(territory.conn, "tnete")

    assert query.corrected == (("tnete", "tente"),)
    assert query.similar == () or "tente" not in query.similar


async def test_which_synonyms_counted_is_said(territory: Territory) -> None:
    query = await searches.read_query(territory.conn, "barnum")

    [(word, others)] = query.synonyms
    assert word == "barnum" and "tonnelle" in others


async def test_what_nothing_here_has_is_left_out_and_said(territory: Territory) -> None:
    query = await searches.fit_query(territory.conn, NetworkFilter(text="tente licorne"))
    found = await territory.find("tente licorne")

    assert query.left_out == ("licorne",)
    assert found == await territory.find("tente")


async def test_those_with_most_words_stand_after_those_with_all(conn: Connection) -> None:
    alice = await make_member(conn)
    all_words = await make_listing(conn, alice, title="Table ronde en chêne", description="")
    most = await make_listing(conn, alice, title="Table en chêne", description="")
    await make_listing(conn, alice, title="Chaise", description="")

    page = await searches.search_network(conn, NetworkFilter(text="table ronde chêne"))

    assert [(one.id, one.missing > 0) for one in page.found] == [(all_words.id, False), (most.id, True)]
    assert page.query.left_out == () and page.query.partial


async def test_a_measure_is_left_out_before_a_word(conn: Connection) -> None:
    alice = await make_member(conn)
    six = await make_listing(conn, alice, title="Tente six places", description="")
    await make_listing(conn, alice, title="Remorque 4 places", description="")

    page = await searches.search_network(conn, NetworkFilter(text="tente 4 personnes"))

    assert [one.id for one in page.found] == [six.id]
    assert page.query.left_out == ("4 personnes",)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Matelas 90x190", "90 x 190"),
        ("Matelas 90 × 190 cm", "90x190"),
        ("Pneu 700x28C", "700 x 28c"),
        ("Pneu 700 x 28", "pneu 700x28c"),
        ("Visseuse 18 V", "visseuse 18v"),
        ("Visseuse 18 volts", "visseuse 18V"),
        ('Vélo 20"', "vélo 20 pouces"),
        ("Vélo 20 pouces", 'vélo 20"'),
        ("Échelle de 3 mètres", "échelle 3m"),
        ("Bâche 4 m x 6", "bâche 4x6"),
        ("Tente quatre places", "tente 4 personnes"),
        ("Cuve 1,5 l", "cuve 1.5 litre"),
    ],
)
async def test_sizes_are_found_however_they_are_written(conn: Connection, written: str, typed: str) -> None:
    alice = await make_member(conn)
    it = await make_listing(conn, alice, title=written, description="")
    await make_listing(conn, alice, title=written.split()[0] + " 7 x 77", description="")

    page = await searches.search_network(conn, NetworkFilter(text=typed))

    assert page.found[0].id == it.id and not page.found[0].missing
    assert page.query.left_out == ()


async def test_what_is_not_wanted_is_not_found(conn: Connection) -> None:
    alice = await make_member(conn)
    helmet = await make_listing(conn, alice, title="Casque de vélo", description="")
    await make_listing(conn, alice, title="Casque enfant", description="")

    assert [one.id for one in await searches.list_network(conn, NetworkFilter(text="casques -enfants"))] == [helmet.id]


async def test_who_gives_finds_those_who_ask(territory: Territory) -> None:
    requests = {line for line in await territory.find("poussette", kinds=("request",))}

    assert (await territory.find("je donne une poussette"))[0] in requests
    assert (await territory.find("poussette"))[0] not in requests


@pytest.mark.parametrize(
    "text",
    [
        "tente & | !",
        "' OR 1=1; --",
        "tente:*b <-> 'x' \\ \\' !!",
        '"""',
        "\0",
        "tente\0 :*",
        "‮ةميخ",
        "خيمة",
        "tente " * 2000,
        " ".join(f"mot{n}" for n in range(3000)),
        "x" * 10_000,
        "'" * 10_000,
        "-" * 10_000,
        "9" * 10_000,
        "1x" * 5_000,
        "(((((" * 2000,
        "de la le",
    ],
)
async def test_hostile_text_is_answered(territory: Territory, text: str) -> None:
    page = await searches.search_network(territory.conn, NetworkFilter(text=text))
    await searches.count_network(territory.conn, NetworkFilter(text=text), query=page.query)
    await fetch_value(territory.conn, "SELECT $1::text::tsquery", page.query.strict)

    assert len(page.query.words) <= 8


async def test_figures_beyond_the_fourth_are_said_to_be_left_out(territory: Territory) -> None:
    query = await searches.read_query(territory.conn, "1 2 vélo 3 4 5 6")

    assert [word.typed for word in query.words] == ["1", "2", "vélo", "3", "4"]
    assert query.left_out == ("5", "6")


async def test_words_beyond_the_eighth_are_said_to_be_left_out(territory: Territory) -> None:
    query = await searches.read_query(territory.conn, "un deux trois vélo tente table lit banc pelle scie râteau bêche")

    assert len(query.words) == 8
    assert set(query.left_out) <= {"râteau", "bêche", "scie"} and query.left_out


async def test_what_is_kept_of_a_search_finds_the_same_later(conn: Connection) -> None:
    alice = await make_member(conn)
    strict = (await searches.read_query(conn, "vélos enfant -rouge")).strict
    for title in ("Vélo pour enfant", "Vélo enfant rouge", "Vélo"):
        await make_listing(conn, alice, title=title, description="")

    fit = await fetch_value(conn, "SELECT array_agg(title) FROM listing WHERE search @@ $1::text::tsquery", strict)

    assert fit == ["Vélo pour enfant"]


async def test_a_new_word_is_found_as_it_is_typed_before_it_is_known(conn: Connection) -> None:
    it = await make_listing(conn, await make_member(conn), title="Zythoscope", description="")

    page = await searches.search_network(conn, NetworkFilter(text="zythoscopes"))

    assert [one.id for one in page.found] == [it.id]
    assert page.query.corrected == ()
    assert await fetch_value(conn, "SELECT count(*) FROM known_word") == 0
    await execute(conn, "UPDATE listing SET status = 'fulfilled'")
    assert (await searches.search_network(conn, NetworkFilter(text="zythoscopes"))).found == []


async def test_a_word_that_more_have_than_anybody_looks_at_is_looked_for_alone(
    territory: Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await searches.fit_query(territory.conn, NetworkFilter(text="tente"))
    monkeypatch.setattr(fitting, "COUNT_LIMIT", 2)
    monkeypatch.setattr(fitting, "MANY", 4)

    query = await searches.fit_query(territory.conn, NetworkFilter(text="tente"))

    assert before.synonyms and not query.synonyms
    assert query.match.strip("()") == "'tent'"
