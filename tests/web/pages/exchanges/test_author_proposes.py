"""The author of a listing proposes terms to somebody who wrote without asking: a member, or a Mastodon account."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from inbox.processing.dispatch import apply
from models.exchanges import agreements
from models.exchanges.exchanges import Exchange
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from outbox.posts import notes
from tests import sample_threads
from tests.inbox.handlers.activities import by, note_by
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.exchanges.test_proposals import day

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

BUTTON = "//a[contains(@href, '/proposer')]"


async def write_to_alice(instance: Instance, lomme: Village, partner: Actor) -> Exchange:
    """Somebody of ours asks in words only."""
    async with transaction(instance.pool) as conn:
        await notes.reply(conn, lomme.site, partner, lomme.tent.post, "Elle est libre en mai ?", audience="direct")
        return await sample_threads.find_thread(conn, lomme.tent, partner)


@pytest.fixture
async def dora(instance: Instance, lomme: Village) -> Actor:
    """Léonie as somebody with only a Mastodon account."""
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET territory_uri = NULL, implements = '{}' WHERE NOT local")
        await execute(conn, "UPDATE server SET software = 'mastodon'")
        return await actors.get(conn, lomme.bob.id)


async def test_a_member_is_proposed_dates_and_says_yes(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    thread = await write_to_alice(instance, lomme, lomme.hocine)
    hocine, path = await open_browser(lomme.hocine), f"/echanges/{thread.id}"
    page = await alice.get(path)
    (link,) = page.html.xpath(BUTTON)
    assert (" ".join(link.text_content().split()), link.get("href")) == ("Proposer des dates", f"{path}/proposer")
    picker = await alice.get(f"{path}/proposer")
    assert "À partir de quel jour ?" in picker.words()

    fields = {"first_day": day(3), "last_day": day(5), "place": "À La Remise", "message": "Avec plaisir !"}
    answer = await alice.send(f"{path}/proposer", fields, form_on="/publier")

    assert answer.location == f"{path}?fait=proposed"
    seen = await hocine.get(path)
    assert "Avec plaisir !" in seen.words() and "à vous de répondre" in seen.words()
    assert "Maryse fait une proposition : du " in seen.words() and "autre chose :" not in seen.words()
    assert not (await alice.get(path)).html.xpath(f"{BUTTON}[not(contains(@class, 'agreement'))][contains(., 'dates')]")
    async with connection(instance.pool) as conn:
        held = await agreements.get_latest(conn, thread.id)
    assert held is not None and (held.state, held.proposed_by, held.place) == (
        "countered", lomme.alice.id, "À La Remise",
    )  # fmt: skip
    await hocine.send(
        f"{path}/accord", {"agreement": str(held.id), "act": "accept", "offer": held.offer_uri}, form_on=path
    )
    assert "vous êtes d’accord" in (await alice.get(path)).words()


async def test_a_mastodon_account_reads_it_in_words_and_the_thread_says_it_once(
    alice: Browser, instance: Instance, lomme: Village, dora: Actor
) -> None:
    async with connection(instance.pool) as conn:
        thread = await sample_threads.find_thread(conn, lomme.tent, dora)
    path = f"/echanges/{thread.id}"
    fields = {"first_day": day(3), "last_day": day(5), "place": "À La Remise", "message": "Avec plaisir, Léonie !"}

    answer = await alice.send(f"{path}/proposer", fields, form_on=path)

    page = await alice.get(answer.location)
    words = page.words()
    assert words.count("Avec plaisir, Léonie !") == 1 and "Vous faites une proposition : du " in words
    assert "Répondez « oui »" not in words and "/accord/" not in page.html.xpath(
        "string(//ol[contains(@class,'thread')])"
    )
    assert "En route" in words, "how far it has come stands at the event"
    async with connection(instance.pool) as conn:
        row = await conn.fetchrow("SELECT uri, content FROM post WHERE audience = 'direct' ORDER BY id DESC LIMIT 1")
        assert row is not None
        sent = await conn.fetchval("SELECT body FROM activity WHERE object_uri = $1", row["uri"])
    assert "Avec plaisir, Léonie !" in row["content"] and "/accord/" in sent
    assert "/accord/" not in row["content"], "the link is for Dora alone"

    async with transaction(instance.pool) as conn:
        mention = {"type": "Mention", "href": lomme.alice.uri, "name": "@alice@lomme.test"}
        note = note_by(dora, to=[lomme.alice.uri], tag=[mention], inReplyTo=row["uri"], content="<p>@alice Oui !</p>")
        await apply(conn, lomme.site, dora, by(dora, "Create", note, to=[lomme.alice.uri]))
    agreed = (await alice.get(path)).words()
    assert "Léonie dit oui : c’est d’accord." in agreed and "Oui !" in agreed
    assert agreed.count("nous sommes d’accord") == 1, "what was confirmed to her in Alice's name is shown"


async def test_what_is_wrong_comes_back_with_what_was_typed(alice: Browser, instance: Instance, lomme: Village) -> None:
    thread = await write_to_alice(instance, lomme, lomme.hocine)

    answer = await alice.send(
        f"/echanges/{thread.id}/proposer",
        {"first_day": day(5), "last_day": day(3), "note": "Sèche."},
        form_on="/publier",
    )

    assert answer.status == 422
    assert answer.html.xpath("//div[@id='erreurs']//a/@href") == ["#last_day"]
    assert answer.html.xpath("string(//textarea[@name='note'])").strip() == "Sèche."


async def test_nothing_is_proposed_beside_what_goes_on_or_to_whom_asks_herself(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with connection(instance.pool) as conn:
        theirs = await sample_threads.find_thread(conn, lomme.tent, lomme.bob)
    other = await alice.get(f"/echanges/{theirs.id}/proposer")
    page = await alice.get(f"/echanges/{theirs.id}")
    assert not page.html.xpath(BUTTON) and "c’est Léonie qui demande depuis l’annonce" in page.words()
    assert "Cette personne peut demander elle-même" in other.words() and not other.html.xpath(
        "//input[@name='first_day']"
    )

    async with transaction(instance.pool) as conn:
        made = await sample_threads.build(conn, lomme)
    path = f"/echanges/{made.wanted.exchange_id}"
    assert not (await alice.get(path)).html.xpath(f"{BUTTON}[contains(., 'Proposer un accord')]")
    answer = await alice.send(f"{path}/proposer", {"first_day": day(2), "last_day": day(3)}, form_on="/publier")
    assert answer.status == 422 and "Une proposition est déjà en cours" in answer.words()


async def test_only_its_author_proposes(open_browser: OpenBrowser, instance: Instance, lomme: Village) -> None:
    thread = await write_to_alice(instance, lomme, lomme.hocine)
    hocine, nadia = await open_browser(lomme.hocine), await open_browser(lomme.admin)

    assert not (await hocine.get(f"/echanges/{thread.id}")).html.xpath(BUTTON)
    for stranger in (hocine, nadia):
        assert (await stranger.get(f"/echanges/{thread.id}/proposer")).status == 404


async def test_whom_one_blocks_is_proposed_nothing(alice: Browser, instance: Instance, lomme: Village) -> None:
    thread = await write_to_alice(instance, lomme, lomme.hocine)
    path = f"/echanges/{thread.id}"
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE username = 'hocine'")

    assert not (await alice.get(path)).html.xpath(BUTTON)
    answer = await alice.send(f"{path}/proposer", {"first_day": day(2), "last_day": day(3)}, form_on="/publier")
    assert answer.status == 422 and "Vous ne pouvez plus vous écrire ici." in answer.words()
