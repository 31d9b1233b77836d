"""Pages that the cooperative writes itself: published, linked, changed by two, taken back, deleted, put back."""

from models.people.documents import own_pages, versions
from models.store.database import connection, fetch_column, transaction
from outbox.people import own_pages as outbox
from tests.invitations import plain
from tests.web.form_client import Doorbell, Visitor, add_member
from web.pages.instance.crawlers import write_sitemap

LIST = "/coop/pages"

VALUES = {"title": "Nos valeurs", "text": "# Ensemble\n**On prête**, on donne.", "placed": "menu", "language": "fr"}


async def enter(door: Doorbell, username: str = "awa") -> Visitor:
    await add_member(door.instance, username, roles=["admin"])
    return await (await door.ring()).log_in(username)


async def write(admin: Visitor, act: str = "publish", **changes: str) -> str:
    """She writes a new page; the address of its editor."""
    await admin.open(f"{LIST}/nouvelle")
    await admin.send(f"{LIST}/nouvelle", VALUES | {"act": act} | changes)
    return admin.path.partition("?")[0]


async def test_a_page_is_looked_at_kept_as_a_draft_published_and_linked(door: Doorbell) -> None:
    awa, visitor = await enter(door), await door.ring()

    await write(awa, "preview")
    assert "<strong>On prête</strong>" in awa.text and "Rien n’est encore enregistré" in awa.text
    editor = await write(awa, "draft")
    assert "l’équipe seule le voit" in plain(awa.text)
    assert (await visitor.open("/pages/nos-valeurs")).status == 404
    assert "/pages/nos-valeurs" not in (await visitor.open("/aide")).text
    await awa.open(editor)
    await awa.send(editor, VALUES | {"act": "publish"})

    await visitor.open("/pages/nos-valeurs")
    assert "<h2>Ensemble</h2><p><strong>On prête</strong>, on donne.</p>" in visitor.text
    menu = visitor.text[visitor.text.index('class="own-pages"') : visitor.text.index("</header>")]
    assert 'href="/pages/nos-valeurs" aria-current="page">Nos valeurs</a>' in menu
    assert "Changer cette page" not in visitor.text and "Changer cette page" in plain(
        (await awa.open("/pages/nos-valeurs")).text
    )
    assert "/pages/nos-valeurs" in (await visitor.open("/sitemap.xml")).text
    async with connection(door.instance.pool) as conn:
        assert await fetch_column(conn, "SELECT version FROM document_version") == [1], "nothing changed since"
        assert await own_pages.list_readable(conn) == ["nos-valeurs"]


async def test_what_is_published_stands_until_the_next_is(door: Doorbell) -> None:
    awa, visitor = await enter(door), await door.ring()
    editor = await write(awa, placed="footer")

    await awa.send(editor, VALUES | {"text": "Tout autre chose", "act": "draft"})
    assert "On prête" in (await visitor.open("/pages/nos-valeurs")).text and "own-pages" not in visitor.text
    assert "une version plus récente" in plain((await awa.open(LIST)).text)
    await awa.open(editor)
    await awa.send(editor, {"act": "withdraw"})

    assert (await visitor.open("/pages/nos-valeurs")).status == 404
    assert "brouillon" in (await awa.open(LIST)).text


async def test_who_saves_after_somebody_else_sees_what_she_saved_and_loses_nothing(door: Doorbell) -> None:
    awa, bob = await enter(door), await enter(door, "bob")
    editor = await write(awa)
    await bob.open(editor)
    await awa.send(editor, VALUES | {"text": "# Ensemble\nLe texte d’Awa.", "act": "publish"})

    await bob.send(editor, VALUES | {"text": "Le texte de Bob.", "act": "publish"})

    assert bob.status == 409 and "<ins>Le texte d’Awa.</ins>" in bob.text and "Le texte de Bob.</textarea>" in bob.text
    await bob.send(editor, VALUES | {"text": "Les deux.", "act": "publish"})
    assert "Les deux." in (await bob.open("/pages/nos-valeurs")).text


async def test_an_earlier_version_is_read_and_taken_back(door: Doorbell) -> None:
    awa = await enter(door)
    editor = await write(awa)
    await awa.send(editor, VALUES | {"title": "Autre", "text": "Tout autre chose", "act": "publish"})

    await awa.open(f"{editor}/versions/1")
    assert "<strong>On prête</strong>" in awa.text and "<ins>Tout autre chose</ins>" in awa.text
    await awa.send(f"{editor}/versions/1")

    assert "de nouveau celle de la page" in awa.text and "Version 3" in awa.text
    assert "<title>\nNos valeurs" in (await awa.open("/pages/nos-valeurs")).text or "Nos valeurs" in awa.text
    assert "On prête" in awa.text
    assert (await awa.open(f"{editor}/versions/9")).status == 404


async def test_deleting_asks_and_can_be_undone(door: Doorbell) -> None:
    awa, visitor = await enter(door), await door.ring()
    editor = await write(awa)

    await awa.open(f"{editor}/supprimer")
    assert "Supprimer « Nos valeurs »" in plain(awa.text)
    await awa.send(f"{editor}/supprimer")
    assert (await visitor.open("/pages/nos-valeurs")).status == 404 and "own-pages" not in visitor.text
    assert (await visitor.open(editor)).path.startswith("/connexion") and (await awa.open(editor)).status == 404
    await awa.open(f"{LIST}/nouvelle")
    await awa.send(f"{LIST}/nouvelle", VALUES | {"act": "publish"})
    assert awa.status == 422 and "l’avait avant d’être supprimée" in plain(awa.text)
    await awa.open(LIST)
    await awa.send(LIST, {"act": "put_back"})

    assert "La page est remise" in awa.text and "brouillon" in awa.text
    await awa.open(editor)
    await awa.send(editor, VALUES | {"act": "publish"})
    assert "On prête" in (await visitor.open("/pages/nos-valeurs")).text


async def test_who_writes_while_it_is_deleted_loses_nothing_and_what_was_withdrawn_stays_so(door: Doorbell) -> None:
    awa, bob, visitor = await enter(door), await enter(door, "bob"), await door.ring()
    editor = await write(awa)
    async with connection(door.instance.pool) as conn:
        [page] = await own_pages.list_pages(conn)
        first = await versions.find_version(conn, own_pages.name_kind(page.id), 1)
    assert first is not None
    await bob.open(editor)

    await awa.open(editor)
    await awa.send(editor, {"act": "withdraw"})
    async with transaction(door.instance.pool) as conn:
        await outbox.take_back(conn, page, first, by=None, follows=1)  # who read the page before it was withdrawn
    assert (await visitor.open("/pages/nos-valeurs")).status == 404
    await awa.open(f"{editor}/supprimer")
    await awa.send(f"{editor}/supprimer")
    await bob.send(editor, VALUES | {"text": "Le long texte de Bob.", "act": "publish"})

    assert bob.status == 409 and "Le long texte de Bob.</textarea>" in bob.text
    assert "supprimé cette page entre-temps" in plain(bob.text)


async def test_a_place_that_is_not_kept_with_a_draft_is_said_and_drafts_fill_no_menu(door: Doorbell) -> None:
    awa = await enter(door)
    editor = await write(awa, placed="footer")

    await awa.send(editor, VALUES | {"placed": "menu", "text": "Plus court.", "act": "draft"})
    assert "changent quand vous publiez" in plain(awa.text)
    for title in ("Un", "Deux", "Trois", "Quatre"):
        await write(awa, "draft", title=title)
    await awa.open(editor)
    await awa.send(editor, VALUES | {"placed": "menu", "act": "publish"})

    assert "C’est publié" in plain(awa.text), "four drafts that want to stand there do not"


async def test_pages_stand_in_their_order_and_the_menu_holds_four(door: Doorbell) -> None:
    awa = await enter(door)
    for title in ("Un", "Deux", "Trois", "Quatre"):
        await write(awa, title=title)

    await write(awa, title="Cinq")
    assert awa.status == 422 and "Le menu tient 4 pages" in plain(awa.text) and 'value="Cinq"' in awa.text
    async with transaction(door.instance.pool) as conn:
        ids = {one.slug: one.id for one in await own_pages.list_pages(conn)}
    await awa.open(LIST)
    await awa.send(LIST, {"act": "up", "id": str(ids["quatre"])})
    await awa.send(LIST, {"act": "down", "id": str(ids["un"])})

    async with connection(door.instance.pool) as conn:
        assert [one.title for one in (await own_pages.load_with_links(conn))[1]] == ["Deux", "Un", "Quatre", "Trois"]


async def test_what_is_wrong_is_said_and_what_was_typed_stays(door: Doorbell) -> None:
    awa = await enter(door)

    await write(awa, title="", text="Gardé")
    assert awa.status == 422 and 'href="#title"' in awa.text and "Gardé</textarea>" in awa.text
    await write(awa, slug="Pas une adresse")
    assert awa.status == 422 and 'href="#slug"' in awa.text
    assert (await awa.open("/pages/nos-valeurs")).status == 404


async def test_who_reads_another_language_is_told(door: Doorbell) -> None:
    await write(await enter(door))
    visitor = await door.ring()

    answer = await visitor.client.get("/pages/nos-valeurs", headers={"Accept-Language": "en"})

    text = " ".join(plain(await answer.text()).split())
    assert '<html lang="en"' in text and '<h1 id="titre" lang="fr">Nos valeurs' in text
    assert "written in one language only: Français" in text and 'href="/pages/nos-valeurs" lang="fr"' in text


def test_a_sitemap_names_own_pages() -> None:
    assert b"<loc>https://lomme.test/pages/nos-valeurs</loc>" in write_sitemap(
        "https://lomme.test", [], ["/pages/nos-valeurs"]
    )
