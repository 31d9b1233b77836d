"""Profiles say how many exchanges both sides confirm, and show the thanks that all may read, as the member likes."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models import posts
from models.exchanges import agreements
from models.people.actors import Actor
from models.relations.blocking import mutes
from models.store.database import connection, execute, fetch_value, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.agreements.thanks import ThanksNote, keep_thanks, thank
from outbox.threads.agreement_context import find_context
from tests import sample_threads
from tests.factories import make_note
from tests.sample_threads import SampleThreads, said
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def say(instance: Instance, lomme: Village, made: SampleThreads, text: str, *, public: bool = True) -> None:
    """Alice thanks Hocine."""
    async with transaction(instance.pool) as conn:
        await thank(conn, lomme.site, lomme.alice, made.drill, ThanksNote(text=text, public=public))


async def test_the_count_is_of_confirmed_exchanges_and_none_is_not_said(
    visitor: Browser, lomme: Village, made: SampleThreads
) -> None:
    assert "1 échange confirmé" in (await visitor.get("/@hocine")).words()
    assert "1 échange confirmé" in (await visitor.get("/@alice")).words()
    for handle in ("nadia", "bob@henin.test"):
        assert "confirmé" not in (await visitor.get(f"/@{handle}")).words()


async def test_of_somebody_elsewhere_only_what_we_hold_counts(
    visitor: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async with transaction(instance.pool) as conn:
        held = await accept(conn, lomme.site, lomme.alice, made.tent)
        await report(conn, lomme.site, lomme.alice, held, "back")
        await report(conn, lomme.site, lomme.bob, held, "back", said(lomme.bob))

    assert "1 échange confirmé avec quelqu’un d’ici" in (await visitor.get("/@bob@henin.test")).words()
    assert "2 échanges confirmés" in (await visitor.get("/@alice")).words()


async def test_public_thanks_stand_there_with_their_words_and_private_ones_do_not(
    visitor: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    await say(instance, lomme, made, "Elle perce tout !")
    async with transaction(instance.pool) as conn:
        await thank(conn, lomme.site, lomme.hocine, made.drill, ThanksNote(text="Rendue bien propre."))

    page = await visitor.get("/@hocine")
    [line] = page.html.xpath("//section[@aria-labelledby='mercis']//li")
    assert " ".join(line.text_content().split()).startswith("Elle perce tout ! Maryse, Perceuse à percussion")
    assert line.xpath(".//a/@href")[0] == "/@alice"
    for browser in (visitor, await open_browser(lomme.alice)):
        assert "Rendue bien propre" not in (await browser.get("/@alice")).text


async def test_she_hides_thanks_from_her_page_and_shows_them_again(
    visitor: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    await say(instance, lomme, made, "Elle perce tout !")
    hocine = await open_browser(lomme.hocine)
    [id] = (await hocine.get("/@hocine")).html.xpath("//input[@name='thanks']/@value")

    hidden = await hocine.send("/moi/mercis/cacher", {"thanks": id}, form_on="/@hocine")
    then = (await visitor.get("/@hocine")).words()
    own = await hocine.get(hidden.location.partition("#")[0])
    await hocine.send("/moi/mercis/montrer", {"thanks": id}, form_on="/@hocine")

    assert "Elle perce tout" not in then and "Montrer sur ma page" in own.words()
    assert "ce merci n’est plus sur votre page" in own.words()
    assert "Elle perce tout" in (await visitor.get("/@hocine")).words()


async def test_nobody_hides_the_thanks_of_others(
    alice: Browser, visitor: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    await say(instance, lomme, made, "Elle perce tout !")
    async with connection(instance.pool) as conn:
        id = await fetch_value(conn, "SELECT event_id FROM thanks")

    answer = await alice.send("/moi/mercis/cacher", {"thanks": str(id)}, form_on="/@alice")

    assert answer.status == 404
    assert "Elle perce tout" in (await visitor.get("/@hocine")).words()


async def test_what_readers_do_not_want_or_may_not_see_is_not_there(
    open_browser: OpenBrowser, visitor: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    await say(instance, lomme, made, "Elle perce tout !")
    nadia = await open_browser(lomme.admin)
    assert "Elle perce tout" in (await nadia.get("/@hocine")).words()

    async with transaction(instance.pool) as conn:
        await mutes.save(conn, actor_id=lomme.admin.id, target_id=lomme.alice.id)
    assert "Elle perce tout" not in (await nadia.get("/@hocine")).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = 'coop' WHERE id = $1", lomme.drill.id)
    assert "Elle perce tout" not in (await visitor.get("/@hocine")).words()


async def test_thanks_taken_back_and_of_people_who_are_gone_leave_the_page(
    visitor: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    await say(instance, lomme, made, "Elle perce tout !")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", lomme.alice.id)
    assert "Elle perce tout" not in (await visitor.get("/@hocine")).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = NULL WHERE id = $1", lomme.alice.id)
        await posts.delete(conn, await fetch_value(conn, "SELECT post_id FROM thanks"))

    assert "mercis" not in (await visitor.get("/@hocine")).text


async def test_what_a_server_elsewhere_wrote_is_shown_clean(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        asked = await request(conn, lomme.site, lomme.bob, lomme.tent, sample_threads.days(3, 4), said(lomme.bob))
        held = await accept(conn, lomme.site, lomme.alice, asked)
        await report(conn, lomme.site, lomme.alice, held, "back")
        await report(conn, lomme.site, lomme.bob, held, "back", said(lomme.bob))
        note = await make_note(conn, lomme.bob, content="<p>Merci pour la <b>tente</b> !</p>", audience="network")
        await keep_thanks(conn, await find_context(conn, await agreements.get(conn, held.id)), lomme.bob, note)

    page = await visitor.get("/@alice")

    assert "Merci pour la tente ! Léonie, Tente 4 places" in page.words()
    assert page.html.xpath("//section[@aria-labelledby='mercis']//a/@href")[0] == "/@bob@henin.test"
