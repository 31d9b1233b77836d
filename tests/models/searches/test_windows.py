"""Pages from a window of the newest, nearest or soonest: the same as from all of them, however far and far down."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models import searches
from models.searches import NetworkFilter, Order, pages
from models.searches.ranking import ALL, WINDOW
from models.store.database import Connection, execute
from tests.factories import make_listing, make_member
from tests.models.searches.test_network import LILLE, LOMME, at, through


def spread(number: int) -> dict[str, Any]:
    """Where the listing of this number stands: all around a place, some together."""
    return {"latitude": 50.6 + number % 5 / 200, "longitude": 3.0 + number % 7 / 100}


async def test_the_nearest_are_the_nearest_however_far_and_on_every_page(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await make_member(conn)
    for number in range(30):
        await make_listing(conn, alice, title="Tente" if number % 3 else "Table", **spread(number))
    around = [(50.6 + north / 50, 3.03 + east / 20) for north in (-3, 0, 1) for east in (-4, -1, 0, 2)]

    for place in [*around, (52.3, 3.02), (43.2, 5.1), (48.85, -4.4)]:
        filter = NetworkFilter(order="near", modes=("loan",), **at(place))
        monkeypatch.setattr(pages, "MOST_SORTED", 6000)
        whole = [one.id for one in await searches.list_network(conn, filter, limit=100)]
        monkeypatch.setattr(pages, "MOST_SORTED", -1)
        seen, ways = await turn_pages(conn, filter)

        assert seen == whole and len(whole) == 30, place
        assert ways[:10] == [WINDOW] * 10, place


async def turn_pages(conn: Connection, filter: NetworkFilter) -> tuple[list[int], list[int]]:
    """What stands on all pages, and how each was found but for the last."""
    seen, ways, after = list[int](), list[int](), None
    while not ways or after is not None:
        page = await searches.search_network(conn, filter, after=after, limit=2)
        seen += [one.id for one in page.found]
        after = page.next
        ways += [after.way] if after else []
    return seen, ways


async def test_pages_far_down_of_what_ends_are_found_as_the_first_is(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await make_member(conn)
    ends = [datetime(2099, 1, 1 + number // 4, tzinfo=UTC) for number in range(30)]
    made = [(end, -(await make_listing(conn, alice, expires_at=end)).id) for end in ends]
    monkeypatch.setattr(pages, "MOST_RANKED", -1)

    seen, ways = await turn_pages(conn, NetworkFilter(order="ending"))

    assert seen == [-id for _, id in sorted(made)]
    assert ways[:10] == [WINDOW] * 10


@pytest.mark.parametrize("most", [-1, 6000], ids=["windows", "all"])
@pytest.mark.parametrize("order", ["best", "near", "new", "ending"])
@pytest.mark.parametrize("text", ["", "tente"])
async def test_what_came_since_the_first_page_stands_on_none_be_it_the_last_in_its_order(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, text: str, order: Order, most: int
) -> None:
    alice = await make_member(conn)
    soon, late = datetime(2099, 1, 1, tzinfo=UTC), datetime(2099, 2, 1, tzinfo=UTC)
    made = {(await make_listing(conn, alice, expires_at=soon, **at(LILLE))).id for _ in range(4)}
    filter = NetworkFilter(text=text, order=order, **at(LOMME))
    monkeypatch.setattr(pages, "MOST_RANKED", most)
    monkeypatch.setattr(pages, "MOST_SORTED", most)

    first = await searches.search_network(conn, filter, limit=2)
    weak: dict[str, Any] = {"title": "Sac", "description": "<p>Avec une tente.</p>", "expires_at": late}
    await make_listing(conn, alice, **weak, latitude=43.3, longitude=5.4)
    second = await searches.search_network(conn, filter, after=through(first.next), limit=2)

    assert {one.id for page in (first, second) for one in page.found} == made
    assert second.next is None


@pytest.mark.parametrize("order", ["best", "near", "new", "ending"])
@pytest.mark.parametrize("text", ["", "tente"])
async def test_photos_are_asked_for_in_every_order(conn: Connection, text: str, order: Order) -> None:
    alice = await make_member(conn)
    made = [(await make_listing(conn, alice, **at(LILLE))).id for _ in range(6)]
    for id in made[::2]:
        await execute(conn, "INSERT INTO media (id, post_id) VALUES ($1, $1)", id)
    filter = NetworkFilter(text=text, order=order, with_photo=True, **at(LOMME))

    first = await searches.search_network(conn, filter, limit=2)
    second = await searches.search_network(conn, filter, after=through(first.next), limit=2)

    assert [[one.id for one in page.found] for page in (first, second)] == [[made[4], made[2]], [made[0]]]
    assert sum((await searches.count_network(conn, filter)).values()) == 3


@pytest.mark.parametrize("order", ["near", "new", "ending"])
@pytest.mark.parametrize("crowd", ["blocked", "corner"])
async def test_windows_are_not_filled_by_what_the_reader_does_not_find(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, order: Order, crowd: str
) -> None:
    alice, bob = await make_member(conn, "alice"), await make_member(conn, "bob")
    late, soon = datetime(2099, 2, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    made = [(await make_listing(conn, alice, expires_at=late, **at(LOMME))).id for _ in range(10)]
    corner = {"latitude": LOMME[0] + 0.04, "longitude": LOMME[1] + 0.06}
    for _ in range(10):
        place = at(LOMME) if crowd == "blocked" else corner
        await make_listing(conn, bob if crowd == "blocked" else alice, expires_at=soon, **place)
    await execute(conn, "INSERT INTO block (id, actor_id, target_id) VALUES (1, $1, $2)", alice.id, bob.id)
    monkeypatch.setattr(pages, "MOST_RANKED", -1)
    monkeypatch.setattr(pages, "MOST_SORTED", -1)

    filter = NetworkFilter(order=order, reader_id=alice.id, radius=5, **at(LOMME))
    page = await searches.search_network(conn, filter, limit=2)

    assert [one.id for one in page.found] == made[:7:-1]
    assert page.next is not None and page.next.way == WINDOW


@pytest.mark.parametrize("order", ["best", "near", "new", "ending"])
async def test_of_less_a_window_is_enough_where_much_is_to_be_read(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    alice = await make_member(conn)
    for _ in range(12):
        await make_listing(conn, alice, **at(LOMME))
    filter = NetworkFilter(order=order, **at(LOMME))

    before = await searches.search_network(conn, filter, limit=2)
    monkeypatch.setattr(pages, "MOST_READ", -1)
    monkeypatch.setattr(pages, "FEW_OF_MANY", dict.fromkeys(pages.FEW_OF_MANY, -1))
    after = await searches.search_network(conn, filter, limit=2)

    assert before.next and after.next and (before.next.way, after.next.way) == (ALL, WINDOW)
    assert [one.id for one in after.found] == [one.id for one in before.found]
