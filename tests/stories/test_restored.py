"""A server burns down and is made again of the backup of the day before, while the other one went on living."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from federation.discovery.fetches import get_actor
from federation.discovery.remote import resolve_handle
from inbox.traffic import own_posts
from models import posts
from models.errors import Conflict
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing, ListingDraft
from models.people import accounts, name_rest
from models.store.database import connection, transaction
from models.traffic import restorations
from outbox.exchanges.agreements.agreements import accept, request
from outbox.listings import listings as outbox_listings
from outbox.people import instance_restoration
from outbox.posts import notes
from outbox.relations import follows, reactions
from outbox.threads.agreement_context import Said
from tests.databases import copied_database
from tests.eventually import eventually
from tests.servers import Member, RunningServer, running_server
from tests.web.server.backups.sample_instance import empty_database, restore
from web.actions.doctor.findings import Patient
from web.actions.doctor.losses import check_restoration
from web.middlewares.work_signals import notify_work
from web.server.backups.making import make_backup
from web.server.bootstrap import migrate_patiently

DAY = (datetime.now(UTC) + timedelta(days=40)).replace(minute=0, second=0, microsecond=0)

LONG_AGO = datetime.now(UTC) - timedelta(days=365)
"""Since when both know each other."""

WEEKEND = Terms(begins_at=DAY, ends_at=DAY + timedelta(days=2))

DONE = "SELECT * FROM peer_restoration WHERE finished_at IS NOT NULL"

LIKED = "favourite JOIN post p ON p.id = post_id WHERE p.uri = $1"

AWAITING = """
    (SELECT array_agg(DISTINCT type ORDER BY type) AS types FROM received WHERE state = 'waiting' AND error IS NOT NULL)
    AS awaiting WHERE types = $1
"""
"""What came about a post that is not back yet waits for it."""

DOCUMENT = {"Accept": "application/activity+json"}

pytestmark = pytest.mark.usefixtures("only_rung")


async def do(server: RunningServer, verb: Callable[..., Awaitable[Any]], *arguments: Any, **more: Any) -> Any:
    """What somebody does on a page of this server."""
    async with transaction(server.instance.pool) as conn:
        done = await verb(conn, server.instance.site, *arguments, **more)
    await notify_work(server.instance.pool)
    return done


async def publish(server: RunningServer, author: Member, title: str) -> Listing:
    """A new offer."""
    draft = ListingDraft(kind="offer", mode="loan", title=title)
    published: Listing = await do(server, outbox_listings.publish, author.actor, draft)
    return published


async def follow(server: RunningServer, member: Member, handle: str) -> None:
    """Follow, and wait until it is a yes."""
    followed = await resolve_handle(server.instance, handle)
    await do(server, follows.follow, member.actor, followed)
    await eventually(lambda: stands(server, "follow WHERE state = 'accepted' AND followed_id = $1", followed.id))


async def stands(server: RunningServer, where: str, *values: object) -> bool:
    """Whether there is such a row."""
    return bool(await server.instance.pool.fetchval(f"SELECT EXISTS (SELECT FROM {where})", *values))


async def find_listing(server: RunningServer, uri: str) -> Listing | None:
    """A listing as this server has it."""
    async with connection(server.instance.pool) as conn:
        return await listings.find_by_listing_uri(conn, uri)


async def find_agreement(server: RunningServer, uri: str) -> Agreement | None:
    """The newest agreement about a listing as this server has it."""
    async with connection(server.instance.pool) as conn:
        listing = await listings.find_by_listing_uri(conn, uri)
        threads = await exchanges.list_by_listing(conn, listing.id) if listing is not None else []
        return await agreements.get_latest(conn, threads[0].id) if threads else None


async def fetch(url: str) -> tuple[int, Any]:
    """What another server is answered."""
    async with aiohttp.ClientSession(headers=DOCUMENT) as session, session.get(url) as answer:
        return answer.status, await answer.json(content_type=None) if answer.status == 200 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """Lomme after the fire and Hénin-Carvin; what was said before the backup, and after it."""

    lomme: RunningServer
    henin: RunningServer
    alice: Member
    bob: Member
    key: str
    asked: str
    lost: Listing
    ladder: Listing
    letter: str
    answer: str
    rested: bool


@pytest.fixture(scope="module")
async def fire(
    only_rung: None, postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Fire]:
    """Alice and Bob follow each other and he asks for her tent; then the backup, and hours that it knows nothing of."""
    folder: Path = tmp_path_factory.mktemp("fire")
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(copied_database(postgres_url, furnished))
        here = await stack.enter_async_context(copied_database(postgres_url, furnished))
        henin = await stack.enter_async_context(running_server("henin", there, folder / "henin"))
        async with running_server("lomme", here, folder / "lomme") as lomme:
            alice, bob = await lomme.add_member("alice"), await henin.add_member("bob")
            await follow(lomme, alice, f"@bob@{henin.host}")
            await follow(henin, bob, f"@alice@{lomme.host}")
            tent = await publish(lomme, alice, "Tente")
            copy = await eventually(lambda: find_listing(henin, tent.uri))
            await do(henin, request, bob.actor, copy, WEEKEND, Said(text="Pour samedi ?"))
            await eventually(lambda: find_agreement(lomme, tent.uri))
            _, actor = await fetch(alice.actor.uri)

            teller = await get_actor(henin.instance, f"{lomme.url}/users/instance")
            await henin.instance.pool.execute("UPDATE actor SET created_at = $2 WHERE id = $1", teller.id, LONG_AGO)
            await henin.instance.pool.execute("UPDATE public_key SET held_since = $1", LONG_AGO)
            backup = await make_backup(lomme.instance.settings, here, folder / "backups")

            lost = await publish(lomme, alice, "Perceuse")
            kept = await eventually(lambda: find_listing(henin, lost.uri))
            held = await find_agreement(lomme, tent.uri)
            await do(lomme, accept, alice.actor, held)
            await eventually(lambda: stands(henin, "agreement WHERE state = 'agreed'"))
            carol = await lomme.add_member("carol")
            await follow(henin, bob, f"@carol@{lomme.host}")
            ladder = await publish(henin, bob, "Échelle")
            letter = await do(henin, notes.reply, bob.actor, copy.post, "La clé est sous le pot.", audience="direct")
            answer = await do(henin, notes.reply, bob.actor, kept.post, "Encore libre ?", audience="direct")
            await do(henin, reactions.favourite, bob.actor, kept.post)
            await do(henin, request, bob.actor, kept, WEEKEND, Said(text="Je la prends samedi."))
            await eventually(lambda: find_agreement(lomme, lost.uri))
            await eventually(lambda: stands(lomme, LIKED, lost.uri))
            await eventually(lambda: stands(lomme, "post WHERE uri = $1", answer.uri))
            await eventually(lambda: stands(lomme, "post WHERE uri = $1", ladder.uri))
            settings, port = lomme.instance.settings, int(lomme.url.rpartition(":")[2])
            assert carol.actor.username == "carol"
        new = await stack.enter_async_context(empty_database(postgres_url))
        await restore(msgspec.structs.replace(settings, data=folder / "new", database_url=new), backup.folder)
        await migrate_patiently(new)
        lomme = await stack.enter_async_context(running_server("lomme", new, folder / "new", port=port))
        await instance_restoration.tell(lomme.instance)
        await notify_work(lomme.instance.pool)
        async with connection(lomme.instance.pool) as conn:
            rested = await name_rest.find_end(conn) is not None
        await eventually(lambda: stands(henin, "peer_restoration WHERE finished_at IS NOT NULL"))
        await eventually(lambda: stands(lomme, AWAITING, ["Create", "Like", "Offer"]))
        await own_posts.ask(lomme.instance, {"origin": henin.url, "turn": 0})
        await notify_work(lomme.instance.pool)
        yield Fire(
            lomme=lomme,
            henin=henin,
            alice=alice,
            bob=bob,
            key=actor["publicKey"]["publicKeyPem"],
            asked=tent.uri,
            lost=lost,
            ladder=ladder,
            letter=letter.uri,
            answer=answer.uri,
            rested=rested,
        )


async def test_what_others_said_meanwhile_comes_back_also_what_was_for_one_person_alone(fire: Fire) -> None:
    async def back() -> bool:
        uris = [fire.ladder.uri, fire.letter, fire.answer]
        found = await fire.lomme.instance.pool.fetchval("SELECT count(*) FROM post WHERE uri = ANY($1)", uris)
        return bool(found == len(uris))

    await eventually(back)

    async with connection(fire.lomme.instance.pool) as conn:
        answer = await posts.find_by_uri(conn, fire.answer)
    assert answer is not None and answer.in_reply_to_uri == fire.lost.uri


async def test_what_a_member_published_meanwhile_is_given_back_and_stands_under_its_id_as_she_signed_it(
    fire: Fire,
) -> None:
    status, document = await fetch(fire.lost.uri)
    _, root = await fetch(f"{fire.alice.actor.uri}/outbox")
    _, outbox = await fetch(root["first"])
    copy, back = await find_listing(fire.henin, fire.lost.uri), await find_listing(fire.lomme, fire.lost.uri)

    assert copy is not None and (copy.details.title, copy.post.deleted_at) == ("Perceuse", None)
    assert back is not None and back.post.local and back.post.author_id == fire.alice.actor.id
    assert (replace(back.details, category=None), back.post.content) == (fire.lost.details, fire.lost.post.content)
    assert status == 200 and document["id"] == fire.lost.uri
    assert fire.lost.uri in [one["object"]["id"] for one in outbox["orderedItems"]]
    assert await stands(
        fire.lomme, "notification WHERE type = 'posts_returned' AND recipient_id = $1", back.post.author_id
    )


async def test_what_others_did_with_it_waits_until_it_is_back_and_then_takes_effect(fire: Fire) -> None:
    asked = await eventually(lambda: find_agreement(fire.lomme, fire.lost.uri))
    await eventually(lambda: stands(fire.lomme, LIKED, fire.lost.uri))

    there = await find_agreement(fire.henin, fire.lost.uri)
    assert asked is not None and there is not None
    assert (asked.state, there.state) == ("requested", "requested")


async def test_no_id_is_given_out_again_and_nothing_is_taken_back(fire: Fire) -> None:
    again = await publish(fire.lomme, fire.alice, "Ponceuse")

    assert again.uri != fire.lost.uri and again.id > fire.lost.id
    assert not await stands(fire.lomme, "activity WHERE type = 'Delete'")


async def test_everybody_has_the_keys_and_the_followers_of_before(fire: Fire) -> None:
    _, actor = await fetch(fire.alice.actor.uri)

    assert actor["publicKey"]["publicKeyPem"] == fire.key
    for server in (fire.lomme, fire.henin):
        sql = "SELECT count(*) FROM follow f JOIN actor a ON a.id = f.followed_id WHERE username IN ('alice', 'bob')"
        assert await server.instance.pool.fetchval(f"{sql} AND state = 'accepted'") == 2


async def test_a_name_that_was_lost_is_nobody_elses_nor_is_any_given_out_before_others_were_asked(fire: Fire) -> None:
    await eventually(lambda: stands(fire.lomme, "used_username WHERE username = 'carol'"))

    async with transaction(fire.lomme.instance.pool) as conn:
        with pytest.raises(Conflict, match="username_taken"):
            await accounts.reserve_username(conn, "carol")
        rests = await name_rest.find_end(conn)

    assert (fire.rested, rests) == (True, None)


async def test_what_the_other_side_knows_of_an_agreement_is_not_written_over_and_a_second_yes_makes_both_alike(
    fire: Fire,
) -> None:
    here, there = await find_agreement(fire.lomme, fire.asked), await find_agreement(fire.henin, fire.asked)
    assert here is not None and there is not None
    assert (here.state, there.state) == ("requested", "agreed")

    await do(fire.lomme, accept, fire.alice.actor, here)

    await eventually(lambda: stands(fire.lomme, "agreement WHERE state = 'agreed'"))
    found = await find_agreement(fire.henin, fire.asked)
    assert found is not None and found.state == "agreed"


async def test_administrators_read_what_was_lost_and_what_came_back(fire: Fire) -> None:
    async def told() -> bool:
        async with connection(fire.lomme.instance.pool) as conn:
            found = await restorations.find_latest(conn)
            assert found is not None
            actor = await conn.fetchval("SELECT id FROM actor WHERE local AND username = 'instance'")
            returned = await restorations.find_returned(conn, found, actor)
        return (returned.told, returned.waiting, returned.read, returned.reading) == (1, 0, 1, 0)

    await eventually(told)

    def say(sentence: str, /, **values: Any) -> str:
        return sentence % values if values else sentence

    found = await check_restoration(
        Patient(settings=fire.lomme.instance.settings, say=say, instance=fire.lomme.instance)
    )
    assert found.severity == "warning"
    assert "est perdu" in found.what and "prévenues\u00a0: 1" in found.what
    assert "messages et annonces d’ailleurs datant de ce moment sont revenus" in found.what
    assert "Une publication d’un membre est de nouveau là." in found.what


async def test_the_other_server_is_told_once_and_says_again_only_what_it_said_there(fire: Fire) -> None:
    heard = await eventually(lambda: fire.henin.instance.pool.fetchrow(DONE))
    _, told = await fetch(f"{fire.lomme.url}/users/instance")

    assert heard["host"] == fire.lomme.host and heard["known"] and heard["sent_again"] >= 4
    assert told["restoredFrom"] < told["restoredAt"]

    await instance_restoration.tell(fire.lomme.instance)

    assert not await stands(
        fire.lomme,
        "delivery d JOIN activity a ON a.id = activity_id WHERE a.type = 'Update' "
        "AND a.object_uri LIKE '%/users/instance' AND d.state = 'waiting'",
    )
