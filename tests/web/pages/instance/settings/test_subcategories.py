"""The cooperative's own sub-categories: named, chosen when publishing, filtered by, closed, and taken back."""

from models import preferences
from models.store.database import connection, fetch_records
from tests.invitations import plain
from tests.web.form_client import Doorbell, Visitor, add_member

PAGE = "/coop/reglages/categories/camping"

ROOF = "camping.tentes-de-toit"

AD = {"title": "Abri", "kind": "offer", "mode": "loan", "place": "Lomme", "act": "publish", "category": ROOF}


async def enter(door: Doorbell, username: str = "awa") -> Visitor:
    await add_member(door.instance, username, roles=["admin"])
    return await (await door.ring()).log_in(username)


async def list_own(door: Doorbell) -> list[tuple[str, str, bool]]:
    async with connection(door.instance.pool) as conn:
        return [(one.slug, one.label, one.closed) for one in (await preferences.load(conn)).subcategories]


async def list_kept(door: Doorbell) -> list[tuple[str, str | None, bool]]:
    """Categories of all listings, and whether what others get of them has the hashtag."""
    async with connection(door.instance.pool) as conn:
        rows = await fetch_records(conn, "SELECT * FROM full_listing ORDER BY id")
    return [(row["category"], row["subcategory"], ">TentesDeToit<" in row["content"]) for row in rows]


async def test_one_is_named_chosen_filtered_by_closed_and_taken_back(door: Doorbell) -> None:
    awa, visitor = await enter(door), await door.ring()
    await awa.open(PAGE)
    await awa.send(PAGE, {"label": "Tentes de toit", "words": "belvédère"})
    assert await list_own(door) == [(ROOF, "Tentes de toit", False)]

    assert f'<option value="{ROOF}">– – Tentes de toit</option>' in (await awa.open("/publier")).text
    shown = await awa.send("/publier", AD)
    assert await list_kept(door) == [("camping", ROOF, True)]
    assert "Camping et randonnée › " in plain(shown.text) and f'href="/annonces?cat={ROOF}"' in shown.text
    assert f'value="{ROOF}" selected' in (await awa.open(shown.path.partition("?")[0] + "/modifier")).text
    found = plain((await visitor.open(f"/annonces?cat={ROOF}")).text)
    assert "Abri" in found and "dans « Tentes de toit »" in found

    await awa.open(PAGE)
    await awa.send(PAGE, {"label_tentes-de-toit": "Tentes hautes", "closed_tentes-de-toit": "1", "label": "Matelas"})
    assert await list_own(door) == [(ROOF, "Tentes hautes", True), ("camping.matelas", "Matelas", False)]
    assert ROOF not in (await awa.open("/publier")).text

    end = f"{PAGE}/tentes-de-toit/supprimer"
    assert "Une annonce y est." in plain((await awa.open(end)).text)
    await awa.send(end, {"to": "camping.matelas"})
    assert await list_own(door) == [("camping.matelas", "Matelas", False)]
    assert await list_kept(door) == [("camping", "camping.matelas", True)], "until it is changed next"
    assert "dans « Camping et randonnée »" in plain((await visitor.open(f"/annonces?cat={ROOF}")).text)
    await awa.open("/coop/reglages/historique")
    assert "Camping et randonnée › Tentes hautes (fermée)" in plain(awa.text)


async def test_mistakes_are_said_and_what_two_change_is_shown_first(door: Doorbell) -> None:
    awa, bob = await enter(door), await enter(door, "bob")
    await bob.open(PAGE)
    await awa.open(PAGE)
    for label, sentence in (
        ("2024", "Écrivez un nom avec des lettres."),
        ("camping et randonnee", "Ce nom est déjà pris ici"),
        ("x" * 61, "C’est trop long"),
    ):
        assert sentence in plain((await awa.send(PAGE, {"label": label})).text), label
    await awa.open("/publier")
    assert (await awa.send("/publier", AD)).status == 422, "there is none such yet"
    await awa.open(PAGE)
    await awa.send(PAGE, {"label": "Tentes"})

    await bob.send(PAGE, {"label": "Matelas"})

    assert bob.status == 409 and "« Tentes »" in plain(bob.text) and 'value="Matelas"' in bob.text
    await bob.send(PAGE, {"label_tentes": "Tentes", "label": "Matelas"})
    await bob.open(PAGE)
    await bob.send(PAGE, {"label_tentes": "Tentes", "label_matelas": "Matelas", "place_matelas": "1"})
    assert [label for _, label, _ in await list_own(door)] == ["Matelas", "Tentes"]
    assert (await bob.open(f"{PAGE}/duvets/supprimer")).status == (await bob.open(f"{PAGE[:-7]}freins")).status == 404
