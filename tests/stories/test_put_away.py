"""A member is suspended for a while: next door her listing leaves the lists, and comes back with its photo."""

from datetime import timedelta
from pathlib import Path

from federation.media.uploads import save_upload
from models.listings import listings
from models.listings.listings import Listing
from models.posts.media import media
from outbox.moderation import sanctions
from tests.eventually import eventually
from tests.rulings import rule
from tests.servers import RunningServer
from tests.stories.test_two_cooperatives import Two, _in_network, _publish, acting, met, two

__all__ = ["met", "two"]

SAMPLES = Path(__file__).parent.parent / "samples"


async def find_copy(server: RunningServer, uri: str) -> tuple[Listing | None, int]:
    """The copy, and how many photos it has."""
    async with acting(server) as conn:
        copy = await listings.find_by_listing_uri(conn, uri)
        photos = await media.list_by_posts(conn, [copy.id]) if copy is not None else {}
    return copy, sum(len(row) for row in photos.values())


async def test_a_listing_goes_and_comes_back_whole_next_door(two: Two) -> None:
    alice, here, there = two.alice.actor, two.lomme.instance, two.henin
    photo = await save_upload(
        here, owner_id=alice.id, data=(SAMPLES / "tente.jpg").read_bytes(), description="Tente verte"
    )
    tent = await _publish(two.lomme, alice, media_ids=(photo.id,), place_name="Lomme", postcode="59160")
    await eventually(lambda: _in_network(there, tent.uri))
    before, photos = await find_copy(there, tent.uri)
    assert before is not None and photos == 1

    async with acting(two.lomme) as conn:
        decision = await rule(conn, alice, "suspend", lasts=timedelta(days=7), site=here.site)

    async def away() -> bool:
        copy, photos = await find_copy(there, tent.uri)
        return copy is not None and (copy.details.status, photos) == ("paused", 0)

    await eventually(away)
    copy, _ = await find_copy(there, tent.uri)
    assert copy is not None and copy.post.deleted_at is None
    assert "Tente" not in copy.details.title + copy.post.content
    assert await _in_network(there, tent.uri) is None

    async with acting(two.lomme) as conn:
        assert await sanctions.take_back(conn, here.site, decision, by=None)

    await eventually(lambda: _in_network(there, tent.uri))
    back, photos = await find_copy(there, tent.uri)
    assert back is not None and photos == 1
    assert back.details == before.details
    assert back.post.content == before.post.content
