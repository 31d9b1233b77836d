"""After the account of a member ended, every door says so, and the Delete can still be checked (AC6, AX13)."""

import orjson

from models.people.actors import Actor
from models.store.database import transaction
from outbox.people import accounts
from outbox.traffic.deliver import deliver_due
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door, give_keys, publish_tent, sent


async def test_ac06_a_member_who_left_is_410_everywhere_and_her_delete_is_what_came(
    door: Door, alice: Actor, bob: Person
) -> None:
    await give_keys(door, alice)
    await door.befriend(bob, alice)
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    await deliver_due(door.instance)
    async with transaction(door.instance.pool) as conn:
        await accounts.delete(conn, door.instance.site, alice)

    await deliver_due(door.instance)

    for uri in (alice.uri, f"{alice.uri}/outbox", f"{alice.uri}/inbox", listing.uri, create["id"]):
        answer = await door.get(uri)
        assert (answer.status, answer.json["type"]) == (410, "Tombstone"), uri
        assert b"Tente" not in answer.body
    webfinger = f"/.well-known/webfinger?resource=acct:alice@{door.instance.site.host}"
    assert (await door.get(webfinger, accept=None)).status == 410
    assert (await door.post(alice.inbox, bob)).status == 410
    delete = door.fediverse.posts[-1].activity
    assert (delete["type"], delete["object"]) == ("Delete", alice.uri)
    assert (await door.get(delete["id"])).body == orjson.dumps(delete)
