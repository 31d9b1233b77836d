"""Wherever somebody's content stands, there is a way to report it: a new page has to say here which it is."""

import re
from collections.abc import Callable

from federation.instance import Instance
from models.store.database import fetch_value, transaction
from tests.factories import make_meeting, make_note
from tests.repair_shops import let_appear, make_shop
from tests.sample_village import Village
from tests.web.pages.communities.conftest import found
from tests.web.pages.conftest import Browser
from web.pages import patterns
from web.pages.routes import ROUTES

Path = Callable[[Village], str]

COMMUNITY = f"/communautes/{{community:{patterns.COMMUNITY}}}"

SHOWS: dict[str, Path] = {
    "/annonces/{uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}}": lambda v: v.tent.post.url.removeprefix(v.site.url),
    r"/rencontres/d/{id:\d{1,19}}": lambda v: "/rencontres/d/MEETING",
    r"/annonces/d/{id:\d{1,19}}": lambda v: f"/annonces/d/{v.sewing.id}",
    r"/echanges/{id:\d{1,19}}": lambda v: "/echanges/THREAD",
    r"/notes/{id:\d{1,19}}": lambda v: f"/notes/{v.distant_note.id}",
    "/@{handle:[^/]+}": lambda v: "/@bob@henin.test",
    COMMUNITY: lambda v: "/communautes/remorques",
    f"/ateliers/{{handle:{patterns.COMMUNITY}}}": lambda v: "/ateliers/rayon",
}
"""Pages on which others' words stand whole, and one of each: every one of them has the link."""

LEADS = {
    "/communautes": "lines that lead to communities",
    f"{COMMUNITY}/annonces": "cards that lead to listings",
    f"{COMMUNITY}/rencontres": "titles that lead to meetings",
    f"{COMMUNITY}/flux.{{format:atom|json|ics}}": "a feed of meetings for programs",
    f"{COMMUNITY}/messages": "lines of profiles, each with the link",
    f"{COMMUNITY}/signalements": "what is reported already, for who decides",
    f"{COMMUNITY}/ensemble": "a form of who manages it",
    f"{COMMUNITY}/liens": "a form of who manages it",
    "/communautes/entrer/{token:[A-Za-z0-9_-]{20,80}}": "a charter of a community that it leads to",
    f"{COMMUNITY}/affiche": "a community in short, on paper",
    f"{COMMUNITY}/charte": "of a community that it leads to",
    f"{COMMUNITY}/entrees": "names that lead to profiles",
    f"{COMMUNITY}/membres": "names that lead to profiles",
    f"{COMMUNITY}/decisions": "of a community that it leads to",
    f"{COMMUNITY}/reglages": "a form of who manages it",
    f"{COMMUNITY}/charte/nouvelle": "a form of who manages it",
    "/communautes/reponse/{token:[A-Za-z0-9_-]{20,80}}": "a charter of a community that it leads to",
    "/rencontres": "titles that lead to meetings",
    "/rencontres/miennes": "titles that lead to meetings",
    "/rencontres/{uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}}": "the same page as /rencontres/d/ID",
    r"/rencontres/place/{token:[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{24}}": "one's own place at a meeting it leads to",
    "/fil": "cards that lead to listings, and the lines of profiles",
    "/": "cards that lead to listings",
    "/annonces": "cards that lead to listings",
    "/alertes": "titles and cards that lead to listings",
    r"/alertes/{id:\d{1,19}}": "cards that lead to listings",
    "/lieux": "lines that lead to profiles",
    "/annonces/points.geojson": "points that lead to listings, for the map of the list",
    "/carte/fond": "coasts and communes, which nobody wrote",
    "/depannage": "cards that lead to repair calls",
    "/ateliers": "cards that lead to shops",
    "/ateliers/{place:[a-z0-9_]+}/gerer": "a form of who manages the shop",
    "/ateliers/{place:[a-z0-9_]+}/gerer/prix": "a form of who manages the shop",
    "/ateliers/{place:[a-z0-9_]+}/gerer/rendez-vous": "who comes to the shop, for its people",
    "/ateliers/{place:[a-z0-9_]+}/gerer/rendez-vous/passages.csv": "who came by, for those who manage the shop",
    "/reparations/ord.csv": "repairs without anybody's name, for programs",
    "/reparations/velos.csv": "the same of mechanical bikes",
    "/chiffres.csv": "numbers of the cooperative, for programs",
    "/chiffres.json": "numbers of the cooperative, for programs",
    "/chiffres/ensemble.json": "numbers of the cooperative, for its neighbours",
    "/chiffres/schema.json": "what columns mean, for programs",
    "/chiffres/catalogue.jsonld": "what files there are, for programs",
    "/ateliers/{place:[a-z0-9_]+}/gerer/tournee": "stops of who goes there, that lead to threads",
    "/tournee": "one's own stops, that lead to threads",
    "/ateliers/{place:[a-z0-9_]+}/gerer/passages": "meetings of the shop, for who manages it",
    r"/ateliers/{place:[a-z0-9_]+}/gerer/rendez-vous/{id:\d{1,19}}/resultat": "a form for the people of the shop",
    r"/ateliers/{place:[a-z0-9_]+}/gerer/rendez-vous/passage/{id:\d{1,19}}/resultat": "the same",
    r"/echanges/{id:\d{1,19}}/resultat": "a form in a thread that it leads to",
    r"/invite/{token:[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{24}}/resultat": "the same",
    "/diagnostic": "names of places that lead to profiles, and titles that lead to meetings",
    r"/depannage/appels/{id:\d{1,19}}": "one's own call, whose answers lead to threads",
    "/depannage/appeler": "a form of one's own",
    "/velo-vole": "questions of one's own, and addresses that lead to profiles",
    "/depannage/mon-appel/changer": "a form of one's own",
    "/depannage/mon-appel": "leads to one's own call",
    r"/appel/{token:[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{24}}": "leads to one's own call",
    r"/appel/fin/{token:[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{24}}": "stops one's own mails",
    "/reseau": "lines that lead to profiles of cooperatives",
    "/tags/{name}": "cards that lead to listings, and the lines of profiles",
    "/abonnements": "names that lead to profiles",
    "/notifications": "first words that lead to what they are of",
    "/messages/inconnus": "has a way to report of its own",
    "/agenda": "titles that lead to threads",
    "/echanges": "titles that lead to threads",
    r"/citations/{id:\d{1,19}}": "cards that lead to listings, and the lines of profiles",
    "/compte/masques": "names of people whom the reader hid",
    "/a/{short:[0-9a-zA-Z]{1,13}}": "leads to a listing",
    r"/@{username:[a-z0-9_]+}/{uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}}": "the same page as /notes/ID",
    "/invite/{token:[A-Za-z0-9_-]{1,200}\\.[A-Za-z0-9_-]{24}}": "in its own tests: a guest reports the person",
    "/invite/{token:[A-Za-z0-9_-]{1,200}\\.[A-Za-z0-9_-]{24}}/demander": "a form in a thread that it leads to",
    "/invite/{token:[A-Za-z0-9_-]{1,200}\\.[A-Za-z0-9_-]{24}}/proposer/{agreement:\\d{1,19}}": "the same",
    r"/annonces/d/{id:\d{1,19}}/demander": "a form about a listing that it leads to",
    r"/annonces/d/{id:\d{1,19}}/reponses": "first words of threads that it leads to",
    r"/annonces/d/{id:\d{1,19}}/prevenir": "a form about a listing that it leads to",
    r"/annonces/d/{id:\d{1,19}}/courriel": "a form about a listing that it leads to",
    r"/echanges/{id:\d{1,19}}/choisir": "first words of a thread that it leads to",
    r"/echanges/{id:\d{1,19}}/proposer": "a form in a thread that it leads to",
    r"/echanges/{id:\d{1,19}}/proposer/{agreement:\d{1,19}}": "a form in a thread that it leads to",
    r"/accord/{token:[A-Za-z0-9_-]{20,80}}": "terms of a thread that it leads to",
    "/authorize_interaction": "leads to what it is about",
    "/annonces/affiche": "listings in short, on paper",
    "/annonces/integrer": "listings in short, for another site",
    "/embed/annonces": "listings in short; each link leads to where it is reported",
    "/invitation/{token:[^/]{1,300}}": "the form to join, with the inviter's name",
}
"""Where others are named in short, and why the link stands one step further."""

OWN = (
    *("/compte", "/coop", "/moi", "/chez-moi", "/publier", "/points", "/connexion", "/oauth", "/installation"),
    *(
        "/signaler",
        "/signalement",
        "/inscription",
        "/mot-de-passe",
        "/lien",
        "/langue",
        "/aide",
        "/chiffres",
        "/chiffres/pour-les-elus",
        "/chiffres/reseau",
        "/mentions",
        "/donnees-personnelles",
        "/moderation",
        "/credits",
        "/journal",
        "/decisions",
        "/charte",
        "/pages",
        "/conditions",
        "/documents",
        "/bienvenue",
        "/static",
    ),
    *("/favicon", "/accessibilite", "/a-l-ecart", "/pourquoi", "/courriels", "/accords", "/agenda/", "/invite/fin"),
    *("/rencontres/flux.", "/annonces/flux.", "/embed/annonces.js", "/robots.txt", "/sitemap.xml", "/.well-known/"),
    *("/ateliers/points.geojson",),
    *("/mes-velos", "/velo/"),
    *("/diagnostic/entier", "/diagnostic/repare", "/service-worker.js"),
    *("/rencontres/organiser", "/annonces/prolonger", "/alertes/nouvelle", "/communautes/nouvelle-communaute"),
)
"""Pages of one's own, of the cooperative, and such as nobody else writes; calendars are no pages."""


def test_every_page_says_whether_somebodys_content_stands_there() -> None:
    pages = {route.path for route in ROUTES if route.method == "GET"}
    named = {path for path in pages if path in SHOWS or path in LEADS or path.startswith(OWN)}
    unknown = {path for path in pages - named if not path.endswith(".ics")}

    assert {path for path in unknown if not path.endswith("/modifier")} == set()
    assert set(SHOWS) | set(LEADS) <= pages


async def test_where_it_stands_whole_there_is_a_link_that_opens(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await found(conn, lomme.alice)
        thread = await fetch_value(
            conn, "SELECT exchange_id FROM exchange_message WHERE post_id = $1", lomme.message.id
        )

    async with transaction(instance.pool) as conn:
        meeting = await make_meeting(conn, lomme.henin)
        await let_appear(conn, await make_shop(conn), lomme.admin)

    for pattern, path in SHOWS.items():
        page = await alice.get(path(lomme).replace("THREAD", str(thread)).replace("MEETING", str(meeting.id)))
        links = [link for link in page.html.xpath("//main//a/@href") if re.match(r"/signaler/\w+/\d+$", link)]

        assert page.status == 200 and links, pattern
        for link in set(links):
            assert (await alice.get(link)).status == 200, (pattern, link)


async def test_what_the_cooperative_itself_writes_offers_no_way_that_leads_nowhere(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        note = await make_note(conn, lomme.coop, content="<p>Assemblée samedi.</p>")

    for path in (f"/notes/{note.id}", "/@coop"):
        page = await alice.get(path)
        assert "/signaler/" not in page.text.partition("<footer")[0], path
