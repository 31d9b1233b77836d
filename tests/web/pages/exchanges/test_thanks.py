"""A few words at the end of an exchange, from the form to both pages, and for all where one chooses so."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from web.rendering.paths import listing_path

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def thank(browser: Browser, made: SampleThreads, **fields: str) -> Page:
    path = f"/echanges/{made.drill.exchange_id}"
    return await browser.send(f"{path}/merci", {"agreement": str(made.drill.id), **fields}, form_on=path)


async def count(instance: Instance) -> int:
    async with connection(instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM thanks"))


async def test_both_read_the_words_and_the_form_is_gone(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, made: SampleThreads
) -> None:
    hocine, path = await open_browser(lomme.hocine), f"/echanges/{made.drill.exchange_id}"
    assert "Un mot de merci pour Hocine ?" in (await alice.get(path)).words()

    answer = await thank(alice, made, thanks="Elle perce tout. <b>Merci</b> !")

    assert answer.location == f"{path}?fait=thanked"
    own, theirs = await alice.get(answer.location), await hocine.get(path)
    assert "Votre merci est parti." in own.words() and "Vous dites merci." in own.words()
    assert "Un mot de merci pour" not in own.words()
    assert "Maryse vous dit merci." in theirs.words() and "Elle perce tout. <b>Merci</b> !" in theirs.words()
    assert own.text.count("Elle perce tout") == 1, "not once more as a message"
    assert "Un mot de merci pour Maryse ?" in theirs.words(), "she may thank too"


async def test_what_the_thread_tells_does_not_stand_below_the_listing_once_more(
    alice: Browser, lomme: Village, made: SampleThreads
) -> None:
    await thank(alice, made, thanks="Elle perce tout.")

    page = await alice.get(listing_path(lomme.site, lomme.drill))

    assert "Votre échange avec Hocine" in page.words()
    assert "Elle perce tout" not in page.text and "c’est rendu" not in page.text
    assert "Vos messages" not in page.words()


async def test_who_was_thanked_is_told_once_and_who_thanks_never(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, made: SampleThreads
) -> None:
    hocine = await open_browser(lomme.hocine)
    await hocine.get(f"/echanges/{made.drill.exchange_id}")
    await alice.get(f"/echanges/{made.drill.exchange_id}")

    await thank(alice, made, thanks="Merci !", public="1")

    told = await hocine.get("/notifications")
    links = told.html.xpath("//main//section//a/@href")
    assert links.count(f"/echanges/{made.drill.exchange_id}") == 1 and "Maryse vous remercie" in told.words()
    assert "Maryse vous a écrit" not in told.words()
    assert "remercie" not in (await alice.get("/notifications")).words()


async def test_for_all_only_where_one_says_so(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    anybody = await open_browser(None)
    listing = lomme.drill.post.url.removeprefix(lomme.site.url)

    await thank(alice, made, thanks="Belle perceuse !", public="1")

    assert "Belle perceuse !" in (await anybody.get(listing)).words()
    page = await alice.get(f"/echanges/{made.drill.exchange_id}")
    assert "Vous dites merci, et tous peuvent le lire." in page.words()


async def test_private_words_stand_nowhere_else(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, made: SampleThreads
) -> None:
    anybody, nadia = await open_browser(None), await open_browser(lomme.admin)
    listing = lomme.drill.post.url.removeprefix(lomme.site.url)

    await thank(alice, made, thanks="Rien qu’entre nous.")

    for browser in (anybody, nadia):
        for path in (listing, "/@hocine", "/@hocine?reponses", "/@alice?reponses"):
            assert "Rien qu’entre nous" not in (await browser.get(path)).text


async def test_a_listing_for_some_offers_no_public_thanks_and_refuses_forged_ones(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = 'coop' WHERE id = $1", lomme.drill.id)
    page = await alice.get(f"/echanges/{made.drill.exchange_id}")

    answer = await thank(alice, made, thanks="Merci !", public="1")

    assert page.html.xpath("//input[@name='public']") == []
    assert (answer.status, await count(instance)) == (422, 0)
    assert "ce merci reste entre vous deux" in answer.words()


async def test_what_was_typed_comes_back(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    empty, long = await thank(alice, made, thanks="  "), await thank(alice, made, thanks="a" * 2001, public="1")

    assert (empty.status, long.status, await count(instance)) == (422, 422, 0)
    assert "Écrivez un mot de merci." in empty.words()
    assert long.html.xpath("string(//textarea[@name='thanks'])").strip() == "a" * 2001
    assert long.html.xpath("//input[@name='public']/@checked") == ["checked"]


async def test_too_early_twice_and_for_others_says_why(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    early = await alice.send(f"{path}/merci", {"agreement": str(made.tent.id), "thanks": "Merci !"}, form_on=path)
    mixed = await alice.send(f"{path}/merci", {"agreement": str(made.drill.id), "thanks": "Merci !"}, form_on=path)
    await thank(alice, made, thanks="Merci !")
    twice = await thank(alice, made, thanks="Merci encore !")

    assert early.status == 422 and "le merci vient après" in early.words()
    assert mixed.status == 404
    assert twice.status == 422 and "déjà dit merci" in twice.words()
    assert await count(instance) == 1


async def test_a_second_tap_is_the_first_one(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    first, second = await thank(alice, made, thanks="Merci !"), await thank(alice, made, thanks="Merci !")

    assert (first.status, second.status, second.location) == (303, 303, first.location)
    assert await count(instance) == 1


async def test_strangers_find_nothing(
    open_browser: OpenBrowser, lomme: Village, instance: Instance, made: SampleThreads
) -> None:
    nadia = await open_browser(lomme.admin)
    path = f"/echanges/{made.drill.exchange_id}/merci"

    answer = await nadia.send(path, {"agreement": str(made.drill.id), "thanks": "Merci !"}, form_on="/@nadia")

    assert (answer.status, await count(instance)) == (404, 0)


async def test_words_typed_into_a_session_that_ended_come_back_after_log_in(
    alice: Browser, instance: Instance, made: SampleThreads
) -> None:
    path = f"/echanges/{made.drill.exchange_id}"
    token = (await alice.get(path)).html.xpath("string(//input[@name='csrf_token']/@value)")
    async with transaction(instance.pool) as conn:
        await execute(conn, "DELETE FROM session")

    fields = {"csrf_token": token, "agreement": str(made.drill.id), "thanks": "Perceuse parfaite."}
    headers = {"Accept": "text/html", "Accept-Language": "fr", "Sec-Fetch-Site": "same-origin"}
    answer = await alice.read(await alice.client.post(f"{path}/merci", data=fields, headers=headers))

    assert (answer.status, await count(instance)) == (403, 0)
    assert "Rien n’est perdu" in answer.words() and "Perceuse parfaite." in answer.words()
