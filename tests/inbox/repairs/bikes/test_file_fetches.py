"""Files for one of ours are fetched in her name, looked at as uploads are, answered once, and tried again in time."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from unittest.mock import AsyncMock

import pytest
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.transport import TOTAL_SECONDS, Fetched
from federation.instance import Instance
from federation.media import private_files
from federation.media_store import StoreFull
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from inbox.repairs.bikes.file_fetches import fetch_due
from models.people.actors import Actor
from models.repairs.bikes import awaited_files, entries, files
from models.repairs.bikes.awaited_files import AT_ONCE, CLAIMED, OF_ONE_SERVER, AwaitedFile, NewAwaitedFile
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bikes.files import MOST_BYTES_KEPT, BikeFile, StoredFile
from models.store.database import connection, execute, fetch_column, transaction
from tests.bikes import make_bike, make_result
from tests.factories import make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.repairs.bikes.test_travelling_files import stored
from tests.picture_files import draw, encode
from tests.today import today

PDF = b"%PDF-1.4\n%%EOF\n"

PHOTO = encode(draw())


@dataclass
class Wait:
    """Alice waits for a file of Karim of Hénin-Carvin."""

    instance: Instance
    fediverse: FakeFediverse
    alice: Actor
    karim: Actor
    bike_id: int

    async def tell(self, body: bytes, name: str = "1", **changes: Any) -> None:
        """She is told of it; `body` is what lies there."""
        uri = f"https://henin.test/users/karim/files/{name}"
        headers = CIMultiDict({"Content-Type": "image/jpeg"})
        self.fediverse.documents[uri] = Fetched(url=uri, status=200, headers=headers, body=body)
        values: dict[str, Any] = {
            "uri": uri,
            "sender_id": self.karim.id,
            "receiver_id": self.alice.id,
            "bike_id": self.bike_id,
            "entry_id": None,
            "result_id": None,
            "kind": "photo",
            "file_size": len(body),
            "digest": sha256(body).digest(),
        }
        async with transaction(self.instance.pool) as conn:
            await awaited_files.add(conn, NewAwaitedFile(**values | changes))

    async def put_own(self) -> None:
        """She puts a picture of her own there."""
        async with transaction(self.instance.pool) as conn:
            await files.add(conn, self.bike_id, None, "photo", stored("hers"))

    async def look(self) -> tuple[list[BikeFile], list[AwaitedFile]]:
        """What has come, and what is awaited."""
        async with connection(self.instance.pool) as conn:
            return (
                await files.list_of_bike(conn, self.bike_id),
                await awaited_files.list_of_bikes(conn, [self.bike_id]),
            )

    async def list_answers(self) -> list[str]:
        """The addresses that Karim's server is told of."""
        async with connection(self.instance.pool) as conn:
            return await fetch_column(
                conn, "SELECT body::jsonb ->> 'object' FROM activity WHERE type = 'Accept' ORDER BY id"
            )


@pytest.fixture
async def wait(instance: Instance, fediverse: FakeFediverse, alice: Actor) -> Wait:
    pairs = await make_key_pairs(instance.settings)
    async with transaction(instance.pool) as conn:
        await save_local_keys(conn, instance.site, alice, pairs)
        karim = await make_remote_actor(conn, "karim", "henin.test", territory_uri="https://henin.test/users/coop")
        return Wait(instance, fediverse, alice, karim, await make_bike(conn, alice))


async def test_a_picture_is_asked_for_in_her_name_and_made_anew(wait: Wait) -> None:
    await wait.tell(PHOTO)

    assert await fetch_due(wait.instance) == 1

    [held], awaited = await wait.look()
    assert wait.fediverse.signers == [f"{wait.alice.uri}#main-key"] and awaited == []
    path = wait.instance.store.find(held.file_key)
    assert path is not None and path.read_bytes() != PHOTO and held.thumbnail_key is not None
    assert held.digest == sha256(path.read_bytes()).digest()
    assert await wait.list_answers() == [held.came_uri] == ["https://henin.test/users/karim/files/1"]
    assert await fetch_due(wait.instance) == 0


async def test_an_invoice_is_kept_as_it_is(wait: Wait) -> None:
    await wait.tell(PDF, kind="invoice")

    assert await fetch_due(wait.instance) == 1

    [held], _ = await wait.look()
    path = wait.instance.store.find(held.file_key)
    assert (held.mime_type, path and path.read_bytes()) == ("application/pdf", PDF)


@pytest.mark.parametrize(
    ("body", "changes", "trouble"),
    [
        (PHOTO, {"digest": bytes(32)}, "changed"),
        (b"<svg onload=alert(1)>", {}, "unreadable"),
        (b"MZ not a pdf", {"kind": "invoice"}, "unreadable"),
    ],
)
async def test_what_is_no_such_file_is_not_kept_nor_tried_again(
    wait: Wait, body: bytes, changes: dict[str, Any], trouble: str
) -> None:
    await wait.tell(body, **changes)

    assert await fetch_due(wait.instance) == 0

    held, [awaited] = await wait.look()
    assert (held, awaited.trouble, awaited.next_at) == ([], trouble, None)
    assert not [*wait.instance.store.folder.rglob("*.private-*")] and await wait.list_answers() == []


FAILURES: dict[str, FetchFailed] = {
    "away": FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True),
    "missing": FetchFailed(Cause.NOT_FOUND, "henin.test", answer=404),
    "changed": FetchFailed(Cause.TOO_LARGE, "henin.test"),
}


@pytest.mark.parametrize("trouble", FAILURES)
async def test_why_it_did_not_come_is_known_and_it_may_be_tried_again(wait: Wait, trouble: str) -> None:
    await wait.tell(PHOTO)
    [uri] = wait.fediverse.documents
    wait.fediverse.late[uri] = [FAILURES[trouble]]

    assert await fetch_due(wait.instance) == 0
    _, [awaited] = await wait.look()
    assert awaited.trouble == trouble and (awaited.next_at is None) == (trouble == "changed")
    async with transaction(wait.instance.pool) as conn:
        await awaited_files.try_again(conn, [awaited.id])

    assert await fetch_due(wait.instance) == 1
    assert (await wait.look())[1] == []


async def test_one_that_comes_is_counted_until_all_are_there(wait: Wait) -> None:
    async with transaction(wait.instance.pool) as conn:
        line = await entries.add(conn, wait.bike_id, EntryDetails(done_on=today(), title="Freins"))
    await wait.tell(PHOTO)
    await wait.tell(PHOTO, "2", bike_id=None, result_id=await _note(wait))
    await wait.tell(PDF, "3", kind="invoice", entry_id=line, digest=bytes(32))

    await fetch_due(wait.instance)

    [_], awaited = await wait.look()
    assert [(one.received_at is not None, one.trouble) for one in awaited] == [(True, None), (False, "changed")]
    async with connection(wait.instance.pool) as conn:
        assert await fetch_column(conn, "SELECT count(*) FROM bike_file WHERE result_id IS NOT NULL") == [1]


async def _note(wait: Wait) -> int:
    async with transaction(wait.instance.pool) as conn:
        return await make_result(conn, wait.alice, author_id=wait.karim.id, repairer_id=wait.karim.id)


async def test_it_is_tried_for_thirty_days(wait: Wait) -> None:
    await wait.tell(PHOTO)
    [uri] = wait.fediverse.documents
    wait.fediverse.late[uri] = [FAILURES["away"], FAILURES["away"]]
    await fetch_due(wait.instance)
    assert (await wait.look())[1][0].next_at is not None
    async with transaction(wait.instance.pool) as conn:
        await execute(conn, "UPDATE awaited_file SET next_at = now(), created_at = now() - interval '30 days'")

    await fetch_due(wait.instance)

    assert (await wait.look())[1][0].next_at is None


async def test_nothing_is_kept_for_which_she_has_no_room(wait: Wait) -> None:
    await wait.tell(PHOTO, "0")
    await fetch_due(wait.instance)
    async with transaction(wait.instance.pool) as conn:
        await execute(conn, "UPDATE bike_file SET byte_size = $1", MOST_BYTES_KEPT)
        other = await make_bike(conn, wait.alice, "Le rouge")
    await wait.tell(PHOTO, bike_id=other)

    await fetch_due(wait.instance)

    async with connection(wait.instance.pool) as conn:
        [awaited] = await awaited_files.list_of_bikes(conn, [other])
        assert await files.list_of_bike(conn, other) == []
    assert awaited.trouble == "no-room" and awaited.next_at is None
    assert wait.fediverse.fetched == ["https://henin.test/users/karim/files/0"]
    assert len([*wait.instance.store.folder.rglob("*.private-jpg")]) == 2


async def test_a_line_that_is_full_meanwhile_asks_for_nothing(wait: Wait) -> None:
    async with transaction(wait.instance.pool) as conn:
        line = await entries.add(conn, wait.bike_id, EntryDetails(done_on=today(), title="Freins"))
        await files.add(conn, wait.bike_id, line, "invoice", stored("hers"))
    await wait.tell(PDF, kind="invoice", entry_id=line)

    await fetch_due(wait.instance)

    assert [one.trouble for one in (await wait.look())[1]] == ["no-room"] and wait.fediverse.fetched == []


async def test_a_full_store_is_tried_again(wait: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_files, "keep_photo", AsyncMock(side_effect=StoreFull))
    await wait.tell(PHOTO)

    await fetch_due(wait.instance)

    [one] = (await wait.look())[1]
    assert one.trouble == "store-full" and one.next_at is not None


@pytest.mark.parametrize("late", [False, True])
async def test_the_picture_that_its_owner_put_there_meanwhile_stays(
    wait: Wait, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    keep = private_files.keep_photo

    async def put_and_keep(instance: Instance, data: bytes) -> StoredFile:
        await wait.put_own()
        return await keep(instance, data)

    await wait.tell(PHOTO)
    if late:
        monkeypatch.setattr(private_files, "keep_photo", put_and_keep)
    else:
        await wait.put_own()

    assert await fetch_due(wait.instance) == 0

    [held], awaited = await wait.look()
    assert (held.file_key, awaited) == ("hers", []) and len(wait.fediverse.fetched) == late
    assert await wait.list_answers() == ["https://henin.test/users/karim/files/1"]
    assert not [*wait.instance.store.folder.rglob("*.private-*")]


async def test_no_server_keeps_others_waiting(wait: Wait) -> None:
    for number in range(AT_ONCE + 1):
        await wait.tell(PHOTO, str(number))
    async with transaction(wait.instance.pool) as conn:
        other = await make_remote_actor(conn, "other", "bray.test")
    await wait.tell(PHOTO, "last", sender_id=other.id)

    async with transaction(wait.instance.pool) as conn:
        claimed = [one.sender_id for one in await awaited_files.claim_due(conn)]

    assert (claimed.count(wait.karim.id), claimed.count(other.id)) == (OF_ONE_SERVER, 1)
    assert CLAIMED.total_seconds() > AT_ONCE * TOTAL_SECONDS


async def test_they_are_fetched_as_they_were_told_of(wait: Wait) -> None:
    for number in range(OF_ONE_SERVER):
        await wait.tell(PHOTO, str(number))
    async with transaction(wait.instance.pool) as conn:
        await execute(conn, "UPDATE awaited_file SET next_at = now() - id % 7 * interval '1 minute'")

    async with transaction(wait.instance.pool) as conn:
        claimed = [one.id for one in await awaited_files.claim_due(conn)]

    assert len(claimed) == OF_ONE_SERVER and claimed == sorted(claimed)


async def test_who_waits_no_more_gets_nothing(wait: Wait) -> None:
    await wait.tell(PHOTO)
    async with transaction(wait.instance.pool) as conn:
        [one] = await awaited_files.claim_due(conn)
        assert await awaited_files.claim_due(conn) == []
        assert await awaited_files.stop(conn, [one.id]) == [one]

    assert await fetch_due(wait.instance) == 0 and wait.fediverse.fetched == []
