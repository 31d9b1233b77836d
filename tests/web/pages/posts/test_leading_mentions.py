"""Names in front of what others wrote: not said again to those who read it under a listing, in a thread or in news."""

from federation.instance import Instance
from federation.texts.html_cleaner import link_mention
from models import posts
from models.exchanges import exchanges
from models.news import notifications
from models.posts import Post
from models.store.database import connection, transaction
from tests.factories import make_note
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.news.leading_mentions import strip_leading_mentions

PLAIN = "<p>@alice@lomme.test Elle ferme bien ? Voyez avec @hocine@lomme.test</p>"


async def ask(instance: Instance, lomme: Village, content: str, audience: str) -> Post:
    """Bob, elsewhere, writes about the tent."""
    async with transaction(instance.pool) as conn:
        post = await make_note(
            conn,
            lomme.bob,
            audience=audience,
            in_reply_to_uri=lomme.tent.post.uri,
            mention_ids=(lomme.alice.id,),
            content=content,
        )
        await notifications.notify(
            conn, recipient_id=lomme.alice.id, type="mention", actor_id=lomme.bob.id, post_id=post.id
        )
    return post


async def test_a_public_question_begins_with_its_first_word(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    await ask(instance, lomme, PLAIN, "network")

    page = await visitor.get(lomme.tent.post.url.removeprefix("http://lomme.test"))

    assert "@alice@lomme.test Elle" not in page.words()
    assert "Elle ferme bien ? Voyez avec @hocine@lomme.test" in page.words()


async def test_a_message_in_a_thread_begins_with_its_first_word(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    await ask(instance, lomme, f"<p>{link_mention(lomme.alice.uri, 'alice')} Je peux passer ?</p>", "direct")
    async with connection(instance.pool) as conn:
        thread = await exchanges.find(conn, listing_id=lomme.tent.id, partner_id=lomme.bob.id)
    assert thread is not None

    page = await alice.get(f"/echanges/{thread.id}")

    assert "Je peux passer ?" in page.words() and "@alice Je" not in page.words()


async def test_news_of_a_note_begin_with_its_first_word(alice: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        post = await make_note(
            conn, lomme.bob, mention_ids=(lomme.alice.id,), content="<p>@alice@lomme.test Bonjour</p><p>et merci.</p>"
        )
        await notifications.notify(
            conn, recipient_id=lomme.alice.id, type="mention", actor_id=lomme.bob.id, post_id=post.id
        )

    page = await alice.get("/notifications")

    assert "Bonjour et merci." in page.words() and "@alice@lomme.test Bonjour" not in page.words()


async def test_only_names_of_those_to_whom_it_is_said_are_left_out(lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        named = await make_note(conn, lomme.bob, content="<p>@alice@lomme.test a raison</p>")
        other = await make_note(
            conn, lomme.bob, mention_ids=(lomme.hocine.id,), content="<p>@alice@lomme.test bonjour</p>"
        )
        shown = await strip_leading_mentions(conn, await posts.list_by_ids(conn, [named.id, other.id]))

    assert {post.content for post in shown} == {named.content, other.content}
