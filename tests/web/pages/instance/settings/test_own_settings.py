"""Settings that spare a fork, where they have their effect: pages, forms, filters, the API, mails."""

import html
from dataclasses import replace
from typing import Any

import pytest

from models import preferences
from models.people import actors
from models.posts.media import media_files
from models.store.database import connection, fetch_value, transaction
from tests.factories import make_local_actor
from tests.picture_files import draw, encode
from tests.web.form_client import Doorbell, Visitor, add_member
from web.mail.footer import load_footer
from web.rendering.i18n import FOLDER as LOCALES
from web.rendering.own_words import REPLACED

LIST = "/coop/reglages"


async def choose(door: Doorbell, **changes: Any) -> None:
    async with transaction(door.instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), **changes))


async def enter(door: Doorbell, username: str = "awa") -> Visitor:
    await add_member(door.instance, username, roles=["admin"])
    return await (await door.ring()).log_in(username)


def shown(visitor: Visitor) -> str:
    return " ".join(html.unescape(visitor.text).replace("\u00a0", " ").split())


def test_each_own_word_takes_the_place_of_sentences_of_the_catalogue() -> None:
    catalogue = (LOCALES / "en" / "LC_MESSAGES" / "messages.po").read_text()

    assert [one for ones in REPLACED.values() for one in ones if f'msgid "{one}"\n' not in catalogue] == []


async def test_own_words_stand_in_menus_filters_and_forms_at_once_and_go_again(door: Doorbell) -> None:
    awa = await enter(door)
    before = shown(await awa.open("/annonces"))
    await awa.open(f"{LIST}/mots-annonces")
    await awa.send(f"{LIST}/mots-annonces", {"word_loan": "Je dépanne", "word_offer": "Trouvaille"})
    await awa.open(f"{LIST}/mots-pages")
    await awa.send(f"{LIST}/mots-pages", {"word_publish": "Ajouter un objet", "word_propose": "Je prête"})

    search, publish = shown(await awa.open("/annonces")), shown(await awa.open("/publier"))

    assert "Je dépanne" in search and "Trouvaille" in search and "Ajouter un objet" in search
    assert "Je dépanne" in publish and "Je prête" in publish and "Je propose" not in publish
    assert "Je dépanne" not in before and "Prêt" in before
    await choose(door, **dict.fromkeys(REPLACED, ""))
    after = shown(await awa.open("/annonces"))
    assert "Je dépanne" not in after and "Ajouter un objet" not in after and "Prêt" in after


async def test_own_words_are_shown_as_they_were_typed_whatever_is_in_them(door: Doorbell) -> None:
    visitor = await door.ring()
    await choose(door, word_loan="100 % vélo", word_offer="<b>x</b>", word_publish='Lire & "dire" %(name)s')

    search = await visitor.open("/annonces")

    assert search.status == 200 and "<b>x</b>" not in search.text
    for word in ("100 % vélo", "<b>x</b>", 'Lire & "dire" %(name)s'):
        assert word in shown(search)
    assert "&amp;lt;" not in search.text and "&amp;amp;" not in search.text


async def test_kinds_and_modes_that_are_not_in_use_leave_forms_and_filters(door: Doorbell) -> None:
    await choose(door, kinds=("offer", "repair_call"), modes=("gift", "loan"))
    awa = await enter(door)

    search = (await awa.open("/annonces")).text
    assert 'name="genre" value="request"' not in search and 'name="mode" value="service"' not in search
    assert 'name="genre" value="offer"' in search and 'name="mode" value="loan"' in search
    publish = (await awa.open("/publier?genre=request")).text
    assert 'value="request"' not in publish and 'value="offer" checked' in publish


async def test_without_calls_of_bikes_nothing_leads_to_one(door: Doorbell) -> None:
    await choose(door, kinds=("offer", "request"), passers_by="closed")
    awa = await enter(door)

    assert "/depannage/appeler" not in (await awa.open("/depannage")).text
    assert (await awa.open("/depannage/appeler")).path == "/depannage"


async def test_filters_of_the_search_may_be_open_from_the_start(door: Doorbell) -> None:
    visitor = await door.ring()
    closed = (await visitor.open("/annonces")).text
    await choose(door, filters_open=True)

    assert '<details id="filtres">' in closed
    assert '<details id="filtres" open>' in (await visitor.open("/annonces")).text


@pytest.mark.parametrize("way", ["open", "approval"])
async def test_a_phone_and_a_commune_may_be_asked_of_whoever_joins(door: Doorbell, way: str) -> None:
    await add_member(door.instance, "nadia", roles=["admin"])
    await choose(door, registration=way, phone_required=True, commune_required=True, notice_sign_up="Vus des membres.")
    zoe = await (await door.ring()).open("/inscription")
    typed = {"name": "Zoé", "username": "zoe", "email": "zoe@example.org", "password": "un grand verre d’eau"}
    assert "Vus des membres." in shown(zoe)

    for phone in ("", "06 12", "pas de téléphone"):
        await zoe.send("/inscription", typed | {"phone": phone})
        assert zoe.status == 422 and 'href="#phone"' in zoe.text and 'href="#commune"' in zoe.text
    await zoe.send("/inscription", typed | {"phone": "06 12 34 56 78", "commune": "Lomme"})

    assert zoe.status == 200, shown(zoe)
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT phone FROM account WHERE email = $1", typed["email"]) == "06 12 34 56 78"


async def test_what_is_said_under_where_stands_in_the_form(door: Doorbell) -> None:
    await choose(door, notice_publish="L’adresse n’est pas diffusée.")

    assert "L’adresse n’est pas diffusée." in shown(await (await enter(door)).open("/publier"))


@pytest.fixture
async def logo(door: Doorbell) -> Visitor:
    """Awa gave the cooperative its logo."""
    async with transaction(door.instance.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
    awa = await enter(door)
    await awa.open(f"{LIST}/plaque")
    return await awa.upload(f"{LIST}/plaque", {"accent": "vert"}, "logo", "logo.png", encode(draw(), "PNG"))


async def test_the_logo_is_in_the_header_the_api_feeds_and_mails(door: Doorbell, logo: Visitor) -> None:
    assert logo.path == f"{LIST}/plaque?fait=saved", shown(logo)
    async with connection(door.instance.pool) as conn:
        key = (await preferences.load(conn)).logo
        coop, footer = await actors.get_local(conn, "coop"), await load_footer(conn, door.instance.site)

    assert key and f'src="/media/{key}"' in logo.text and coop.icon_media_id is not None
    assert footer.logo == f"{door.instance.site.url}/media/{key}"
    assert f"<logo>{footer.logo}</logo>" in (await logo.open("/annonces/flux.atom")).text


async def test_a_logo_goes_and_comes_back_by_the_history_while_its_file_is_kept(door: Doorbell, logo: Visitor) -> None:
    async with connection(door.instance.pool) as conn:
        key = (await preferences.load(conn)).logo
    await logo.open(f"{LIST}/plaque")
    await logo.upload(f"{LIST}/plaque", {"accent": "vert", "no_logo": "1"}, "none", "", b"")
    assert 'class="logo"' not in logo.text
    async with transaction(door.instance.pool) as conn:
        coop = await actors.get_local(conn, "coop")
        await media_files.delete_orphans(conn, age=-media_files.ORPHAN_AGE)
        id = await fetch_value(conn, "SELECT max(id) FROM preference_change WHERE key = 'logo'")
    assert coop.icon_media_id is None

    await logo.open(f"{LIST}/historique")
    await logo.send(f"{LIST}/historique", {"id": str(id)})

    async with connection(door.instance.pool) as conn:
        assert (await preferences.load(conn)).logo == key
        assert (await actors.get_local(conn, "coop")).icon_media_id is not None


async def test_what_is_no_picture_is_said_and_nothing_is_kept(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
    awa = await (await enter(door)).open(f"{LIST}/plaque")

    await awa.upload(f"{LIST}/plaque", {"accent": "vert", "sent": "ab/other.jpg"}, "logo", "logo.png", b"not a picture")

    assert awa.status == 422 and 'id="logo-erreur"' in awa.text
    async with connection(door.instance.pool) as conn:
        assert (await preferences.load(conn)).logo == ""
