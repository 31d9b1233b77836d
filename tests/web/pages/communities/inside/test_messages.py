"""What members say inside a community: written on its page, read by members, answered among them."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models import posts, timelines
from models.people.actors import Actor
from models.store.database import connection, transaction
from tests.outbox.communities.inside.sample_inside import share_listing
from tests.outbox.communities.sample_community import put_in, renew
from tests.sample_village import Village
from tests.web.pages.communities.conftest import Communities
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME = "/communautes/remorques"

PAGE = f"{HOME}/messages"


async def test_what_a_member_says_is_read_by_members_alone(
    alice: Browser, visitor: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village,
    communities: Communities,
) -> None:  # fmt: skip
    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.seen)
    hocine, nadia = await open_browser(lomme.hocine), await open_browser(lomme.admin)

    assert (await hocine.send(PAGE, {"text": " "}, form_on=PAGE)).status == 422
    said = await hocine.send(PAGE, {"text": "Qui a la clé du hangar ?"}, form_on=PAGE)

    assert said.location.startswith(f"{PAGE}?fait=")
    for path in (PAGE, HOME):
        words = (await alice.get(path)).words()
        assert "Qui a la clé du hangar ?" in words and "message privé" not in words
        assert "clé du hangar" not in (await nadia.get(path)).text + (await visitor.get(path)).text
    assert (await nadia.send(PAGE, {"text": "Moi"}, form_on=HOME)).status == 404


async def test_an_answer_to_all_is_for_members_and_says_so(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.seen)
    await alice.send(PAGE, {"text": "Qui a la clé ?"}, form_on=PAGE)
    async with connection(instance.pool) as conn:
        [entry] = await timelines.list_inside(conn, communities.seen.actor_id, lomme.hocine.id, timelines.Page(limit=5))
    hocine, path = await open_browser(lomme.hocine), f"/notes/{entry.post_id}"
    page = await hocine.get((await hocine.get(path)).location)
    assert "Les membres de la communauté" in page.words() and "Tout le monde" not in page.words()

    await hocine.send(f"{path}/repondre", {"message": "Moi, jusqu’à lundi", "audience": "tous"}, form_on=HOME)

    async with connection(instance.pool) as conn:
        written = await timelines.list_by_author(
            conn, lomme.hocine.id, lomme.alice.id, timelines.PostFilter(), timelines.Page(limit=1)
        )
        [answer] = await posts.list_by_ids(conn, [written[0].post_id])
    assert (answer.audience, answer.community_id) == ("community", communities.seen.actor_id)


async def test_a_question_under_a_listing_inside_is_for_members(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.seen)
        listing = await share_listing(conn, lomme.alice, communities.seen)
    hocine, path = await open_browser(lomme.hocine), f"/annonces/d/{listing.id}/repondre"

    await hocine.send(path, {"message": "Elle est large ?", "audience": "tous"}, form_on=HOME)

    async with connection(instance.pool) as conn:
        written = await timelines.list_by_author(
            conn, lomme.hocine.id, lomme.alice.id, timelines.PostFilter(), timelines.Page(limit=1)
        )
        [question] = await posts.list_by_ids(conn, [written[0].post_id])
    assert question.audience == "community"


async def test_who_did_not_say_yes_in_time_reads_and_does_not_write(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.seen)
        await renew(conn, lomme.alice, communities.seen)
        await conn.execute("UPDATE community_charter SET due_at = now() - interval '1 day' WHERE version = 2")
    hocine = await open_browser(lomme.hocine)

    assert "dites d’abord oui à la charte" in (await hocine.get(PAGE)).words()
    refused = await hocine.send(PAGE, {"text": "Bonjour à tous"}, form_on=HOME)

    assert refused.status == 422 and "Bonjour à tous" not in (await hocine.get(PAGE)).words()
