"""Polls on pages: their answers, a vote by one tap, the shares in words, and news of their end."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from federation.instance import Instance
from models.people.actors import Actor
from models.posts import Post
from models.posts.polls import polls
from models.posts.polls.polls import NewPoll
from models.store.database import connection, execute, fetch_column, transaction
from outbox.posts.notes import NoteDraft, answer, publish
from outbox.posts.poll_figures import end_polls
from outbox.posts.polls import PollDraft
from tests.factories import make_note
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.rendering.paths import note_path


async def make_poll(instance: Instance, lomme: Village, **changes: Any) -> Post:
    values: dict[str, Any] = {
        "options": ("Lundi", "<b>Mardi</b>"),
        "votes": (3, 1),
        "multiple": False,
        "voters": 4,
        "ends_at": datetime.now(UTC) + timedelta(days=1),
        "closed_at": None,
    } | changes
    async with transaction(instance.pool) as conn:
        post = await make_note(conn, lomme.bob, content="<p>Quel jour ?</p>")
        await polls.save_remote(conn, post.id, NewPoll(**values))
    return post


async def test_anybody_sees_the_answers_of_an_open_poll_and_no_figures(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    post = await make_poll(instance, lomme)

    page = await visitor.get(f"/notes/{post.id}")

    assert [one.text_content() for one in page.html.xpath("//main//ul[not(@role)]/li")] == ["Lundi", "<b>Mardi</b>"]
    assert not page.html.xpath("//progress") and not page.html.xpath("//form[starts-with(@action, '/sondages/')]")


async def test_a_member_votes_once_and_sees_the_shares_with_her_answer(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    post = await make_poll(instance, lomme)
    path = f"/notes/{post.id}"

    voted = await alice.send(f"/sondages/{post.id}", {"choice": "1"}, form_on=path)
    page = await alice.get(voted.location)
    again = await alice.send(f"/sondages/{post.id}", {"choice": "0"}, form_on=path)

    assert (voted.status, voted.location) == (303, f"{path}?fait=vote")
    shares = [" ".join(one.text_content().split()) for one in page.html.xpath("//li[progress]")]
    assert shares == ["Lundi3 voix, 60 %", "<b>Mardi</b> (votre réponse)2 voix, 40 %"]
    assert (again.status, again.location) == (303, path)
    async with connection(instance.pool) as conn:
        bodies = await fetch_column(conn, "SELECT body FROM activity WHERE body::text LIKE '%#votes/%'")
        assert await fetch_column(conn, "SELECT choice FROM poll_vote WHERE post_id = $1", post.id) == [1]
    [sent] = [msgspec.json.decode(body) for body in bodies]
    assert (sent["object"]["name"], sent["object"]["inReplyTo"]) == ("<b>Mardi</b>", post.uri)


async def test_nothing_chosen_is_said_and_not_sent(alice: Browser, lomme: Village, instance: Instance) -> None:
    post = await make_poll(instance, lomme, multiple=True)

    answer = await alice.send(f"/sondages/{post.id}", {}, form_on=f"/notes/{post.id}")
    page = await alice.get(answer.location)

    assert "Choisissez parmi les réponses du sondage." in page.text
    assert len(page.html.xpath("//input[@type='checkbox'][@name='choice']")) == 2


async def test_an_ended_poll_shows_its_shares_to_anybody_and_takes_no_vote(
    alice: Browser, visitor: Browser, lomme: Village, instance: Instance
) -> None:
    post = await make_poll(instance, lomme, ends_at=datetime.now(UTC) - timedelta(days=1))

    page = await visitor.get(f"/notes/{post.id}")
    late = await alice.send(f"/sondages/{post.id}", {"choice": "0"}, form_on=f"/notes/{post.id}")

    assert "Ce sondage est terminé." in page.text and "3 voix, 75\u00a0%" in page.text
    assert (late.status, late.location) == (303, f"/notes/{post.id}")


async def test_what_a_member_may_not_see_takes_no_vote(alice: Browser, lomme: Village, instance: Instance) -> None:
    post = await make_poll(instance, lomme)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = 'direct' WHERE id = $1", post.id)

    answer = await alice.send(f"/sondages/{post.id}", {"choice": "0"}, form_on=f"/notes/{lomme.distant_note.id}")

    assert answer.status == 404


async def ask(instance: Instance, lomme: Village, asker: Actor, **changes: Any) -> Post:
    """A poll of one of ours."""
    values: dict[str, Any] = {"options": ("Lundi", "Mardi"), "expires_in": 3600}
    draft = NoteDraft(text="Quel jour ?", audience="network", poll=PollDraft(**(values | changes)))
    async with transaction(instance.pool) as conn:
        return await publish(conn, instance.site, asker, draft)


async def test_one_tap_on_an_answer_votes_in_a_neighbours_poll(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    post = await ask(instance, lomme, lomme.hocine)
    path = note_path(instance.site, post)
    form = await alice.get(path)

    voted = await alice.send(f"/sondages/{post.id}", {"choice": "1"}, form_on=path)
    page = await alice.get(voted.location)

    buttons = form.html.xpath("//form[starts-with(@action, '/sondages/')]//button[@name='choice']")
    assert [(one.get("value"), one.text) for one in buttons] == [("0", "Lundi"), ("1", "Mardi")]
    assert "Touchez une réponse pour voter." in form.words()
    assert "Votre vote est compté." in page.words()
    shares = [" ".join(one.text_content().split()) for one in page.html.xpath("//li[progress]")]
    assert shares == ["Lundi0 voix, 0 %", "Mardi (votre réponse)1 voix, 100 %"]
    assert "1 personne a voté." in page.words()
    assert not page.html.xpath("//form[starts-with(@action, '/sondages/')]")


async def test_the_end_of_a_poll_is_told_with_its_hour(visitor: Browser, lomme: Village, instance: Instance) -> None:
    post = await ask(instance, lomme, lomme.hocine)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE poll SET ends_at = '2030-05-09 12:05:00+00'")

    page = await visitor.get(note_path(instance.site, post))

    assert "Ouvert jusqu’au jeudi 9 mai 2030, 14 h 05." in page.words()


async def test_whoever_asks_sees_the_figures_and_may_not_vote(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    post = await ask(instance, lomme, lomme.alice)
    path = note_path(instance.site, post)

    page = await alice.get(path)
    tried = await alice.send(f"/sondages/{post.id}", {"choice": "0"}, form_on=path)

    assert len(page.html.xpath("//li[progress]")) == 2
    assert not page.html.xpath("//form[starts-with(@action, '/sondages/')]")
    assert (tried.status, tried.location) == (303, path)
    async with connection(instance.pool) as conn:
        assert await fetch_column(conn, "SELECT votes FROM poll") == [[0, 0]]


async def test_hidden_figures_wait_for_the_end_and_the_page_says_so(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    post = await ask(instance, lomme, lomme.hocine, hide_totals=True)
    path = note_path(instance.site, post)
    await alice.send(f"/sondages/{post.id}", {"choice": "1"}, form_on=path)

    page = await alice.get(path)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE poll SET ends_at = now() - interval '1 second'")
    over = await alice.get(path)

    assert "Le résultat se voit à la fin." in page.words() and not page.html.xpath("//progress")
    assert "(votre réponse)" in page.words()
    assert "Ce sondage est terminé." in over.words() and len(over.html.xpath("//progress")) == 2


async def test_the_end_of_a_poll_is_news_to_whoever_asked_and_to_whoever_voted(
    alice: Browser, lomme: Village, instance: Instance, open_browser: Callable[[Actor], Awaitable[Browser]]
) -> None:
    post = await ask(instance, lomme, lomme.hocine)
    path = note_path(instance.site, post)
    await alice.send(f"/sondages/{post.id}", {"choice": "1"}, form_on=path)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE poll SET ends_at = now() - interval '1 second'")
    await end_polls(instance)

    for browser, words in ((alice, "Un sondage de Hocine"), (await open_browser(lomme.hocine), "Votre sondage")):
        page = await browser.get("/notifications")
        assert f"{words} est terminé" in page.words()
        assert page.html.xpath(f"//main//a[@href='{path}']")


async def test_a_poll_in_an_answer_is_voted_in_where_the_answer_stands(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    draft = PollDraft(options=("Samedi", "Dimanche"), expires_in=3600)
    async with transaction(instance.pool) as conn:
        asking = NoteDraft(text="Quand est-elle libre ?", audience="network", poll=draft)
        asked = await answer(conn, instance.site, lomme.hocine, lomme.tent.post, asking)

    page = await alice.get(lomme.tent.post.url.removeprefix(instance.site.url))

    [form] = page.html.xpath(f"//li[@id='r{asked.id}']//form[@action='/sondages/{asked.id}']")
    assert [one.text for one in form.xpath(".//button")] == ["Samedi", "Dimanche"]


async def test_a_poll_in_a_private_message_stands_in_its_thread(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    thread = await instance.pool.fetchrow(
        "SELECT id, last_id FROM exchange WHERE listing_id = $1 AND partner_id = $2", lomme.tent.id, lomme.bob.id
    )
    assert thread is not None
    asked = NewPoll(options=("Oui", "Non"), votes=(0, 0), multiple=False, voters=0, ends_at=None, closed_at=None)
    async with transaction(instance.pool) as conn:
        await polls.save_remote(conn, lomme.message.id, asked)

    page = await alice.get(f"/echanges/{thread['id']}")

    [form] = page.html.xpath(f"//li[@id='r{lomme.message.id}']//form[@action='/sondages/{lomme.message.id}']")
    assert [one.text for one in form.xpath(".//button")] == ["Oui", "Non"]
