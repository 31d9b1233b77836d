"""What stays inside a community elsewhere goes when nobody of this server is in it, however that came to be."""

from pathlib import Path

from federation.instance import Instance
from models import posts
from models.communities import communities
from models.listings.listings import find_by_listing_uri
from models.people import actors
from models.settings import Settings
from models.store.database import Connection, Pool, transaction
from outbox.communities.expiry import expire_memberships
from outbox.people.accounts import delete
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse
from tests.inbox.communities.test_communities import receive
from tests.inbox.communities.test_inside import share
from tests.outbox.communities.inside.sample_inside import share_listing
from tests.outbox.communities.sample_community import make_copy, make_neighbour, put_in
from tests.outbox.sent_activities import list_sent


async def test_copies_go_when_the_account_of_the_last_member_ends(pool: Pool, tmp_path: Path) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        alice, bob = await make_member(conn), await make_neighbour(conn)
        copy = await make_copy(conn)
        await put_in(conn, alice, copy)
        _, post = await share(conn, bob, copy)
        assert post is not None
        await delete(conn, HERE, alice)
        [farewell] = await list_sent(conn)
        assert (farewell.type, farewell.hosts) == ("Delete", ["henin.test"]), "its home hears of it"

    await expire_memberships(instance)

    async with transaction(pool) as conn:
        assert await posts.find_by_uri(conn, post.uri) is None


async def test_what_was_shared_rests_when_the_community_is_no_more(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_neighbour(conn)
    copy = await make_copy(conn)
    group = await make_neighbour(conn, "velos2", type="Group")
    await put_in(conn, alice, copy)
    _, post = await share(conn, bob, copy)
    listing = await share_listing(conn, alice, copy)
    assert post is not None

    await receive(conn, group, "Delete", copy.uri)
    assert await communities.find(conn, copy.actor_id) is not None, "another one says nothing of it"
    assert await receive(conn, await actors.get(conn, copy.actor_id), "Delete", copy.uri) is None

    held = await find_by_listing_uri(conn, listing.uri)
    assert held is not None and (held.details.status, held.post.audience) == ("paused", "community")
    assert await posts.find_by_uri(conn, post.uri) is None
