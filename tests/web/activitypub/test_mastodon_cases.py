"""The situations that Mastodon tests its inbox with: its answer, and ours where that is another one."""

import json
from typing import Any

import pytest

from inbox.traffic.synchronization import JOB
from models.people.actors import Actor
from tests.fediverse import Person
from tests.web.activitypub.conftest import ACTIVITY, Door


async def post_unsigned(door: Door, activity: dict[str, Any]) -> int:
    """The answer to somebody who does not sign."""
    headers = {"Host": door.instance.site.host, "Content-Type": ACTIVITY}
    async with door.client.post("/inbox", data=json.dumps(activity), headers=headers) as response:
        return response.status


async def test_ht01_an_activity_that_says_nothing_is_no_activity(door: Door, bob: Person) -> None:
    # Mastodon says 202 and does nothing. Here the sender learns of its mistake; with a type and no id it is 202 too.
    nothing = await door.post("/inbox", bob, {"this": "that"})
    passing = await door.post("/inbox", bob, {"type": "Like", "actor": bob.uri, "object": f"{bob.uri}/notes/1"})

    assert (nothing.status, passing.status) == (400, 202)


@pytest.mark.parametrize(("column", "status"), [("suspended_at", 202), ("deleted_at", 410)])
async def test_ac06_an_inbox_is_there_until_its_owner_is_gone(
    door: Door, alice: Actor, bob: Person, column: str, status: int
) -> None:
    # Mastodon takes what comes for a month after a deletion was asked for. Here it takes effect at once.
    changes = {
        "suspended_at": "UPDATE actor SET suspended_at = now() WHERE id = $1",
        "deleted_at": "UPDATE actor SET deleted_at = now() WHERE id = $1",
    }
    await door.execute(changes[column], alice.id)

    assert (await door.post("/users/alice/inbox", bob)).status == status


async def test_ht01_what_is_not_signed_is_401(door: Door, bob: Person) -> None:
    like = {"id": f"{bob.uri}/likes/1", "type": "Like", "actor": bob.uri, "object": f"{bob.uri}/notes/1"}

    assert await post_unsigned(door, like) == 401


@pytest.mark.parametrize("type", ["Update", "Delete"])
async def test_ax11_news_of_an_actor_that_nobody_knows_are_202_unsigned(door: Door, type: str) -> None:
    unknown = "https://unknown-actor.host"

    status = await post_unsigned(door, {"type": type, "actor": unknown, "object": unknown})

    assert status == 202
    assert door.fediverse.fetched == []


async def test_ax11_an_update_of_somebody_known_has_to_be_signed(door: Door, bob: Person) -> None:
    await door.meet(bob)

    update = {"id": f"{bob.uri}#updates/1", "type": "Update", "actor": bob.uri, "object": bob.document}

    assert await post_unsigned(door, update) == 401


async def test_sg17_a_key_that_cannot_be_had_is_401(door: Door, bob: Person) -> None:
    del door.fediverse.documents[bob.uri]

    assert (await door.post("/inbox", bob)).status == 401


async def test_ax23_a_digest_that_is_not_signed_is_a_digest_of_nobody(door: Door, bob: Person) -> None:
    # Mastodon's tests send the header beside the signature, and it compares followers. Its servers do sign it.
    said = f'collectionId="{bob.uri}/followers", digest="{"0" * 63}1", url="{bob.uri}/followers_synchronization"'

    answer = await door.post("/inbox", bob, None, **{"Collection-Synchronization": said})

    assert answer.status == 202
    assert await door.instance.pool.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", JOB) == 0
