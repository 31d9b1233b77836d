"""A file that one of ours sent to one person answers to her signature alone, for so long, and to nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from federation.uris import file_uri
from models.people.actors import Actor
from models.repairs.bikes import files, sent_files
from models.repairs.bikes.files import StoredFile
from models.store.database import execute, transaction
from tests.bikes import make_bike
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
async def sent(door: Door, alice: Actor, bob: Person) -> str:
    """Alice sent Bob an invoice: its address."""
    reader = await door.befriend(bob, alice)
    key = await door.instance.store.save(PDF, "private-pdf")
    uri = file_uri(door.instance.site, alice.username)
    stored = StoredFile(mime_type="application/pdf", file_key=key, thumbnail_key=None, byte_size=len(PDF))
    async with transaction(door.instance.pool) as conn:
        file_id = await files.add(conn, await make_bike(conn, alice), None, "invoice", stored)
        await sent_files.send(conn, file_id, uri, reader.id)
    return uri


async def test_who_it_was_sent_to_gets_it(door: Door, bob: Person, sent: str) -> None:
    answer = await door.get(sent, reader=bob, accept="image/jpeg,application/pdf;q=0.9")

    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize("who", ["nobody", "mate", "stranger", "bob too late", "bob settled"])
async def test_to_everybody_else_it_is_as_if_it_were_not(door: Door, bob: Person, sent: str, who: str) -> None:
    late = timedelta(days=30) if who == "bob too late" else timedelta(hours=1)
    async with transaction(door.instance.pool) as conn:
        if who == "bob settled":
            await execute(conn, "UPDATE bike_file SET kept_until = least(kept_until, now() + $1::interval)", late)
        if who.startswith("bob"):
            await execute(conn, "UPDATE bike_file SET kept_until = kept_until - $1::interval", late)
    readers = {"nobody": None, "mate": door.fediverse.add_person("mate")}
    readers["stranger"] = door.fediverse.add_person("stranger", "arras.test")
    reader = readers.get(who, bob)
    base, _, uuid = sent.rpartition("/")
    other = str(uuid4())

    for method in ("GET", "HEAD"):
        answer = await door.get(sent, reader=reader, method=method)
        missing = await door.get(f"{base}/{other}", reader=reader, method=method)
        assert answer.status == missing.status == 404
        assert answer.body.replace(uuid.encode(), other.encode()) == missing.body
        assert {**answer.seen[2]}.keys() == {**missing.seen[2]}.keys()
