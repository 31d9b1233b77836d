"""A member mutes, blocks, and takes it back, from a profile, a listing, and the list in the account."""

import pytest

from federation.instance import Instance
from models.relations import follows
from models.relations.blocking import blocks, mutes
from models.store.database import connection, fetch_value
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

LIST = "/compte/masques"


async def test_a_block_hides_both_ways_ends_follows_and_is_lifted_from_the_account(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    bob, listing = lomme.sewing.post.author_id, f"/annonces/d/{lomme.sewing.id}"
    before = (await alice.get("/annonces")).words()

    answer = await alice.send(f"/personnes/{bob}", {"act": "block"}, form_on=listing)

    words = (await alice.get(answer.location)).words()
    assert answer.status == 303 and "Le blocage" not in words and "Débloquer" in words
    assert (await alice.get(listing)).status == 404
    assert lomme.sewing.details.title in before
    assert lomme.sewing.details.title not in (await alice.get("/annonces")).words()
    async with connection(instance.pool) as conn:
        assert await follows.find(conn, follower_id=lomme.alice.id, followed_id=bob) is None
        assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Block'") == 0

    await alice.send(f"/personnes/{bob}", {"act": "unblock"}, form_on=LIST)
    assert (await alice.get(listing)).status == 200


async def test_a_mute_hides_from_lists_for_a_while_and_can_be_taken_back_on_the_profile(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    bob, listing = lomme.sewing.post.author_id, f"/annonces/d/{lomme.sewing.id}"

    await alice.send(f"/personnes/{bob}", {"act": "mute", "max_duration": "7"}, form_on=listing)

    assert lomme.sewing.details.title not in (await alice.get("/annonces")).words()
    assert (await alice.get(listing)).status == 200
    async with connection(instance.pool) as conn:
        [mute] = await mutes.list_muted(conn, lomme.alice.id)
        assert not await blocks.between(conn, lomme.alice.id, bob)
    assert mute.until is not None and mute.notifications
    assert "Jusqu’au" in (await alice.get(LIST)).words()

    await alice.send(f"/personnes/{bob}", {"act": "unmute"}, form_on=LIST)
    assert lomme.sewing.details.title in (await alice.get("/annonces")).words()


async def test_a_whole_server_is_blocked_for_one_member_only(alice: Browser, visitor: Browser, lomme: Village) -> None:
    answer = await alice.send(f"{LIST}/serveur", {"domain": "@henin.test"}, form_on=LIST)

    assert answer.status == 303
    assert lomme.sewing.details.title not in (await alice.get("/annonces")).words()
    assert lomme.sewing.details.title in (await visitor.get("/annonces")).words()
    await alice.send(f"{LIST}/serveur", {"domain": "henin.test", "act": "lift"}, form_on=LIST)
    assert lomme.sewing.details.title in (await alice.get("/annonces")).words()


@pytest.mark.parametrize("domain", ["", "pas un site", "lomme.test"])
async def test_what_is_no_other_server_is_told(alice: Browser, domain: str) -> None:
    answer = await alice.send(f"{LIST}/serveur", {"domain": domain}, form_on=LIST)

    assert answer.status == 422
    assert "à revoir" in answer.words()


async def test_nobody_blocks_herself_or_anybody_without_being_logged_in(
    alice: Browser, visitor: Browser, lomme: Village
) -> None:
    bob = lomme.sewing.post.author_id

    assert (await alice.send(f"/personnes/{lomme.alice.id}", {"act": "block"}, form_on=LIST)).status == 404
    assert (await alice.send(f"/personnes/{bob}", {"act": "danser"}, form_on=LIST)).status == 404
    assert (await visitor.get(LIST)).status == 303


async def test_the_way_back_never_leaves_this_site(alice: Browser, lomme: Village) -> None:
    bob = lomme.sewing.post.author_id

    answer = await alice.send(f"/personnes/{bob}", {"act": "mute", "back": "//evil.test/"}, form_on=LIST)

    assert answer.location == "/"
