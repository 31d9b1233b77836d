"""Alerts on pages: a search is kept in a few taps, said in words, changed, rests and ends; nobody else sees it."""

from typing import Any

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.searches import NetworkFilter
from models.searches.alerts import alerts, match_choices
from models.searches.alerts.alerts import MOST, AlertDraft, SearchAlert
from models.searches.alerts.match_choices import MatchChoice
from models.store.database import connection, execute, transaction
from outbox.listings.alerts import watch
from tests import sample_village
from tests.factories import make_listing
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.mail.news_mail_text import UNSUBSCRIBE
from web.security.signed_urls import sign

NEW = "/alertes/nouvelle"


async def list_alerts(instance: Instance, actor: Actor) -> list[SearchAlert]:
    async with connection(instance.pool) as conn:
        return await alerts.list_own(conn, actor.id)


async def keep(instance: Instance, actor: Actor, text: str = "tente", **more: Any) -> SearchAlert:
    async with transaction(instance.pool) as conn:
        draft = AlertDraft(parameters=f"q={text}", filter=NetworkFilter(text=text), **more)
        return (await alerts.create(conn, actor.id, draft))[0]


SEARCHES = [
    ("q=tentes", "Les annonces pour « tentes »"),
    (
        "q=tente&lieu=Lomme&km=10&genre=offer&mode=loan&mode=gift&cat=camping&photo=1",
        "Les offres pour « tente » dans « Camping et randonnée », à moins de 10 km de Lomme, en prêt ou en don, "
        "avec photo",
    ),
    ("genre=request&genre=repair_call&lieu=Lomme&km=commune", "Les demandes et les pannes de vélo, à Lomme"),
    (
        "genre=request&lieu=Lomme&km=epci",
        "Les demandes, dans la Métropole Européenne de Lille",
    ),
    ("coop=https%3A%2F%2Fhenin.test%2Fusers%2Fcoop", "Les annonces, chez Hénin-Carvin"),
    (
        "coop=https%3A//henin.test/users/coop+http%3A//lomme.test/users/coop",
        "Les annonces, chez Hénin-Carvin, La Remise",
    ),
    ("coop=miens&partenaire=1", "Les annonces, dans vos territoires, dans un lieu partenaire"),
    ("lieu=Lomme", "Les annonces, à moins de 10 km de Lomme"),
    ("lieu=Lomme&km=", "Les annonces"),
]


@pytest.mark.parametrize(("query", "words"), SEARCHES)
async def test_what_will_be_watched_is_said_in_words(alice: Browser, query: str, words: str) -> None:
    page = await alice.get(f"{NEW}?{query}")

    assert page.status == 200
    assert page.html.xpath("string(//main//b)").replace("\u202f", " ").replace("\u00a0", " ") == words


async def test_a_search_is_kept_as_its_form_stands_and_finds_what_is_published(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    page = await alice.get(f"{NEW}?q=scies&genre=offer&tri=recent&photo=")
    carried = page.html.xpath("string(//input[@name='search']/@value)")
    made = await alice.send(NEW, {"search": carried, "rhythm": "now", "by_mail": "1"}, form_on=NEW)
    [kept] = await list_alerts(instance, lomme.alice)
    async with transaction(instance.pool) as conn:
        await make_listing(conn, lomme.bob, title="Scie égoïne")
    await watch(instance)

    shown, news = await alice.get(f"/alertes/{kept.id}"), await alice.get("/notifications")

    assert made.location == f"/alertes/{kept.id}?fait=made"
    assert (kept.parameters, kept.rhythm, kept.by_mail) == ("q=scies&genre=offer", "now", True)
    assert "Scie égoïne" in shown.words()
    assert (
        "Une annonce nouvelle pour votre alerte : les offres pour « scies »" in news.words()
        and "Scie égoïne" in news.words()
    )
    assert "Dernière trouvaille : Scie égoïne" in (await alice.get("/alertes")).words()


async def test_the_same_search_leads_to_the_alert_that_is_there(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    kept = await keep(instance, lomme.alice)

    asked = await alice.get(f"{NEW}?tri=recent&q=tente")
    posted = await alice.send(NEW, {"search": "q=tente", "rhythm": "weekly"}, form_on="/alertes")

    assert asked.location == posted.location == f"/alertes/{kept.id}?fait=same"
    assert "Vous avez déjà cette alerte" in (await alice.get(asked.location)).words()
    assert await list_alerts(instance, lomme.alice) == [kept]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rhythm": "now"}, "tout ce qui paraît vous arriverait"),
        ({"search": "q=de+la", "rhythm": "now"}, "Ces mots ne suffisent pas"),
        ({"search": "q=tente", "rhythm": "hourly"}, "Choisissez à quel rythme"),
        ({"search": "q=tente"}, "Choisissez à quel rythme"),
        ({"search": "q=tente", "place": "nulle part", "within": "10", "rhythm": "now"}, "Nous ne connaissons pas"),
    ],
)
async def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    alice: Browser, instance: Instance, lomme: Village, fields: dict[str, str], said: str
) -> None:
    page = await alice.send(NEW, fields, form_on="/alertes")

    assert page.status == 422 and said in page.words()
    for name in {"search", "place"} & fields.keys():
        assert page.html.xpath(f"string(//input[@name='{name}']/@value)") == fields[name]
    assert await list_alerts(instance, lomme.alice) == []


async def test_beyond_the_limit_a_sentence_says_what_to_do(alice: Browser, instance: Instance, lomme: Village) -> None:
    for number in range(MOST):
        await keep(instance, lomme.alice, f"tente{number}")

    page = await alice.send(NEW, {"search": "q=vélo", "rhythm": "now"}, form_on="/alertes")

    assert page.status == 422 and "30 alertes, c’est le plus que l’on garde" in page.words()


async def test_what_nothing_narrows_is_proposed_for_the_morning(alice: Browser) -> None:
    page = await alice.get(NEW)

    assert page.html.xpath("//input[@name='rhythm' and @checked]/@value") == ["daily"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("bounds=50.4,2.8,50.55,3.0", "La zone de la carte n’est pas surveillée"),
        ("quand=week-end", "Les jours ne sont"),
    ],
)
async def test_what_is_not_watched_of_a_search_is_said(alice: Browser, query: str, said: str) -> None:
    assert said in (await alice.get(f"{NEW}?q=tente&{query}")).words()
    assert said not in (await alice.get(f"{NEW}?q=tente")).words()


async def test_visitors_are_offered_the_feed_and_to_join(visitor: Browser) -> None:
    page = await visitor.get(f"{NEW}?q=tente")

    assert page.status == 200 and "/annonces/flux.atom?q=tente" in page.text
    assert page.html.xpath("//main//form") == []
    assert "/inscription" in page.text and "/connexion?retour=/alertes/nouvelle%3Fq%3Dtente" in page.text
    assert (await visitor.get("/alertes")).status in (302, 303)


async def test_an_alert_rests_wakes_tells_otherwise_and_ends(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    kept = await keep(instance, lomme.alice)
    here = f"/alertes/{kept.id}"

    await alice.send(here, {"act": "pause"}, form_on=here)
    [resting] = await list_alerts(instance, lomme.alice)
    await alice.send(here, {"act": "resume"}, form_on=here)
    await alice.send(here, {"rhythm": "weekly"}, form_on=here)
    [changed] = await list_alerts(instance, lomme.alice)
    ended = await alice.send(here, {"act": "remove"}, form_on=here)

    assert resting.paused_at is not None
    assert (changed.paused_at, changed.rhythm, changed.by_mail) == (None, "weekly", False)
    assert ended.location == "/alertes?fait=removed" and await list_alerts(instance, lomme.alice) == []
    assert "Une alerte, 30 au plus" not in (await alice.get("/alertes")).words(), "none is none"


async def test_nobody_else_sees_or_changes_it(alice: Browser, instance: Instance, lomme: Village) -> None:
    theirs = lomme.alert

    assert (await alice.get(f"/alertes/{theirs.id}")).status == 404
    assert (await alice.send(f"/alertes/{theirs.id}", {"act": "remove"}, form_on="/alertes")).status == 404
    assert await list_alerts(instance, lomme.hocine) == [theirs]


async def test_the_link_in_a_mail_stops_one_alert_and_asks_first(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    stopped, other = await keep(instance, lomme.alice), await keep(instance, lomme.alice, "vélo")
    async with transaction(instance.pool) as conn:
        said = f"{lomme.alice.id} alert-{stopped.id},matches"
        token = await sign(conn, instance.settings, UNSUBSCRIBE, said)

    asked = await visitor.get(f"/courriels/arreter/{token}")
    before = await list_alerts(instance, lomme.alice)
    done = await visitor.ask("POST", f"/courriels/arreter/{token}", {"List-Unsubscribe": "One-Click"})

    assert "Les annonces pour « tente »" in asked.words() and "vélo" not in asked.words()
    assert before == [other, stopped]
    assert done.status == 200
    assert [one.by_mail for one in await list_alerts(instance, lomme.alice)] == [True, False]


async def test_members_choose_to_be_told_of_what_fits_and_stop_it_by_one_tap(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    fields = {"needs": "1", "radius": "25", "by_mail": "1"}
    await alice.send("/alertes/correspondances", fields, form_on="/alertes")
    async with connection(instance.pool) as conn:
        chosen = await match_choices.find(conn, lomme.alice.id)

    await alice.send("/alertes/correspondances", {"act": "pause"}, form_on="/alertes")

    assert chosen == MatchChoice(needs=True, offers=False, shown=False, radius=25, by_mail=True)
    async with connection(instance.pool) as conn:
        stopped = await match_choices.find(conn, lomme.alice.id)
    assert (stopped.needs, stopped.offers, stopped.radius) == (False, False, 25)


async def test_whoever_seeks_reads_on_her_request_who_has_it_and_others_do_not(
    alice: Browser, visitor: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await make_listing(conn, lomme.bob, title="Remorque à vélo", category="remorque")
        need = await sample_village.publish(
            conn, lomme.site, lomme.alice, "Cherche une remorque", "<p>Samedi.</p>", kind="request", category="remorque"
        )
    path = need.post.url.removeprefix(lomme.site.url)

    own, theirs = await alice.get(path), await visitor.get(path)

    assert "Une personne l’a peut-être à moins de 5 km" in own.words() and "Remorque à vélo" in own.words()
    assert "peut-être à moins" not in theirs.words()


async def test_one_tap_in_the_news_lets_an_alert_rest(alice: Browser, instance: Instance, lomme: Village) -> None:
    kept = await keep(instance, lomme.alice)
    async with transaction(instance.pool) as conn:
        await make_listing(conn, lomme.bob, title="Tente")
        await execute(conn, "DELETE FROM unmatched_listing WHERE post_id <> (SELECT max(id) FROM post)")
    await watch(instance)

    page = await alice.get("/notifications")
    [form] = page.html.xpath(f"//form[@action='/alertes/{kept.id}']")
    await alice.send(
        f"/alertes/{kept.id}", {"act": form.xpath("string(.//input[@name='act']/@value)")}, form_on="/alertes"
    )

    assert "Ne plus me prévenir" in form.text_content()
    assert (await list_alerts(instance, lomme.alice))[0].paused_at is not None


async def test_where_the_cooperative_sends_no_mails_the_choice_is_kept_for_the_day_it_does(alice: Browser) -> None:
    for page in (await alice.get(NEW), await alice.get("/alertes")):
        assert page.html.xpath("//main//input[@name='by_mail']/@type") == ["hidden"]
