"""Whoever waits to be let in: what she is told, what she may do, and that nothing of hers leaves."""

import pytest

from models.access import one_time_links
from models.people import accounts, actors
from models.people.arrivals import sign_up_messages
from models.posts.media import media_files
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_listing
from tests.web.applicants import (
    CAROLE,
    QUESTIONS,
    add_applicant,
    ask,
    choose,
    enter_as,
    find_request_page,
    found_team,
    words_of,
)
from tests.web.form_client import Doorbell, Visitor, list_mails
from web.pages.routes import ROUTES

DRAFT = {
    "kind": "offer",
    "title": "Scie sauteuse",
    "text": "Avec ses lames.",
    "category": "outillage",
    "mode": "loan",
    "place": "59160 Lomme",
    "audience": "network",
}


@pytest.fixture
async def carole(door: Doorbell) -> Visitor:
    """She asks on a platform without mail, and is in at once."""
    await choose(door.instance, "approval", QUESTIONS)
    await found_team(door.instance)
    return await ask(door, answer_1="Une scie.", commune="59160 Lomme")


async def count(door: Doorbell, table: str) -> int:
    async with connection(door.instance.pool) as conn:
        return int(await fetch_value(conn, f"SELECT count(*) FROM {table}"))


async def test_carole_is_told_what_happens_now_and_by_whom(carole: Visitor) -> None:
    assert carole.status == 200 and carole.path == "/compte/attente?fait=asked"
    for words in ("Votre demande est partie", "Awa", "Une scie.", "90 jours", "Préparer", "Retirer ma demande"):
        assert words in carole.text, words


async def test_carole_comes_back_with_her_password_and_finds_her_request(carole: Visitor, door: Doorbell) -> None:
    visitor = await door.ring()

    await visitor.log_in("carole", "quatre vélos et demi")
    wrong = visitor.text
    await visitor.log_in("carole", CAROLE["password"])

    assert "ne vont pas ensemble" in wrong
    assert visitor.path == "/compte/attente" and "Votre demande attend une réponse" in visitor.text


async def test_with_mail_she_enters_once_her_address_is_confirmed(mailing: Doorbell) -> None:
    await choose(mailing.instance, "approval")
    visitor = await ask(mailing)
    asked = visitor.text
    await visitor.log_in("carole", CAROLE["password"])

    assert "Plus qu’un clic" in asked and "Plus qu’un clic" in visitor.text
    assert {mail["kind"] for mail in await list_mails(mailing.instance)} == {"confirm"}
    async with transaction(mailing.instance.pool) as conn:
        await execute(conn, "UPDATE sign_up SET confirmed_at = now()")
    await visitor.log_in("carole", CAROLE["password"])
    assert visitor.path == "/compte/attente"


async def test_with_mail_only_the_mail_tells_that_somebody_waits_with_an_address(mailing: Doorbell) -> None:
    await choose(mailing.instance, "approval")
    new = await ask(mailing)
    known = await ask(mailing, username="carole2")

    assert (new.status, new.text) == (known.status, known.text)
    assert [mail["kind"] for mail in await list_mails(mailing.instance)] == ["confirm", "known"]


@pytest.mark.parametrize(("purpose", "keeps"), [("confirm", True), ("login", False)])
async def test_link_in_a_mail_confirms_her_address_and_lets_her_in_to_wait(
    mailing: Doorbell, purpose: one_time_links.Purpose, keeps: bool
) -> None:
    """Whoever typed somebody else's address knows the password: it goes where the owner comes by a log-in link."""
    await choose(mailing.instance, "approval")
    await ask(mailing)
    async with transaction(mailing.instance.pool) as conn:
        id = await fetch_value(conn, "SELECT actor_id FROM sign_up")
        links = [await one_time_links.create(conn, purpose, actor_id=id) for _ in range(2)]
    visitor = await mailing.ring()

    await visitor.open(f"/lien/{links[0]}")
    await visitor.send(f"/lien/{links[0]}")
    landed = visitor.path
    async with transaction(mailing.instance.pool) as conn:
        kept = await accounts.find_password_hash(conn, id)
        await accounts.set_password(conn, id, "another")
    await visitor.open(f"/lien/{links[1]}")
    await visitor.send(f"/lien/{links[1]}")

    async with connection(mailing.instance.pool) as conn:
        account = await accounts.get(conn, id)
        confirmed = await fetch_value(conn, "SELECT confirmed_at IS NOT NULL FROM sign_up")
        assert await accounts.find_password_hash(conn, id) == "another", "her address was confirmed before"
    assert landed == "/compte/attente" and (kept is not None) is keeps
    assert confirmed and account.standing == "waiting" and account.confirmed_at is None
    assert await count(mailing, "notification") == 0, "nobody is told that she is a member"


@pytest.mark.parametrize(
    "path", ["/", "/annonces", "/reseau", "/aide", "/publier", "/compte/gardees", "/compte/donnees"]
)
async def test_she_may_look_around(carole: Visitor, path: str) -> None:
    assert (await carole.open(path)).path == path and carole.status == 200
    assert "Ma demande</a>" in carole.text and "/echanges" not in carole.text


@pytest.mark.parametrize(
    "path", ["/compte", "/compte/profil", "/coop/demandes", "/echanges", "/fil", "/chez-moi", "/moi", "/inscription"]
)
async def test_what_is_for_members_leads_to_her_request(carole: Visitor, path: str) -> None:
    assert (await carole.open(path)).path == "/compte/attente"


OPEN_POSTS = {
    "/publier",
    "/publier/brouillon",
    "/publier/photos",
    "/reactions/{id}",
    "/compte/attente",
    "/compte/attente/retirer",
    "/compte/brouillons",
    "/compte/donnees",
    "/compte/langue",
    "/connexion",
    "/courriels/arreter/{token}",
    "/connexion/cle",
    "/connexion/lien",
    "/connexion/verification",
    "/deconnexion",
    "/langue",
    "/mot-de-passe-oublie",
    "/signaler/{what}/{id}",
}
"""Everything that she may send; a new address has to be decided here."""


async def test_every_form_that_is_not_hers_is_sent_in_vain(carole: Visitor) -> None:
    shut = []
    for route in ROUTES:
        if route.method != "POST":
            continue
        path = route.path.replace("{what:annonce|message|compte}", "annonce")
        path = path.replace("{act:cacher|montrer}", "cacher").replace("{step:[a-z]+}", "coop")
        path = path.replace("{username:[a-z0-9_]+}", "alice").replace("{host:[0-9A-Za-z.:-]{1,255}}", "henin.test")
        for pattern in (r"\d{1,19}", r"[A-Za-z0-9_-]{20,80}", r"[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{24}"):
            path = path.replace(f":{pattern}}}", "}")
        path = path.replace("{id}", "1").replace("{agreement}", "1").replace("{token}", "x" * 20 + "." + "y" * 24)
        path = path.replace(
            "{uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}}", "0" * 8 + "-0000-0000-0000-" + "0" * 12
        )
        answer = await carole.client.post(path, data={}, allow_redirects=False)
        if answer.headers.get("Location") == "/compte/attente":
            shut.append(route.path)

    posts = {route.path for route in ROUTES if route.method == "POST"}
    still_open = posts - set(shut)
    assert {path.partition(":")[0].partition("{")[0] for path in still_open} == {
        path.partition("{")[0] for path in OPEN_POSTS
    }


async def test_only_what_she_keeps_may_be_pressed_under_a_listing(carole: Visitor, door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        page = f"{door.instance.site.url}/annonces/{'0' * 8}-0000-4000-8000-{'0' * 12}"
        tent = await make_listing(conn, await actors.get_local(conn, "alice"), post={"url": page})
    path = f"/reactions/{tent.id}"
    await carole.open(tent.post.url)
    assert "dès que votre demande sera acceptée" in carole.text

    await carole.send(path, {"act": "keep"})
    pressed = carole.text
    await carole.send(path, {"act": "like"})
    refused = carole.path
    await carole.open("/compte/gardees")

    assert 'aria-pressed="true"' in pressed and tent.details.title in carole.text
    assert refused == "/compte/attente" and await count(door, "favourite") == 0
    await carole.open(tent.post.url)
    await carole.send(path, {"act": "unkeep"})
    assert await count(door, "bookmark") == 0


async def test_draft_waits_and_is_published_by_a_tap_once_she_is_let_in(carole: Visitor, door: Doorbell) -> None:
    await carole.open("/publier")
    assert "Préparer une annonce" in carole.text and 'value="publish"' not in carole.text
    await carole.send("/publier", DRAFT | {"act": "publish"})
    assert carole.path == "/compte/attente?fait=kept" and "Scie sauteuse" in carole.text
    assert await count(door, "post") == 0 and await count(door, "activity") == 0
    awa, page = await enter_as(door, "awa"), await find_request_page(door.instance)
    await awa.open(page)
    await awa.send(page, {"act": "yes"})

    await carole.open("/")
    assert "Votre brouillon « Scie sauteuse » vous attend" in words_of(carole.text)
    async with connection(door.instance.pool) as conn:
        draft = await fetch_value(conn, "SELECT id FROM listing_draft")
    await carole.open(f"/publier?brouillon={draft}")
    assert 'value="Scie sauteuse"' in carole.text and "Avec ses lames." in carole.text
    await carole.send("/publier", DRAFT | {"act": "publish"})

    assert "Votre annonce est publiée" in carole.text
    assert (await count(door, "listing"), await count(door, "listing_draft")) == (1, 0)


async def test_draft_may_be_half_done_changed_and_dropped_and_is_hers_alone(carole: Visitor, door: Doorbell) -> None:
    await carole.open("/publier")
    await carole.send("/publier", {"act": "keep", "title": "Une"})
    async with connection(door.instance.pool) as conn:
        draft = await fetch_value(conn, "SELECT id FROM listing_draft")
    await carole.open(f"/publier?brouillon={draft}")
    await carole.send("/publier", {"act": "keep", "title": "Une scie"})
    assert "Une scie" in carole.text and await count(door, "listing_draft") == 1

    alice = await enter_as(door, "alice")
    assert (await alice.open(f"/publier?brouillon={draft}")).status == 404
    await alice.open("/publier")
    await alice._post("/compte/brouillons", alice.hidden_fields("/publier") | {"draft": str(draft)})
    assert await count(door, "listing_draft") == 1
    await carole.send("/compte/brouillons")
    assert "Le brouillon est effacé." in carole.text and await count(door, "listing_draft") == 0


async def test_photos_of_a_draft_are_not_forgotten(carole: Visitor, door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        await execute(
            conn,
            """
            WITH her AS (SELECT id FROM actor WHERE username = 'carole'), photos AS (
                INSERT INTO media (id, owner_id, created_at) SELECT n, her.id, now() - interval '2 days'
                FROM her, generate_series(1, 2) AS n)
            INSERT INTO listing_draft (id, actor_id, kind, fields, media_ids)
            SELECT 1, her.id, 'offer', '[]', ARRAY[1] FROM her
            """,
        )
        await media_files.delete_orphans(conn)
        assert await fetch_column(conn, "SELECT id FROM media") == [1]


async def test_too_many_messages_and_too_long_ones_are_refused_and_kept_on_the_page(
    carole: Visitor, door: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_up_messages, "MOST_UNANSWERED", 2)
    for words in ("Un.", "Deux."):
        await carole.send("/compte/attente", {"words": words})
        assert carole.status == 200

    await carole.send("/compte/attente", {"words": "Trois."})
    refused = carole.text
    await carole.send("/compte/attente", {"words": "x" * 2001})

    assert "laissez à l’équipe le temps de les lire" in refused and "Trois." in refused
    assert carole.status == 422 and await count(door, "sign_up_message") == 2
    assert await count(door, "notification WHERE type = 'sign_up_message'") == 1, "told of once, as of one thing"


async def test_withdrawn_request_leaves_nothing_and_the_name_is_free(carole: Visitor, door: Doorbell) -> None:
    await carole.send("/compte/attente", {"words": "Bonjour."})
    await carole.open("/compte/attente")

    await carole.send("/compte/attente/retirer")

    assert "Votre demande est retirée" in carole.text
    tables = ("sign_up", "sign_up_message", "answered_sign_up", "notification")
    assert [await count(door, one) for one in tables] == [0, 0, 0, 0]
    assert await count(door, "used_username WHERE username = 'carole'") == 0
    assert (await carole.open("/compte/attente")).path.startswith("/connexion")


@pytest.mark.parametrize("path", ["/compte/attente", "/compte/brouillons", "/compte/gardees"])
async def test_nobody_reads_the_page_of_another(door: Doorbell, path: str) -> None:
    await add_applicant(door.instance)
    visitor = await door.ring()
    alice = await enter_as(door, "alice")

    if path != "/compte/brouillons":
        assert (await visitor.open(path)).path.startswith("/connexion")
    assert "Carole" not in (await alice.open(path)).text
