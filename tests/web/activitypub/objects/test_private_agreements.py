"""What two people agree on is between these two: at its addresses, in collections and in what is searched."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.people.actors import Actor
from models.store.database import transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.fulfilment import report
from outbox.threads.agreement_context import Said
from outbox.threads.messages import Words, write
from tests.fediverse import Person
from tests.web.activitypub.conftest import ACTIVITY, HTML, Door, publish_tent

WORD = "Le code du portail est quarante-deux."


@pytest.fixture
async def agreed(door: Door, alice: Actor, bob: Person) -> Agreement:
    """Bob borrows Alice's tent; she says that it went out, and something that is for him alone."""
    reader, site = await door.befriend(bob, alice), door.instance.site
    tent = await publish_tent(door, alice, mode="loan")
    begins_at = datetime.now(UTC) + timedelta(days=9)
    terms = Terms(begins_at=begins_at, ends_at=begins_at + timedelta(days=2), note=WORD, place="Chez Alice")
    async with transaction(door.instance.pool) as conn:
        asked = await request(conn, site, reader, tent, terms, Said(uri=f"{reader.uri}/activities/1", text=WORD))
        held = await accept(conn, site, alice, asked)
        await report(conn, site, alice, held, "out")
        thread = await exchanges.get_for(conn, held.exchange_id, alice.id)
        await write(conn, site, alice, thread, Words(text=WORD))
        return await agreements.get(conn, held.id)


async def list_addresses(door: Door) -> list[str]:
    """Everything of ours that only the two may read."""
    rows = await door.instance.pool.fetch(
        """
        SELECT uri FROM agreement UNION ALL SELECT uri FROM economic_event
        UNION ALL SELECT uri FROM activity WHERE NOT public
        UNION ALL SELECT uri FROM post WHERE local AND audience = 'direct'
        """
    )
    return [row["uri"] for row in rows]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accept_type", [ACTIVITY, HTML])
async def test_to_everybody_else_it_is_as_if_it_were_not(
    door: Door, bob: Person, agreed: Agreement, method: str, accept_type: str
) -> None:
    mate, stranger = door.fediverse.add_person("mate"), door.fediverse.add_person("stranger", "arras.test")
    addresses = await list_addresses(door)
    assert len(addresses) >= 6

    for address in addresses:
        assert (await door.get(address, reader=bob)).status == 200
        base, _, uuid = address.rpartition("/")
        other = str(uuid4())
        for reader in (None, mate, stranger):
            answer = await door.get(address, reader=reader, method=method, accept=accept_type)
            missing = await door.get(f"{base}/{other}", reader=reader, method=method, accept=accept_type)
            status, body, headers = missing.seen
            headers = {name: text.replace(other, uuid) for name, text in headers.items() if name != "ETag"}
            seen = {name: text for name, text in answer.seen[2].items() if name != "ETag"}
            assert (answer.status, answer.body.replace(uuid.encode(), other.encode()), seen) == (status, body, headers)


async def test_no_collection_and_no_twin_tells_of_it(door: Door, alice: Actor, bob: Person, agreed: Agreement) -> None:
    listing = await door.instance.pool.fetchval("SELECT uri FROM post WHERE id = $1", agreed.listing_id)
    mate = door.fediverse.add_person("mate")
    paths = [
        listing,
        *(f"{listing}/{part}" for part in ("proposal", "unavailabilities", "replies", "context", "likes")),
    ]
    paths += [alice.uri, *(f"{alice.uri}/{part}" for part in ("outbox", "followers", "following", "featured"))]
    paths += [f"{door.instance.site.url}{path}" for path in ("/nodeinfo/2.1", "/territories", "/territories.geojson")]
    secrets = [WORD, "Chez Alice", "portail", bob.uri, "/agreements/", "/events/", *await list_addresses(door)]

    for reader in (None, mate, bob):
        for path in paths:
            answer = await door.get(path, reader=reader)
            shown = answer.body.decode()
            first = answer.json.get("first") if answer.json else None
            if isinstance(first, str):
                shown += (await door.get(first, reader=reader)).body.decode()
            assert [secret for secret in secrets if secret in json.dumps(shown, ensure_ascii=False)] == [], path


async def test_ranges_tell_days_and_nothing_else(door: Door, agreed: Agreement) -> None:
    listing = await door.instance.pool.fetchval("SELECT uri FROM post WHERE id = $1", agreed.listing_id)

    told = (await door.get(f"{listing}/unavailabilities")).json

    assert [set(one) for one in told["orderedItems"]] == [{"type", "startTime", "endTime"}]


async def test_a_member_is_led_to_her_thread_and_nobody_else_is(door: Door, alice: Actor, agreed: Agreement) -> None:
    assert agreed.uri is not None
    answer = await door.get(agreed.uri, accept=HTML)

    assert answer.status == 303
    assert str(agreed.exchange_id) not in answer.headers["Location"]
    assert answer.headers["Location"] == f"/echanges?accord={agreed.uri.removeprefix(door.instance.site.url)}"
