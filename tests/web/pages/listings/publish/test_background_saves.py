"""What the script of the publish form sends while she types: photos, the draft, and how it will look."""

from secrets import token_urlsafe
from typing import Any

import pytest
from aiohttp import FormData

from federation.instance import Instance
from federation.media_store import FolderStore, StoreFull
from models.listings import listing_drafts
from models.listings.listing_drafts import KeptForm
from models.posts.media import media, uploads
from models.store.database import connection, fetch_value
from tests.picture_files import decode, draw, encode
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.listings.publish.test_publish_page import OpenBrowser, changed, errors, send_form, typed


def make_writer() -> str:
    """The name of a page, as the form has it."""
    return token_urlsafe(16)


SMALL = encode(draw(60, 40))


async def find_token(browser: Browser) -> str:
    return str((await browser.get("/publier")).html.xpath("string(//form[@enctype]//input[@name='csrf_token']/@value)"))


async def ask(browser: Browser, path: str, fields: dict[str, str], photos: list[bytes] | None = None) -> Any:
    """The status, and what the script reads; nothing where it is led away."""
    data = FormData(default_to_multipart=photos is not None)
    for name, value in fields.items():
        data.add_field(name, value)
    for photo in photos or []:
        data.add_field("photos", photo, filename="photo.jpg", content_type="image/jpeg")
    headers = {"Accept": "application/json", "Accept-Language": "fr"}
    answer = await browser.client.post(path, data=data, headers=headers, allow_redirects=False)
    return answer.status, await answer.json() if answer.status < 300 or answer.status >= 400 else {}


async def send_photo(browser: Browser, photo: bytes = SMALL, **fields: str) -> Any:
    return await ask(browser, "/publier/photos", {"csrf_token": await find_token(browser), **fields}, [photo])


async def keep(browser: Browser, **fields: str) -> Any:
    return await ask(browser, "/publier/brouillon", {"csrf_token": await find_token(browser), **fields})


async def list_kept(instance: Instance, village: Village) -> list[KeptForm]:
    async with connection(instance.pool) as conn:
        return await listing_drafts.list_kept(conn, village.alice.id)


async def test_a_photo_waits_for_its_listing_and_is_the_same_when_it_is_sent_again(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    key = make_writer()

    status, first = await send_photo(alice, key=key)
    _, again = await send_photo(alice, key=key)
    _, other = await send_photo(alice, key="../etc")

    assert status == 200 and again == first and other["id"] != first["id"]
    assert first["thumbnail"].startswith("/media/")
    async with connection(instance.pool) as conn:
        kept = await media.find(conn, int(first["id"]))
    assert kept is not None and (kept.owner_id, kept.post_id) == (lomme.alice.id, None)


async def test_only_members_send_photos_and_only_with_a_form_of_ours(
    alice: Browser, visitor: Browser, instance: Instance
) -> None:
    async with connection(instance.pool) as conn:
        before = await fetch_value(conn, "SELECT count(*) FROM media")

    stranger, _ = await ask(visitor, "/publier/photos", {"csrf_token": await find_token(alice)}, [SMALL])
    forged, _ = await ask(alice, "/publier/photos", {"csrf_token": "x" * 40}, [SMALL])
    unasked, _ = await ask(visitor, "/publier/brouillon", {"title": "Tente"})
    untold, _ = await ask(alice, "/publier/brouillon", {"title": "Tente"})

    assert (stranger, forged, unasked, untold) == (303, 403, 303, 403)
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM media") == before


async def test_what_is_no_photo_too_many_or_without_room_is_said_in_words(
    alice: Browser, instance: Instance, lomme: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = {"csrf_token": await find_token(alice)}
    wrong, why = await send_photo(alice, b"hello")
    two, _ = await ask(alice, "/publier/photos", token, [SMALL, SMALL])
    none, _ = await ask(alice, "/publier/photos", token, [])
    empty, _ = await ask(alice, "/publier/photos", token, [b""])
    monkeypatch.setattr(uploads, "MAX_UNATTACHED", 0)
    many, too_many = await send_photo(alice)
    monkeypatch.undo()

    async def full(*_: object) -> str:
        raise StoreFull

    monkeypatch.setattr(FolderStore, "save", full)
    no_room, _ = await send_photo(alice)

    assert (wrong, two, none, empty, many, no_room) == (422, 422, 422, 422, 409, 507)
    assert "photo.jpg" in why["error"] and too_many["error"]


async def test_a_place_sends_photos_in_its_own_name(alice: Browser, open_browser: OpenBrowser) -> None:
    status, _ = await ask(alice, "/coop/lieux/atelier/publier/photos", {"csrf_token": await find_token(alice)}, [SMALL])

    assert status == 404, "she runs none"


async def test_a_form_keeps_itself_as_one_draft_and_is_resumed_with_its_photos(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    writer = make_writer()
    _, photo = await send_photo(alice)

    _, first = await keep(
        alice, writer=writer, title="Ten", kind="offer", position="50.64, 2.98", home_latitude="50.64"
    )
    _, again = await keep(alice, writer=writer, title="Tente\x00", kind="offer", media=photo["id"])
    page = await alice.get(f"/publier?brouillon={first['id']}")
    place = await alice.get("/chez-moi")

    assert (first["version"], again["version"], again["id"], again["other"]) == ("1", "2", first["id"], None)
    [kept] = await list_kept(instance, lomme)
    assert (kept.title, kept.media_ids) == ("Tente", [int(photo["id"])])
    assert not {"position", "home_latitude"} & dict(kept.fields).keys(), "the very point of a map is kept nowhere"
    values = dict(typed(page))
    assert (values["title"], values["media"], values["draft_version"]) == ("Tente", photo["id"], "2")
    assert values["writer"] != writer
    assert place.html.xpath(f"//li[.//a[@href='/publier?brouillon={first['id']}']]/img[@class='thumbnail']")


async def test_the_newer_of_two_wins_and_the_other_is_kept_as_a_draft_of_its_own(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    telephone, tablet = make_writer(), make_writer()
    _, begun = await keep(alice, writer=telephone, title="Tente")
    place = {"kept_draft": begun["id"], "draft_version": "1"}
    await keep(alice, writer=tablet, title="Tente de la tablette", **place)

    _, newer = await keep(alice, writer=telephone, title="Tente du téléphone", **place)
    _, moved = await keep(alice, writer=tablet, title="Tente de la tablette, encore", **place)

    assert newer["id"] == begun["id"] and newer["other"] == f"/publier?brouillon={moved['id']}"
    assert moved["other"] == f"/publier?brouillon={begun['id']}"
    kept = {one.id: one.title for one in await list_kept(instance, lomme)}
    assert kept == {int(newer["id"]): "Tente du téléphone", int(moved["id"]): "Tente de la tablette, encore"}


async def test_a_draft_kept_by_hand_says_that_it_was_changed_elsewhere(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    _, begun = await keep(alice, writer=make_writer(), title="Tente")
    page = await alice.get(f"/publier?brouillon={begun['id']}")
    await keep(alice, writer=make_writer(), title="Ailleurs", kept_draft=begun["id"], draft_version="1")

    answer = await send_form(alice, "/publier", page, changed(page, title="Ici", act="keep"))

    assert answer.location == "/chez-moi?fait=kept_both"
    assert "Il a aussi été changé ailleurs" in (await alice.get(answer.location)).words()
    assert {one.title for one in await list_kept(instance, lomme)} == {"Ici", "Ailleurs"}


async def test_one_draft_too_many_and_those_of_others_are_refused(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, hers = await keep(alice, writer=make_writer(), title="Tente")
    _, photo = await send_photo(alice)
    hocine = await open_browser(lomme.hocine)

    _, his = await keep(
        hocine, writer=make_writer(), title="Volé", kept_draft=hers["id"], draft_version="1", media=photo["id"]
    )
    monkeypatch.setattr(listing_drafts, "MOST", 1)
    full, why = await keep(alice, writer=make_writer(), title="Encore une")
    stale, _ = await keep(alice, writer=make_writer(), title="Ailleurs", kept_draft=hers["id"], draft_version="7")

    assert his["id"] != hers["id"]
    assert full == stale == 409 and "brouillon" in why["error"]
    assert [one.title for one in await list_kept(instance, lomme)] == ["Tente"]


async def test_what_no_form_sends_is_kept_as_typed_or_refused_and_breaks_nothing(alice: Browser) -> None:
    strange = {"kept_draft": "-1", "draft_version": "9" * 30, "writer": "<b>", "media": "9" * 19, "kind": "nothing"}
    status, _ = await keep(alice, title="\ufeff\u202eTente", **strange)
    heavy, _ = await keep(alice, text="x" * 300_000)

    assert (status, heavy) == (200, 413)


async def test_the_same_form_sent_twice_is_published_once(alice: Browser, instance: Instance) -> None:
    page = await alice.get("/publier")
    fields = changed(page, title="Luge rouge", mode="gift", act="publish")

    first = await send_form(alice, "/publier", page, fields)
    second = await send_form(alice, "/publier", page, fields)
    other = await send_form(alice, "/publier", page, changed(page, title="Luge bleue", mode="gift", act="publish"))

    assert first.status == second.status == 303, errors(first)
    assert second.location == first.location != other.location
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM listing WHERE title LIKE 'Luge %'") == 2


async def test_publishing_forgets_the_draft_of_its_page(alice: Browser, instance: Instance, lomme: Village) -> None:
    page = await alice.get("/publier")
    await keep(alice, writer=dict(typed(page))["writer"], title="Luge")

    answer = await send_form(alice, "/publier", page, changed(page, title="Luge", mode="gift", act="publish"))

    late = await keep(alice, writer=dict(typed(page))["writer"], title="Lug")
    assert answer.status == 303
    assert late == (200, {"published": "yes"}), "it was on its way before that"
    assert await list_kept(instance, lomme) == []


async def send_live(browser: Browser, path: str, fields: list[tuple[str, str]]) -> Page:
    page = await browser.get(path)
    return await send_form(browser, path, page, [*changed(page, act="live"), *fields])


async def test_how_it_looks_so_far_is_shown_whatever_is_missing_and_changes_nothing(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    _, photo = await send_photo(alice)
    edit = f"{lomme.tent.post.url.removeprefix(lomme.site.url)}/modifier"
    async with connection(instance.pool) as conn:
        before = await fetch_value(conn, "SELECT array_agg(description ORDER BY id) FROM media")
        [first, *_] = (await media.list_by_posts(conn, [lomme.tent.id]))[lomme.tent.id]

    words = [("media", photo["id"]), (f"alt_{photo['id']}", "Un mot"), (f"turn_{photo['id']}", "90")]
    shown = await send_live(alice, "/publier", words)
    edited = await send_live(alice, edit, [(f"alt_{first.id}", "Un mot")])

    assert shown.status == edited.status == 200
    assert "Sans titre" in shown.text and photo["thumbnail"] in shown.text and "<form" not in shown.text
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT array_agg(description ORDER BY id) FROM media") == before


async def test_a_photo_is_turned_without_script_and_keeps_its_words(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    _, photo = await send_photo(alice)
    page = await alice.get("/publier")
    fields = [("media", photo["id"]), (f"alt_{photo['id']}", "Trois couleurs"), (f"turn_{photo['id']}", "90")]

    answer = await send_form(alice, "/publier", page, [*changed(page, act="add"), *fields])

    [turned] = answer.html.xpath("//form[@enctype]//input[@name='media']/@value")
    async with connection(instance.pool) as conn:
        kept = await media.find(conn, int(turned))
    assert kept is not None and turned != photo["id"] and kept.description == "Trois couleurs"
    path = instance.store.find(kept.file_key or "")
    assert path is not None
    image = decode(path.read_bytes())
    assert image.size == (40, 60) and image.crop((10, 0, 30, 10)).resize((1, 1)).tobytes()[0] > 180, (
        "what was left is above"
    )


async def test_a_photo_of_a_listing_that_stands_is_turned_when_the_change_is_published(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    edit = f"{lomme.tent.post.url.removeprefix(lomme.site.url)}/modifier"
    page = await alice.get(edit)
    first, *others = page.html.xpath("//form[@enctype]//input[@name='media']/@value")
    turned = changed(page, **{f"turn_{first}": "180", f"alt_{first}": "La tente"})

    looked_at = await send_form(alice, edit, page, [*turned, ("act", "preview")])
    async with connection(instance.pool) as conn:
        standing = [one.id for one in (await media.list_by_posts(conn, [lomme.tent.id]))[lomme.tent.id]]
        words = await fetch_value(conn, "SELECT description FROM media WHERE id = $1", int(first))
    answer = await send_form(alice, edit, looked_at, changed(looked_at, act="publish"))

    assert standing == [int(first), *map(int, others)] and words != "La tente", "nothing changes before she says so"
    assert answer.status == 303, errors(answer)
    async with connection(instance.pool) as conn:
        now = (await media.list_by_posts(conn, [lomme.tent.id]))[lomme.tent.id]
    assert [one.id for one in now[1:]] == list(map(int, others))
    assert now[0].id != int(first) and now[0].description == "La tente"
