"""Pictures and the invoice beside a result: named for the cyclist's server, fetched for her, gone with her no."""

from typing import Any

import pytest

from federation.uris import file_uri
from models.errors import Conflict
from models.repairs.bikes import awaited_files, files, proposals, sent_files
from models.repairs.bikes.awaited_files import AwaitedFile
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bikes.files import MOST_BYTES_KEPT, MOST_INVOICES, MOST_RESULT_PHOTOS, BikeFile, Kind
from models.repairs.figures import gone_names
from models.repairs.results import results
from models.repairs.results.results import RepairResult
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.exchanges.repair_results import note_result
from outbox.exchanges.result_files import FileChanges, NewFile
from tests.bikes import make_bike
from tests.golden import normalize, require_golden
from tests.outbox.exchanges.test_repair_results import agree, fixed, some
from tests.outbox.repairs.bikes.test_travelling_files import stored
from tests.server_pair import Pair, Side
from tests.today import today

SETTLED = "SELECT kind FROM bike_file WHERE kept_until < now() + interval '2 hours'"

ANSWERED = "SELECT body::jsonb ->> 'object' FROM activity WHERE type = 'Accept' ORDER BY id"

UUID = "00000000-0000-4000-8000-000000000001"


def add(*kinds: Kind, **changes: Any) -> FileChanges:
    """One more of each of these kinds."""
    return FileChanges(
        added=tuple(NewFile(kind=kind, stored=stored(f"{kind}{at}", **changes)) for at, kind in enumerate(kinds))
    )


async def note(side: Side, changes: FileChanges, **words: Any) -> None:
    """Whoever is of this server notes it with these files."""
    await note_result(side.conn, side.site, side.own, await side.get(), some(**words) if words else fixed(), changes)


async def get_bobs(side: Side) -> RepairResult:
    """What he who repaired noted, as this server has it."""
    [found] = [one for one in await results.list_of_agreement(side.conn, (await side.get()).id)]
    return found


async def list_awaited(side: Side) -> list[AwaitedFile]:
    return await awaited_files.list_of_results(side.conn, [(await get_bobs(side)).id])


async def list_held(side: Side) -> list[BikeFile]:
    return await files.list_of_result(side.conn, (await get_bobs(side)).id)


@pytest.fixture
async def pair(conn: Connection, second_conn: Connection) -> Pair:
    return await agree(conn, second_conn)


async def test_they_are_named_in_the_report_and_awaited_for_the_cyclist(pair: Pair) -> None:
    there, here = pair.there, pair.here
    await note(there, add("photo", "invoice", mime_type="image/jpeg"))
    bodies = await there.list_new()
    for body in bodies:
        await here.receive(body)

    [told] = [body for body in bodies if "repairResult" in body["object"]]
    require_golden("declic/repairs/create_event_result_files", normalize([told])[0])
    assert [one.kind for one in await list_awaited(here)] == ["photo", "invoice"]
    assert {(one.sender_id, one.receiver_id) for one in await list_awaited(here)} == {(here.partner.id, here.own.id)}
    uri = told["object"]["repairResult"]["attachment"][0]["url"]
    assert await sent_files.find_open(there.conn, uri, there.owner.id) is not None
    assert here.ignored == []


async def test_an_update_adds_and_takes_back_what_has_not_come(pair: Pair) -> None:
    there, here = pair.there, pair.here
    await note(there, add("photo", "photo"))
    await pair.carry()
    [first, second] = await list_awaited(here)
    photo = await files.add_to_result(here.conn, (await get_bobs(here)).id, "photo", stored("came"))
    await awaited_files.mark_received(here.conn, first, photo)
    held = await list_held(there)

    await note(there, FileChanges(added=add("invoice").added, dropped=tuple(one.id for one in held)))
    await pair.carry()

    assert [(one.kind, one.received_at is None) for one in await list_awaited(here)] == [
        ("photo", False),
        ("invoice", True),
    ]
    assert second.uri not in {one.uri for one in await list_awaited(here)} and len(await list_held(here)) == 1
    await note(there, FileChanges(), outcome="repairable")
    await pair.carry()
    assert len(await list_awaited(here)) == 2 and here.ignored == there.ignored == []


async def test_what_is_kept_takes_its_files_along_and_later_ones_are_not_wanted(pair: Pair) -> None:
    there, here = pair.there, pair.here
    await note(there, add("photo", "photo"))
    await pair.carry()
    result = await get_bobs(here)
    [first, _] = await list_awaited(here)
    photo = await files.add_to_result(here.conn, result.id, "photo", stored("came"))
    await awaited_files.mark_received(here.conn, first, photo)
    bike_id = await make_bike(here.conn, here.own)

    entry_id = await proposals.keep(here.conn, result, bike_id, EntryDetails(done_on=today(), title="Freins"))

    assert [(one.id, one.entry_id) for one in await files.list_of_bike(here.conn, bike_id)] == [(photo, entry_id)]
    assert {one.entry_id for one in await awaited_files.list_of_bikes(here.conn, [bike_id])} == {entry_id}
    await note(there, add("invoice"))
    await pair.carry()
    assert len(await awaited_files.list_of_bikes(here.conn, [bike_id])) == 2
    assert await fetch_column(there.conn, SETTLED) == ["invoice"]


async def test_more_than_fits_beside_it_is_answered_and_not_awaited(pair: Pair) -> None:
    there, here = pair.there, pair.here
    await note(there, add("photo", "photo", "photo"))
    await pair.carry()
    for one in await list_awaited(here):
        photo = await files.add_to_result(here.conn, (await get_bobs(here)).id, "photo", stored(one.uri))
        await awaited_files.mark_received(here.conn, one, photo)
    [first, *_] = await list_held(there)

    await note(there, FileChanges(added=add("photo").added, dropped=(first.id,)))
    await pair.carry()

    assert len(await list_held(here)) == 3 and await list_awaited(here) == []
    assert await fetch_column(there.conn, SETTLED) == ["photo"]


@pytest.mark.parametrize("answered", [True, False])
async def test_nothing_but_files_of_hers_is_answered_and_few_of_them(pair: Pair, answered: bool) -> None:
    there, here = pair.there, pair.here
    await note(there, add("photo"))
    if answered:
        await pair.carry()
        await proposals.decline(here.conn, here.own.id, (await get_bobs(here)).id)
        await note(there, FileChanges(), outcome="repairable")
    [told] = [body for body in await there.list_new() if "repairResult" in body["object"]]
    result = told["object"]["repairResult"]
    [photo] = result["attachment"]
    others = [
        f"{there.own.uri}/activities/{UUID}",
        f"{there.own.uri}/files/{UUID}/x",
        f"{there.owner.uri}/files/{UUID}",
    ]
    many = [file_uri(there.site, there.own.username) for _ in range(20)]
    result["attachment"] = [photo | {"url": uri} for uri in (*others, photo["url"], *many)]
    before = await fetch_column(here.conn, ANSWERED)

    await here.receive(told)

    said = [one for one in await fetch_column(here.conn, ANSWERED) if one not in before]
    assert len(said) == MOST_RESULT_PHOTOS + MOST_INVOICES and not {*others} & {*said}
    assert len(await list_awaited(here)) == (0 if answered else MOST_RESULT_PHOTOS)


async def test_a_no_erases_them_on_both_sides(pair: Pair) -> None:
    there, here = pair.there, pair.here
    await note(there, add("photo"))
    await pair.carry()
    result = await get_bobs(here)
    await files.add_to_result(here.conn, result.id, "photo", stored("came"))

    left = await proposals.decline(here.conn, here.own.id, result.id)

    assert len(left) == 1 and await list_held(here) == [] and await list_awaited(here) == []


async def test_nobody_but_who_repaired_attaches_and_only_for_somebody_with_a_book(pair: Pair) -> None:
    with pytest.raises(Conflict, match="result_files_for_nobody"):
        await note(pair.here, add("photo"))
    await execute(pair.there.conn, "UPDATE actor SET territory_uri = NULL, implements = '{}' WHERE NOT local")
    await execute(pair.there.conn, "UPDATE agreement SET request_uri = 'https://henin.test/r'")
    with pytest.raises(Conflict, match="result_files_for_nobody"):
        await note(pair.there, add("photo"))


@pytest.mark.parametrize(
    ("kinds", "weight", "refused"),
    [
        (("photo",) * 4, 9, "result_photos_too_many"),
        (("invoice",) * 2, 9, "result_invoices_too_many"),
        (("photo",), MOST_BYTES_KEPT + 1, "bike_files_too_heavy"),
    ],
)
async def test_there_are_limits(pair: Pair, kinds: tuple[Kind, ...], weight: int, refused: str) -> None:
    with pytest.raises(Conflict, match=refused):
        await note(pair.there, add(*kinds, byte_size=weight))


async def test_they_go_when_somebody_leaves(pair: Pair) -> None:
    await note(pair.there, add("photo"))
    await pair.carry()
    result = await get_bobs(pair.here)
    await files.add_to_result(pair.here.conn, result.id, "photo", stored("came"))

    await gone_names.forget_person(pair.here.conn, pair.here.partner.id)
    await gone_names.forget_person(pair.there.conn, pair.there.own.id)

    for side in (pair.here, pair.there):
        assert await fetch_value(side.conn, "SELECT count(*) FROM bike_file") == 0
    assert await fetch_value(pair.here.conn, "SELECT count(*) FROM awaited_file") == 0
