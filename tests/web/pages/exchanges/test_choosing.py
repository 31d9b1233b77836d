"""Several want the same thing: side by side with their words, one is chosen after a warning, the others may stay."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.agreements import Agreement, Terms
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import cancel
from outbox.threads.agreement_context import Said
from outbox.threads.messages import Words, write
from tests.factories import make_listing, make_member, make_remote_actor
from tests.outbox.sent_activities import list_sent
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


class Sofa:
    """Maryse gives a sofa; Hocine, Nadia and Rose ask for it, and Paul only writes."""

    def __init__(self, instance: Instance, village: Village) -> None:
        self.instance, self.village = instance, village

    async def begin(self) -> None:
        """They ask."""
        site = self.village.site
        async with transaction(self.instance.pool) as conn:
            self.rose, self.paul = await make_member(conn, "rose"), await make_member(conn, "paul")
            url = f"{site.url}/annonces/5f0c9d1e-0000-4000-8000-000000000001"
            self.listing: Listing = await make_listing(
                conn, self.village.alice, mode="gift", title="Canapé", post={"url": url}
            )
            self.path = url.removeprefix(site.url)
            people = (self.village.hocine, self.village.admin, self.rose)
            self.asked: list[Agreement] = [
                await request(conn, site, one, self.listing, Terms(), Said(text=f"Pour le salon de {one.username}."))
                for one in people
            ]
            thread = await exchanges.open(
                conn, listing_id=self.listing.id, owner_id=self.village.alice.id, partner_id=self.paul.id
            )
            await write(conn, site, self.paul, thread, Words(text="Bonjour, il passe par la porte ?"))
            self.talk = thread.id

    async def states(self) -> dict[int, str]:
        """Who stands on the list, and how."""
        async with connection(self.instance.pool) as conn:
            return {one.actor_id: one.state for one in await reserves.list_places(conn, self.listing.id)}


@pytest.fixture
async def sofa(instance: Instance, lomme: Village) -> Sofa:
    """Four answers."""
    made = Sofa(instance, lomme)
    await made.begin()
    return made


async def test_the_answers_stand_side_by_side_with_their_words(alice: Browser, sofa: Sofa) -> None:
    page = await alice.get(sofa.path)

    cards = page.html.xpath("//section[@aria-labelledby='echanges']//ul[@class='compare']/li")
    assert len(cards) == 4 and "4 personnes vous ont répondu" in page.words()
    for name in ("hocine", "nadia", "rose"):
        assert f"Pour le salon de {name}." in page.words()
    assert "Bonjour, il passe par la porte ?" in page.words()
    links = page.html.xpath("//section[@aria-labelledby='echanges']//a[contains(@class, 'primary')]/@href")
    assert sorted(links) == sorted(f"/echanges/{one.exchange_id}/choisir" for one in sofa.asked)
    compared = await alice.get(f"/annonces/d/{sofa.listing.id}/reponses")
    assert len(compared.html.xpath("//ul[@class='compare']/li")) == 4 and compared.status == 200
    assert "3 personnes l’aimeraient : à vous de choisir" in (await alice.get("/chez-moi")).words()


async def test_where_several_ask_the_one_next_step_leads_to_all_of_them(alice: Browser, sofa: Sofa) -> None:
    page = await alice.get(sofa.path)

    (step,) = page.html.xpath("//section[@aria-labelledby='gerer']//a[contains(@class, 'primary')]")
    assert " ".join(step.text_content().split()) == "Choisir parmi les 3 demandes"
    assert step.get("href") == f"/annonces/d/{sofa.listing.id}/reponses"


async def test_one_is_chosen_after_a_warning_and_all_others_read_why(
    alice: Browser, open_browser: OpenBrowser, sofa: Sofa
) -> None:
    chosen = sofa.asked[0]
    path = f"/echanges/{chosen.exchange_id}/choisir"
    thread = await alice.get(f"/echanges/{chosen.exchange_id}")
    assert thread.html.xpath(f"//a[@href='{path}']") and not thread.html.xpath("//input[@value='accept']")

    page = await alice.get(path)
    assert "Nous dirons gentiment aux 3 autres que quelqu’un a été choisi." in page.words()
    assert "Quelqu’un d’autre a été choisi. Merci d’avoir répondu !" in page.words()
    assert (await sofa.states()) == {}, "nothing is said by looking"
    done = await alice.send(path, {"offer": chosen.offer_uri, "others": "Bonne chance !"}, form_on=path)

    assert done.status == 303
    assert await sofa.states() == {
        sofa.village.admin.id: "offered",
        sofa.rose.id: "offered",
        sofa.paul.id: "offered",
    }
    rose = await open_browser(sofa.rose)
    there = await rose.get(f"/echanges/{sofa.asked[2].exchange_id}")
    assert "Merci d’avoir répondu !" in there.words() and "Bonne chance !" in there.words()
    assert "Rester sur la liste de réserve ?" in there.words()
    talker = await (await open_browser(sofa.paul)).get(f"/echanges/{sofa.talk}")
    assert "Bonne chance !" in talker.words() and "Rester sur la liste" in talker.words()


async def test_a_second_tap_tells_nobody_again(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, sofa: Sofa
) -> None:
    chosen = sofa.asked[0]
    path = f"/echanges/{chosen.exchange_id}/choisir"
    form = {"offer": chosen.offer_uri, "others": "Bonne chance !"}
    await alice.send(path, form, form_on=path)
    talk = f"/echanges/{sofa.talk}"
    paul = await open_browser(sofa.paul)
    await paul.send(f"{talk}/liste", {"act": "leave"}, form_on=talk)

    again = await alice.send(path, form, form_on=path)

    assert again.status == 303 and sofa.paul.id not in await sofa.states()
    async with connection(instance.pool) as conn:
        thread = await exchanges.get_for(conn, sofa.talk, sofa.paul.id)
        messages = exchanges.list_ids(await exchanges.list_entries(conn, thread.id), "message")
    assert len(messages) == 2, "her word, and one answer"


async def test_the_first_of_very_many_can_be_chosen_too(alice: Browser, instance: Instance, sofa: Sofa) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(100):
            other = await make_remote_actor(conn, f"more{number}")
            await exchanges.open(conn, listing_id=sofa.listing.id, owner_id=sofa.village.alice.id, partner_id=other.id)

    page = await alice.get(f"/echanges/{sofa.asked[0].exchange_id}/choisir")

    assert page.status == 200 and "Choisir Hocine" in page.words()


async def test_what_is_promised_is_not_said_to_be_free_for_others(
    alice: Browser, instance: Instance, sofa: Sofa
) -> None:
    async with transaction(instance.pool) as conn:
        await accept(conn, sofa.village.site, sofa.village.alice, sofa.asked[0])

    page = await alice.get(sofa.path)

    assert "Ouvrir l’échange avec" in page.words() and "Rendre disponible" not in page.words()


async def test_who_stays_sees_her_place_and_the_giver_the_list_that_goes_on(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, sofa: Sofa
) -> None:
    site, chosen = sofa.village.site, sofa.asked[0]
    async with transaction(instance.pool) as conn:
        await accept(conn, site, sofa.village.alice, chosen)
    rose, nadia = await open_browser(sofa.rose), await open_browser(sofa.village.admin)
    for browser, held in ((rose, sofa.asked[2]), (nadia, sofa.asked[1])):
        path = f"/echanges/{held.exchange_id}"
        await browser.send(f"{path}/liste", {"act": "stay"}, form_on=path)
    assert "Vous êtes à la place 2 sur la liste" in (await rose.get(f"/echanges/{sofa.asked[2].exchange_id}")).words()
    assert "2 personnes sont sur la liste de réserve" in (await alice.get(sofa.path)).words()

    async with transaction(instance.pool) as conn:
        await cancel(conn, site, sofa.village.hocine, chosen)
    assert "La liste avance" in (await alice.get(sofa.path)).words()
    page = await nadia.get(f"/echanges/{sofa.asked[1].exchange_id}")
    assert "« Canapé » est de nouveau libre : le voulez-vous toujours ?" in page.words()
    assert "C’est votre tour : répondez avant le" in page.words()
    assert page.html.xpath("//input[@name='act']/@value").count("refuse") == 1
    assert not page.html.xpath("//input[@value='withdraw' or @value='leave']"), "one way to say no"
    asked = await nadia.get(f"/annonces/d/{sofa.listing.id}/prevenir")
    assert asked.html.xpath(f"//main//a[@href='/echanges/{sofa.asked[1].exchange_id}']")
    assert not asked.html.xpath("//input[@value='leave']"), "she says so where she is asked"
    await alice.send(f"/annonces/d/{sofa.listing.id}/liste", {"person": str(sofa.rose.id)}, form_on=sofa.path)

    assert await sofa.states() == {sofa.village.admin.id: "waiting", sofa.rose.id: "called"}
    left = await nadia.send(
        f"/echanges/{sofa.asked[1].exchange_id}/liste",
        {"act": "leave"},
        form_on=f"/echanges/{sofa.asked[1].exchange_id}",
    )
    assert left.status == 303 and await sofa.states() == {sofa.rose.id: "called"}


async def test_nobody_chooses_for_another_or_what_is_no_longer_asked(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, sofa: Sofa
) -> None:
    held = sofa.asked[0]
    hocine = await open_browser(sofa.village.hocine)
    assert (await hocine.get(f"/echanges/{held.exchange_id}/choisir")).status == 404
    assert (await hocine.get(f"/annonces/d/{sofa.listing.id}/reponses")).status == 404
    form = {"person": str(sofa.rose.id)}
    assert (await hocine.send(f"/annonces/d/{sofa.listing.id}/liste", form)).status == 404
    async with transaction(instance.pool) as conn:
        await accept(conn, sofa.village.site, sofa.village.alice, sofa.asked[1])

    late = await alice.send(f"/echanges/{held.exchange_id}/choisir", {"offer": held.offer_uri, "others": "Mon mot"})

    assert late.status == 422 and "a été refusée" in late.words()
    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, sofa.asked[1].id)).state == "agreed"


async def test_a_borrower_waits_for_days_and_leaves_again(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    hocine = await open_browser(lomme.hocine)
    path = f"/annonces/d/{lomme.tent.id}/prevenir"

    free = await hocine.send(path, {"first_day": "13/05/2027", "last_day": "2027-05-14"}, form_on=path)
    assert free.status == 422 and "Ces jours sont libres" in free.words() and "2027-05-14" in free.text
    assert (await hocine.send(path, {}, form_on=path)).status == 303
    waits = await hocine.get(path)
    assert "Quitter la liste" in waits.words()
    async with connection(instance.pool) as conn:
        assert [one.actor_id for one in await reserves.list_places(conn, lomme.tent.id)] == [lomme.hocine.id]
    await hocine.send(path, {"act": "leave"}, form_on=path)
    async with connection(instance.pool) as conn:
        assert await reserves.list_places(conn, lomme.tent.id) == []


async def test_what_another_cooperative_lends_is_waited_for_from_here(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    listing, path = f"/annonces/d/{lomme.sewing.id}", f"/annonces/d/{lomme.sewing.id}/prevenir"
    assert "Me prévenir quand c’est libre" in (await alice.get(listing)).words()
    asking = (await alice.get(path)).words()
    assert "La liste est tenue par la plateforme de Léonie" in asking and "Personne n’attend encore" not in asking

    await alice.send(path, {"first_day": "2027-03-01", "last_day": "2027-03-05"}, form_on=path)

    async with connection(instance.pool) as conn:
        (place,) = await reserves.list_places(conn, lomme.sewing.id)
        (sent,) = [one.activity for one in await list_sent(conn) if one.activity["type"] == "Join"]
        thread = await exchanges.find(conn, listing_id=lomme.sewing.id, partner_id=lomme.alice.id)
    assert (place.state, place.join_uri) == ("asked", sent["id"]) and sent["object"] == lomme.sewing.uri
    assert "Votre demande est partie." in (await alice.get(path)).words()
    assert "Vous attendez que ce soit libre" in (await alice.get(listing)).words()
    assert thread is not None
    talk = f"/echanges/{thread.id}"
    assert "la réponse de la plateforme de Léonie arrive ici" in (await alice.get(talk)).words()
    async with transaction(instance.pool) as conn:
        await reserves.wait_on(conn, place.id)
    stands = (await alice.get(talk)).words()
    assert "Vous êtes sur la liste." in stands and "place 1" not in stands, "how many wait there is known there alone"

    await alice.send(f"{talk}/liste", {"act": "leave"}, form_on=talk)

    async with connection(instance.pool) as conn:
        assert await reserves.list_places(conn, lomme.sewing.id) == []
        assert [one.activity["type"] for one in await list_sent(conn)][-1] == "Leave"


async def test_where_another_platform_keeps_no_list_the_page_says_what_to_do(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    said = "La plateforme d’où vient cette annonce ne tient pas de liste d’attente"
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET territory_uri = NULL WHERE id = $1", lomme.bob.id)

    far = (await alice.get(f"/annonces/d/{lomme.sewing.id}")).words()
    here = (await (await open_browser(lomme.hocine)).get(lomme.tent.post.url.removeprefix(lomme.site.url))).words()

    assert said in far and "Me prévenir quand c’est libre" not in far
    assert said not in here and "Me prévenir quand c’est libre" in here
    assert (await alice.get(f"/annonces/d/{lomme.sewing.id}/prevenir")).status == 404
