"""Two servers: pictures and invoices of a book are named for the new owner alone, then they go."""

from typing import Any

import pytest

from federation.uris import file_uri
from models.errors import NotFound
from models.repairs.bikes import awaited_files, bikes, entries, files, handovers, sent_files
from models.repairs.bikes.awaited_files import AwaitedFile
from models.repairs.bikes.files import Kind, StoredFile
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.repairs.bikes import travelling
from tests.bikes import make_bike
from tests.golden import normalize, require_golden
from tests.outbox.repairs.bikes.test_travelling import CHAIN, TYRE, Road
from tests.server_pair import LOMME, make_pair


def stored(name: str, **changes: Any) -> StoredFile:
    """A picture that lies in no store."""
    values: dict[str, Any] = {
        "mime_type": "image/jpeg",
        "file_key": name,
        "thumbnail_key": None,
        "byte_size": 50_000,
        "digest": bytes(range(32)),
        "file_size": 48_213,
    }
    return StoredFile(**values | changes)


@pytest.fixture
async def road(conn: Connection, second_conn: Connection) -> Road:
    """As in the other stories; the chain has a picture and an invoice, the bike a picture."""
    pair = await make_pair(conn, second_conn)
    alice = pair.here.owner
    bike = await make_bike(conn, alice, bike_type="cargo", frame_number="AB1234567")
    chain = await entries.add(conn, bike, CHAIN)
    await entries.add(conn, bike, TYRE)
    kinds: list[tuple[int | None, Kind, str]] = [(None, "photo", "a"), (chain, "photo", "b"), (chain, "invoice", "c")]
    for entry_id, kind, key in kinds:
        mime_type = "application/pdf" if kind == "invoice" else "image/jpeg"
        await files.add(conn, bike, entry_id, kind, stored(key, mime_type=mime_type))
    held = await bikes.get_own(conn, alice.id, bike)
    return Road(pair, bike, await handovers.begin(conn, held, named=True, with_invoices=True))


async def send(road: Road) -> dict[str, Any]:
    """Both said yes: what leaves Lomme."""
    await road.ask()
    await road.accept()
    [book] = await road.confirm()
    return book


async def arrive(road: Road) -> dict[str, Any]:
    """It is there, and Lomme knows; the book as it was sent."""
    book = await send(road)
    await road.pair.there.receive(book)
    await road.hand(road.pair.there, road.pair.here)
    return book


async def list_awaited(road: Road) -> list[AwaitedFile]:
    """What Hénin-Carvin is to fetch."""
    return await awaited_files.list_of_bikes(road.there, [one.id for one in await road.list_bobs()])


async def count_held(road: Road) -> int:
    """Files that still lie in Lomme."""
    return int(await fetch_value(road.here, "SELECT count(*) FROM bike_file WHERE bike_id = $1", road.bike_id))


async def test_each_file_is_named_with_what_it_is_and_awaited_there(road: Road) -> None:
    book = await arrive(road)

    require_golden("declic/repairs/create_bike_book_files", normalize([book])[0])
    awaited = await list_awaited(road)
    lines = {one.id: one.title for one in await entries.list_of_bike(road.there, (await road.list_bobs())[0].id)}
    told = [(one.kind, lines.get(one.entry_id or 0), one.file_size, one.digest) for one in awaited]
    what = (48_213, bytes(range(32)))
    assert told == [("photo", None, *what), ("photo", "Chaîne changée", *what), ("invoice", "Chaîne changée", *what)]
    assert {(one.sender_id, one.receiver_id) for one in awaited} == {(road.alice_there.id, road.bob.id)}
    assert await fetch_value(road.there, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'bike_files'") == 1


async def test_what_is_sent_waits_for_its_receiver_alone_until_it_has_come(road: Road) -> None:
    await arrive(road)
    [first, *others] = await list_awaited(road)
    assert await count_held(road) == 3 and await entries.count(road.here, road.bike_id) == 0
    assert await files.list_of_bike(road.here, road.bike_id) == []
    assert await files.list_pictures(road.here, road.alice.id) == []
    held = await fetch_column(road.here, "SELECT id FROM bike_file")
    with pytest.raises(NotFound):
        await files.get_own(road.here, road.alice.id, held[0])
    assert await sent_files.find_open(road.here, first.uri, road.bob_here.id)
    assert await sent_files.find_open(road.here, first.uri, road.alice.id) is None

    await travelling.confirm_awaited(road.there, road.pair.there.site, first)
    [receipt] = await road.hand(road.pair.there, road.pair.here)

    assert road.pair.here.ignored == []
    require_golden("declic/repairs/accept_file", normalize([receipt])[0])
    assert await sent_files.find_open(road.here, first.uri, road.bob_here.id)
    assert (await sent_files.find_parted(road.here, road.bike_id)).count == 2
    await execute(road.here, "UPDATE bike_file SET kept_until = kept_until - interval '61 minutes'")
    assert await sent_files.find_open(road.here, first.uri, road.bob_here.id) is None
    assert await sent_files.forget_over(road.here) == 1 and await count_held(road) == 2
    assert await fetch_column(road.here, "SELECT key FROM unused_file") == ["a"]
    await execute(road.here, "UPDATE bike_file SET kept_until = kept_until - interval '30 days'")
    assert await sent_files.forget_over(road.here) == len(others) and await count_held(road) == 0


async def test_nobody_else_says_that_a_file_came(road: Road) -> None:
    book = await arrive(road)
    uri = book["object"]["attachment"][0]["url"]

    await road.pair.here.receive(
        {"id": f"{road.bob_here.uri}/1", "type": "Accept", "actor": road.bob_here.uri, "object": f"{uri}x", "to": []}
    )

    assert not await sent_files.settle(road.here, uri, road.alice.id)
    assert (await sent_files.find_parted(road.here, road.bike_id)).count == 3


async def test_invoices_stay_and_go_where_the_giver_keeps_them(road: Road) -> None:
    await execute(road.here, "UPDATE bike_handover SET with_invoices = false")

    await arrive(road)

    assert [one.kind for one in await list_awaited(road)] == ["photo", "photo"]
    assert await fetch_column(road.here, "SELECT kind FROM bike_file ORDER BY id") == ["photo", "photo"]


async def test_files_stay_with_a_bike_that_is_taken_back(road: Road) -> None:
    book = await send(road)
    await execute(road.here, "UPDATE bike SET left_at = now() - interval '49 hours' WHERE id = $1", road.bike_id)

    assert await travelling.take_back(road.here, road.bike_id)

    assert len(await files.list_of_bike(road.here, road.bike_id)) == 3
    assert await sent_files.find_open(road.here, book["object"]["attachment"][0]["url"], road.bob_here.id) is None
    await execute(road.here, "UPDATE bike_file SET kept_until = now() - interval '1 day' WHERE kept_until IS NOT NULL")
    assert await sent_files.forget_over(road.here) == 0


async def test_a_book_that_is_not_there_yet_loses_no_file(road: Road) -> None:
    await send(road)
    await execute(road.here, "UPDATE bike_file SET kept_until = now() - interval '1 day'")

    assert await sent_files.forget_over(road.here) == 0 and await count_held(road) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://elsewhere.test/f"},
        {"url": f"{LOMME.url}/users/alice/activities/00000000-0000-4000-8000-000000000001"},
        {"url": f"{LOMME.url}/users/bob/files/00000000-0000-4000-8000-000000000001"},
        {"size": 13 * 1024 * 1024},
        {"digestMultibase": "zzz"},
        {"digestMultibase": None},
        {"type": "Video"},
    ],
)
async def test_what_cannot_be_fetched_is_left_out(road: Road, changes: dict[str, Any]) -> None:
    book = await send(road)
    picture = book["object"]["attachment"][0] | changes

    await road.pair.there.receive(book | {"object": book["object"] | {"attachment": [picture]}})

    assert [one.kind for one in await list_awaited(road)] == ["photo", "invoice"]


async def test_a_line_takes_no_more_than_lines_here_have(road: Road) -> None:
    book = await send(road)
    [chain, tyre] = book["object"]["bookEntries"]
    addresses = [file_uri(LOMME, "alice") for _ in range(12)]
    many = [chain["attachment"][0] | {"url": uri} for uri in addresses[:9]]
    many += [chain["attachment"][1] | {"url": uri} for uri in addresses[9:]]

    told = {"bookEntries": [chain | {"attachment": many[2:]}, tyre], "attachment": many[:2]}
    await road.pair.there.receive(book | {"object": book["object"] | told})

    kinds = [(one.kind, one.entry_id is None) for one in await list_awaited(road)]
    assert kinds.count(("photo", True)) == 1 and kinds.count(("photo", False)) == 4
    assert kinds.count(("invoice", False)) == 1 and len(kinds) == 6


async def test_a_book_that_is_too_heavy_waits_for_a_word_of_its_owner(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awaited_files, "MOST_BYTES_KEPT", 2 * 48_213 + 1)

    await arrive(road)

    told = [(one.trouble, one.next_at is None) for one in await list_awaited(road)]
    assert told == [(None, False), (None, False), ("no-room", True)]
    state = awaited_files.tell_state(await list_awaited(road))
    assert state is not None and state.without_room == 1
    held = await awaited_files.claim_due(road.there)
    assert len(held) == 2
    await awaited_files.stop(road.there, [held[0].id])
    await awaited_files.try_again(road.there, [one.id for one in await list_awaited(road)])
    assert all(one.trouble is None for one in await list_awaited(road))
    await execute(road.there, "UPDATE awaited_file SET file_size = 2 * file_size")
    await awaited_files.try_again(road.there, [one.id for one in await list_awaited(road)])
    assert [one.trouble for one in await list_awaited(road)] == [None, "no-room"]


async def test_another_picture_of_the_bike_here_takes_nothing_from_the_one_on_its_way(road: Road) -> None:
    await arrive(road)

    await files.add(road.here, road.bike_id, None, "photo", stored("new"))

    assert await count_held(road) == 4


async def test_a_file_that_is_lost_here_is_not_told_of(road: Road) -> None:
    await execute(road.here, "UPDATE bike_file SET digest = NULL WHERE file_key = 'a'")

    book = await arrive(road)

    assert "attachment" not in book["object"] and await count_held(road) == 2
