"""Publishing and editing as a browser without JavaScript does it."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import replace
from json import loads
from pathlib import Path

import pytest
from aiohttp import FormData

from federation.instance import Instance
from federation.media_store import FolderStore, StoreFull
from models import preferences
from models.listings import listings
from models.listings.listings import Listing
from models.people.actors import Actor
from models.posts.media import media
from models.store.database import connection, fetch_value, transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

PHOTO = Path(__file__).parents[4] / "samples" / "perceuse.jpg"

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def typed(page: Page) -> list[tuple[str, str]]:
    """The form as it stands on the page, files and buttons left out: what a browser would send again."""
    (form,) = deepcopy(page.html).xpath("//form[@enctype]")
    for template in form.findall(".//template"):  # which browsers do not send
        template.drop_tree()
    return [pair for pair in form.form_values() if pair[0] != "csrf_token"]


def changed(page: Page, **values: str) -> list[tuple[str, str]]:
    """The form as it stands, with some answers changed."""
    kept = [pair for pair in typed(page) if pair[0] not in values]
    return [*kept, *values.items()]


async def send_form(
    browser: Browser, path: str, page: Page, fields: list[tuple[str, str]], photos: list[bytes] | None = None
) -> Page:
    """The form sent as multipart, as the page asks for."""
    data = FormData(default_to_multipart=True)
    data.add_field("csrf_token", page.html.xpath("string(//form[@enctype]//input[@name='csrf_token']/@value)"))
    for name, value in fields:
        data.add_field(name, value)
    for number, photo in enumerate(photos or []):
        data.add_field("photos", photo, filename=f"photo-{number}.jpg", content_type="image/jpeg")
    answer = await browser.client.post(path, data=data, headers={"Accept": "text/html"}, allow_redirects=False)
    return await browser.read(answer)


def errors(page: Page) -> dict[str, str]:
    """The error summary: the field that each line leads to, and its sentence."""
    links = page.html.xpath("//div[@id='erreurs']//a")
    return {link.get("href").removeprefix("#"): link.text_content() for link in links}


async def test_form_is_for_members_only(visitor: Browser) -> None:
    page = await visitor.get("/publier")

    assert page.status == 303
    assert page.location.startswith("/connexion?retour=")


async def test_what_is_read_of_the_form_leaves_the_page_as_it_is(alice: Browser) -> None:
    page = await alice.get("/publier")
    templates = len(page.html.xpath("//template"))

    assert typed(page) and len(page.html.xpath("//template")) == templates > 0


async def test_form_stands_ready_with_the_members_commune(alice: Browser) -> None:
    page = await alice.get("/publier?genre=repair_call")

    values = dict(typed(page))
    assert values["place"] == "Lomme (59160)"
    assert values["kind"] == "repair_call"
    assert values["audience"] == "network"


async def test_offer_is_published_with_its_photo(alice: Browser, lomme: Village, instance: Instance) -> None:
    page = await alice.get("/publier")
    fields = changed(
        page, title="Échelle", text="Six mètres.", mode="loan", max_duration="P1W", category="echelle", act="publish"
    )

    answer = await send_form(alice, "/publier", page, [*fields, ("alt_new", "Une échelle")], [PHOTO.read_bytes()])

    assert answer.status == 303, errors(answer)
    shown = await alice.get(answer.location)
    assert "Votre annonce est publiée" in shown.words()
    assert shown.html.xpath("//img[@class='photo u-photo']/@alt") == ["Une échelle"]
    async with connection(instance.pool) as conn:
        url = lomme.site.url + answer.location.partition("?")[0]
        listing = await listings.find_by_url(conn, url)
        assert listing is not None
        first = "SELECT type FROM activity WHERE object_uri = $1 ORDER BY id LIMIT 1"
        sent = await fetch_value(conn, first, listing.uri)
    assert (listing.details.mode, listing.details.max_duration, listing.details.category) == ("loan", "P1W", "echelle")
    assert (listing.details.place_name, listing.post.audience) == ("Lomme", "network")
    assert sent == "Create"


async def test_form_comes_back_filled_with_photos_and_every_mistake(alice: Browser, lomme: Village) -> None:
    page = await alice.get("/publier")
    fields = changed(
        page, title="", text="Deux phrases", mode="loan", place="Nulle-Part", expires="2020-01-01", act="publish"
    )

    answer = await send_form(alice, "/publier", page, fields, [PHOTO.read_bytes()])

    assert answer.status == 422
    assert list(errors(answer)) == ["title", "place", "expires"]
    again = dict(typed(answer))
    assert again["text"].strip() == "Deux phrases"
    assert answer.html.xpath(f"//input[@id='alt_{again['media']}']"), "words for it are asked for, and block nothing"
    assert answer.html.xpath("//title")[0].text.startswith("Erreur")


async def test_corrected_form_publishes_with_the_photo_it_kept(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    page = await alice.get("/publier")
    first = changed(page, title="", mode="gift", act="publish")
    back = await send_form(alice, "/publier", page, first, [PHOTO.read_bytes()])
    photo = "alt_" + dict(typed(back))["media"]

    fields = changed(back, title="Cartons", act="publish", **{photo: "Une pile de cartons"})
    answer = await send_form(alice, "/publier", back, fields)

    assert answer.status == 303, errors(answer)
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_url(conn, lomme.site.url + answer.location.partition("?")[0])
        assert listing is not None
        kept = await media.list_by_posts(conn, [listing.id])
    assert [one.description for one in kept[listing.id]] == ["Une pile de cartons"]


async def test_preview_shows_the_listing_and_publishes_nothing(alice: Browser, instance: Instance) -> None:
    page = await alice.get("/publier")
    async with connection(instance.pool) as conn:
        before = await fetch_value(conn, "SELECT count(*) FROM post")

    fields = changed(page, title="<b>Râteau</b>", text="Long\n\nmanche", mode="gift", act="preview")
    answer = await send_form(alice, "/publier", page, fields)

    assert answer.status == 200
    seen = answer.html.xpath("//aside")[0].text_content()
    assert "<b>Râteau</b>" in seen
    assert "Don, à venir chercher" in seen.replace("\u202f", " ")
    assert dict(typed(answer))["title"] == "<b>Râteau</b>"
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post") == before


async def test_file_that_is_no_photo_is_refused_by_name(alice: Browser) -> None:
    page = await alice.get("/publier")

    answer = await send_form(alice, "/publier", page, changed(page, act="add"), [b"hello"])

    assert answer.status == 422
    assert "photo-0.jpg" in errors(answer)["photos"]


async def test_d06_without_room_for_photos_the_form_says_so_and_keeps_what_was_typed(
    alice: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> str:
        raise StoreFull

    monkeypatch.setattr(FolderStore, "save", full)
    page = await alice.get("/publier?genre=offre")

    answer = await send_form(alice, "/publier", page, changed(page, title="Cartons", act="add"), [PHOTO.read_bytes()])

    assert answer.status == 422
    assert "plus de place" in errors(answer)["photos"]
    assert answer.html.xpath("//input[@name='title']/@value") == ["Cartons"]


async def test_every_file_that_is_no_photo_is_named(alice: Browser) -> None:
    page = await alice.get("/publier")

    answer = await send_form(alice, "/publier", page, changed(page, act="add"), [b"hello", b"", b"again"])

    assert answer.status == 422
    assert "photo-0.jpg" in errors(answer)["photos"] and "photo-2.jpg" in errors(answer)["photos"]


async def test_seventh_photo_is_one_too_many(alice: Browser) -> None:
    page = await alice.get("/publier")

    answer = await send_form(alice, "/publier", page, changed(page, act="add"), [PHOTO.read_bytes()] * 7)

    assert answer.status == 422
    assert "6" in errors(answer)["photos"]
    assert len(answer.html.xpath("//li[@data-kept]")) == 6


async def test_photo_is_taken_away_and_another_put_first(alice: Browser) -> None:
    page = await alice.get("/publier")
    two = await send_form(alice, "/publier", page, changed(page, act="add"), [PHOTO.read_bytes()] * 3)
    first, second, third = two.html.xpath("//input[@name='media']/@value")

    fields = [*changed(two, act="add", first_photo=third), ("remove", first)]
    answer = await send_form(alice, "/publier", two, fields)

    assert answer.html.xpath("//input[@name='media']/@value") == [third, second]


async def test_photo_of_somebody_else_cannot_be_taken(
    alice: Browser, open_browser: OpenBrowser, lomme: Village
) -> None:
    page = await alice.get("/publier")
    hers = await send_form(alice, "/publier", page, changed(page, act="add"), [PHOTO.read_bytes()])
    (photo,) = hers.html.xpath("//input[@name='media']/@value")
    hocine = await open_browser(lomme.hocine)
    empty = await hocine.get("/publier")

    answer = await send_form(hocine, "/publier", empty, [*changed(empty, act="add"), ("media", photo)])

    assert answer.html.xpath("//input[@name='media']/@value") == []


async def test_repair_call_tells_what_is_wrong_with_the_bike(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    page = await alice.get("/publier?genre=repair_call")
    fields = changed(
        page,
        title="Crevaison",
        bike_type="cargo",
        interventions="flat-tyre",
        rideable="non",
        urgency="Today",
        act="publish",
    )

    answer = await send_form(alice, "/publier", page, fields)

    assert answer.status == 303, errors(answer)
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_url(conn, lomme.site.url + answer.location.partition("?")[0])
    assert listing is not None
    assert (listing.details.kind, listing.details.mode) == ("repair_call", "repair")
    assert listing.details.repair == {
        "bike_type": "cargo",
        "interventions": ["flat-tyre"],
        "wheel_size": None,
        "rideable": False,
        "urgency": "Today",
        "reach": "3km",
    }


async def test_photo_without_words_is_published_and_the_title_stands_in(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    page = await alice.get("/publier")
    fields = changed(page, title="Échelle", mode="gift", act="publish")

    answer = await send_form(alice, "/publier", page, [*fields, ("alt_new", " ")], [PHOTO.read_bytes()])

    assert answer.status == 303, errors(answer)
    shown = await alice.get(answer.location)
    assert shown.html.xpath("//img[@class='photo u-photo']/@alt") == ["Échelle"]
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_url(conn, lomme.site.url + answer.location.partition("?")[0])
        assert listing is not None
        sent = await fetch_value(conn, "SELECT body FROM activity WHERE object_uri = $1 LIMIT 1", listing.uri)
        [kept] = (await media.list_by_posts(conn, [listing.id]))[listing.id]
    assert [one["name"] for one in loads(sent)["object"]["attachment"]] == ["Échelle"]
    assert kept.description == "", "apps ask for words, and are told that there are none"


async def test_enter_in_a_field_publishes_nothing_and_sends_no_photos(alice: Browser) -> None:
    page = await alice.get("/publier")

    buttons = page.html.xpath("//form[@enctype]//button[not(@type='button')]")
    pressed = buttons[0].get("name"), buttons[0].get("value")

    assert pressed == ("act", "preview")
    assert buttons[0].get("tabindex") == "-1" and buttons[0].get("aria-hidden") == "true"


async def test_repair_call_without_a_title_is_named_by_what_is_wrong(alice: Browser) -> None:
    page = await alice.get("/publier?genre=repair_call")
    fields = changed(
        page, title="", bike_type="cargo", interventions="flat-tyre", rideable="non", urgency="Now", act="preview"
    )

    named = await send_form(alice, "/publier", page, fields)
    unknown = await send_form(
        alice, "/publier", page, changed(page, title="", interventions="diagnosis", rideable="non", act="preview")
    )

    assert not errors(named)
    assert "Pneu à plat, vélo cargo" in named.html.xpath("string(//aside)")
    assert "En panne, vélo" in unknown.html.xpath("string(//aside)")
    assert "s’écrit de vos réponses" in page.words()


async def test_sale_needs_a_price_or_to_be_free(alice: Browser) -> None:
    page = await alice.get("/publier")
    fields = changed(page, title="Roue", mode="sale", price="douze", act="publish")

    wrong = await send_form(alice, "/publier", page, fields)
    missing = await send_form(alice, "/publier", page, changed(page, title="Roue", mode="sale", act="publish"))

    assert "12,50" in errors(wrong)["price"]
    assert "price" in errors(missing)


async def publish_so(alice: Browser, instance: Instance, **fields: str) -> tuple[Listing, Page]:
    """What the form publishes, and its page."""
    page = await alice.get("/publier")
    answer = await send_form(alice, "/publier", page, changed(page, act="publish", **fields))
    assert answer.status == 303, errors(answer)
    url = f"{instance.site.url}{answer.location.partition('?')[0]}"
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_url(conn, url)
    assert listing is not None
    return listing, await alice.get(answer.location)


async def test_a_gift_goes_to_the_first_who_asks_or_to_whom_its_author_chooses(
    alice: Browser, instance: Instance
) -> None:
    first, shown = await publish_so(alice, instance, title="Livres", mode="gift", first_come="premier")
    chosen, _ = await publish_so(alice, instance, title="Livres", mode="gift")
    lent, _ = await publish_so(alice, instance, title="Livres", mode="loan", first_come="premier")

    assert [one.details.first_come for one in (first, chosen, lent)] == [True, False, False]
    assert "au premier qui le demande" in shown.words()
    edited = await alice.get(f"{first.post.url.removeprefix(instance.site.url)}/modifier")
    assert ("first_come", "premier") in typed(edited)


async def test_a_service_is_counted_by_the_hour(alice: Browser, instance: Instance) -> None:
    hours, shown = await publish_so(alice, instance, title="Couture", mode="service", unit="hour", quantity="6")
    whole, _ = await publish_so(alice, instance, title="Couture", mode="service")
    lent, _ = await publish_so(alice, instance, title="Machine", mode="loan", unit="hour")

    assert (hours.details.unit, hours.details.unit_based, int(hours.details.quantity)) == ("hour", True, 6)
    assert [(one.details.unit, one.details.unit_based) for one in (whole, lent)] == [("one", False)] * 2
    assert "Coup de main, à l’heure, 6 heures en tout" in shown.words()


async def test_the_cooperative_says_whether_a_duration_is_the_longest_or_wished(
    alice: Browser, instance: Instance
) -> None:
    _, longest = await publish_so(alice, instance, title="Tente", mode="loan", max_duration="P1W", expires="")
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        await preferences.save(conn, replace(chosen, duration_label="wished"))

    lent, wished = await publish_so(alice, instance, title="Tente", mode="loan", max_duration="P1W", expires="")

    assert "une semaine au plus" in longest.words() and "plutôt une semaine" in wished.words()
    assert "Durée souhaitée" in (await alice.get("/publier")).words() and lent.details.max_duration == "P1W"


async def test_sale_is_not_offered_where_it_is_off(alice: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, preferences.Preferences())
    page = await alice.get("/publier")

    refused = await send_form(alice, "/publier", page, changed(page, title="Roue", mode="sale", price="12"))

    assert "sale" not in page.html.xpath("//input[@name='mode']/@value")
    assert refused.status == 422 and "mode" in errors(refused)


async def test_author_edits_her_listing_and_others_cannot(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    path = lomme.tent.post.url.removeprefix(lomme.site.url)
    hocine = await open_browser(lomme.hocine)

    page = await alice.get(f"{path}/modifier")
    answer = await send_form(alice, f"{path}/modifier", page, changed(page, title="Tente 5 places", act="publish"))

    assert (await hocine.get(f"{path}/modifier")).status == 404
    assert answer.status == 303, errors(answer)
    shown = await alice.get(answer.location)
    assert "Tente 5 places" in shown.words()
    assert len(shown.html.xpath("//img[contains(@class, 'u-photo')]")) == 3
    async with connection(instance.pool) as conn:
        sent = await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Update'")
    assert sent >= 1


async def test_form_without_its_token_is_refused(alice: Browser) -> None:
    answer = await alice.client.post("/publier", data={"title": "Tente"}, headers={"Accept": "text/html"})

    assert answer.status == 403
