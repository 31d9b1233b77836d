"""Filters are tried and saved, what they hold is let go or refused, and its author always knows where it stands."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from PIL import Image

from federation.instance import Instance
from federation.media import uploads
from models import preferences
from models.moderation import filters, held_posts, removed_pictures
from models.moderation.filters import ModerationRule
from models.people.actors import Actor
from models.posts import Post
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.listings import listings as verbs
from outbox.moderation.held_posts import tell_overdue
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.factories import make_local_actor, make_member
from tests.outbox.listings.test_listings import make_draft
from tests.picture_files import decode, encode
from tests.sample_village import Village
from tests.web.pages.conftest import SITE, Browser
from web.commands.demo.cooperatives import PHOTOS

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

TYPED = {"name": "Arnaques", "patterns": "western union\ncrypto*", "action": "hold", "on_local": "1"}

RULE = ModerationRule(name="Arnaques", patterns=("crypto*",), action="hold", on_local=True, on_remote=False)


@pytest.fixture
async def mona(instance: Instance, lomme: Village, open_browser: OpenBrowser) -> Browser:
    """Mona moderates."""
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        actor = await make_member(conn, "mona", roles=["moderator"], name="Mona")
    return await open_browser(actor)


async def hold_note(instance: Instance, lomme: Village, text: str = "Des cryptos ?") -> Post:
    async with transaction(instance.pool) as conn:
        if not await filters.list_all(conn):
            await filters.save(conn, RULE)
        return await notes.publish(conn, SITE, lomme.alice, NoteDraft(text=text, audience="network"))


async def waiting(instance: Instance) -> list[int]:
    async with connection(instance.pool) as conn:
        return [one.post_id for one in await held_posts.list_waiting(conn, 0, after=None, limit=50)]


async def test_a_filter_is_tried_on_what_was_published_before_it_is_saved(instance: Instance, mona: Browser) -> None:
    typed = TYPED | {"patterns": "perceuse\npercu*", "on_remote": "1"}
    tried = await mona.send("/coop/filtres/nouveau", typed | {"act": "preview"})

    assert tried.status == 200
    assert "Il aurait retenu une publication." in tried.words()
    assert "Perceuse à percussion" in tried.words()
    assert tried.html.xpath("string(//textarea)").strip() == "perceuse\npercu*"
    assert "Aucun filtre pour le moment." in (await mona.get("/coop/filtres")).words()

    saved = await mona.send("/coop/filtres/nouveau", typed | {"act": "save"})

    assert saved.location == "/coop/filtres?fait=saved"
    words = (await mona.get(saved.location)).words()
    assert "« perceuse », « percu* »" in words and "N’a encore rien trouvé." in words
    async with connection(instance.pool) as conn:
        [kept] = await filters.list_all(conn)
        assert await fetch_column(conn, "SELECT act FROM journal_entry") == ["filter_changed"]
    page = await mona.get(f"/coop/filtres/{kept.id}")
    assert page.html.xpath("string(//input[@name='name']/@value)") == "Arnaques"
    await mona.send(f"/coop/filtres/{kept.id}", typed | {"name": "Outils", "act": "save"})
    for act, words in (("paused", "En pause."), ("resumed", "Mettre en pause"), ("deleted", "Aucun filtre")):
        done = await mona.send("/coop/filtres", {"act": act, "id": str(kept.id)})
        assert words in (await mona.get(done.location)).words()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"patterns": " "}, "Écrivez au moins un mot"),
        ({"patterns": "ab*"}, "« ab* » trouverait presque tout"),
        ({"patterns": "argent …"}, "« argent … » ne dit pas quel mot chercher"),
        ({"name": ""}, "Donnez un nom à ce filtre"),
        ({"on_local": ""}, "Cochez au moins l’un des deux"),
    ],
)
async def test_what_cannot_be_a_filter_is_said_and_nothing_typed_is_lost(
    mona: Browser, changes: dict[str, str], sentence: str
) -> None:
    page = await mona.send("/coop/filtres/nouveau", TYPED | changes | {"act": "save"})

    assert page.status == 422
    assert sentence in page.words()
    assert page.html.xpath("string(//textarea)").strip() == (TYPED | changes)["patterns"].strip()


async def test_what_waits_is_read_and_let_go_and_its_author_knows_it_all_along(
    instance: Instance, lomme: Village, mona: Browser, alice: Browser
) -> None:
    note = await hold_note(instance, lomme)

    assert "attend d’être relu par l’équipe" in (await alice.get("/notifications")).words()
    assert (
        "Cela paraîtra dès que quelqu’un de l’équipe l’aura relu"
        in (await alice.get(note.url.removeprefix(SITE.url))).words()
    )
    assert "publication de Maryse attend un regard" in (await mona.get("/notifications")).words()
    page = await mona.get("/coop/retenues")
    assert "Des cryptos ?" in page.words() and "Arnaques : « cryptos »" in page.words()
    [version] = set(page.html.xpath("//input[@name='version']/@value"))
    stale = {"act": "refuse", "post": str(note.id), "words": "Non merci.", "version": "celle d’avant"}
    refused = await mona.send("/coop/retenues", stale)
    assert refused.status == 409 and "Le texte a changé depuis que vous l’avez lu" in refused.words()
    assert "Non merci." in refused.words()

    done = await mona.send("/coop/retenues", {"act": "release", "post": str(note.id), "version": version})

    assert "C’est paru" in (await mona.get(done.location)).words()
    assert await waiting(instance) == []
    assert "c’est paru" in (await alice.get("/notifications")).words()
    again = await mona.send("/coop/retenues", {"act": "release", "post": str(note.id)})
    assert again.status == 409
    assert "« Une publication retenue a paru »" in again.words()


async def test_a_refusal_needs_words_which_the_author_reads_and_its_photos_are_remembered(
    instance: Instance, lomme: Village, mona: Browser, alice: Browser
) -> None:
    data = (PHOTOS / "velo.jpg").read_bytes()
    photo = await uploads.save_upload(instance, owner_id=lomme.alice.id, data=data, description="Un vélo")
    async with transaction(instance.pool) as conn:
        await filters.save(conn, RULE)
        draft = make_draft(title="Cryptomonnaie", media_ids=(photo.id,))
        listing = await verbs.publish(conn, SITE, lomme.alice, draft)

    mute = await mona.send("/coop/retenues", {"act": "refuse", "post": str(listing.id), "words": " ", "photos": "1"})
    assert (mute.status, await waiting(instance)) == (422, [listing.id])
    assert "Dites pourquoi : la personne le lira." in mute.words()

    endless = await mona.send("/coop/retenues", {"act": "refuse", "post": str(listing.id), "words": "x" * 1001})
    assert endless.html.xpath(f"//*[@id='words-{listing.id}-erreur']")

    fields = {"act": "refuse", "post": str(listing.id), "words": "Contraire à notre charte.", "photos": "1"}
    done = await mona.send("/coop/retenues", fields)

    assert "les photos qui ressemblent" in (await mona.get(done.location)).words()
    assert "Contraire à notre charte." in (await alice.get("/notifications")).words()
    assert "Un vélo" in (await mona.get("/coop/filtres")).words()
    smaller = encode(_shrink(data))
    other = await uploads.save_upload(instance, owner_id=lomme.hocine.id, data=smaller, description="")
    async with transaction(instance.pool) as conn:
        again = await verbs.publish(conn, SITE, lomme.hocine, make_draft(media_ids=(other.id,)))
    assert await waiting(instance) == [again.id]
    async with connection(instance.pool) as conn:
        [kept] = await removed_pictures.list_all(conn)
    forgotten = await mona.send("/coop/filtres", {"act": "forgotten", "id": str(kept.id)})
    assert "ne sont plus retenues" in (await mona.get(forgotten.location)).words()


def _shrink(data: bytes) -> Image.Image:
    image = decode(data)
    return image.resize((image.width // 2, image.height // 2))


async def test_a_new_member_is_told_before_and_after_that_her_posts_are_looked_at(
    instance: Instance, lomme: Village, mona: Browser, open_browser: OpenBrowser
) -> None:
    await mona.send("/coop/filtres", {"act": "first", "first_posts": "2"})
    async with transaction(instance.pool) as conn:
        assert (await preferences.load(conn)).first_posts == 2
        nina = await make_member(conn, "nina", name="Nina")
    browser = await open_browser(nina)

    assert "paraîtra dès qu’elle sera relue" in (await browser.get("/publier")).words()
    form = {"message": "Est-elle lourde ?", "audience": "tous"}
    asked = await browser.send(f"/annonces/d/{lomme.drill.id}/repondre", form)

    words = (await browser.get(asked.location)).words()
    assert "Quelqu’un de l’équipe va le relire" in words
    assert "Cela paraîtra dès que quelqu’un de l’équipe l’aura relu" in words
    assert "Une de ses premières publications" in (await mona.get("/coop/retenues")).words()
    assert "paraîtra dès" not in (await mona.get("/publier")).words()


async def test_a_change_that_waits_says_that_the_old_version_stands(
    instance: Instance, lomme: Village, alice: Browser
) -> None:
    async with transaction(instance.pool) as conn:
        listing = await verbs.publish(conn, SITE, lomme.alice, make_draft())
        await filters.save(conn, RULE)
        await verbs.edit(conn, SITE, lomme.alice, listing.uri, make_draft(title="Cryptomonnaie"))

    words = (await alice.get(listing.post.url.removeprefix(SITE.url))).words()

    assert "Votre modification, envoyée" in words and "attend d’être relue" in words
    assert "Tente quatre places" in words


async def test_what_nobody_answers_for_three_days_is_told_to_those_who_administer_once(
    instance: Instance, lomme: Village, mona: Browser
) -> None:
    note = await hold_note(instance, lomme)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE held_post SET held_at = now() - interval '71 hours'")
    assert await tell_overdue(instance) == 0
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE held_post SET held_at = now() - interval '73 hours'")
        before = await fetch_value(conn, "SELECT max(id) FROM notification")

    assert (await tell_overdue(instance), await tell_overdue(instance)) == (1, 0)

    async with connection(instance.pool) as conn:
        told = await fetch_column(
            conn,
            """
            SELECT a.username FROM notification n JOIN actor a ON a.id = n.recipient_id
            WHERE n.id > $1 AND n.type = 'held_post'
            """,
            before,
        )
    assert told == ["nadia"]
    assert await waiting(instance) == [note.id]


async def test_nobody_decides_about_her_own(instance: Instance, lomme: Village, open_browser: OpenBrowser) -> None:
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        await execute(conn, "UPDATE account SET roles = '{moderator}' WHERE actor_id = $1", lomme.alice.id)
    note = await hold_note(instance, lomme)
    browser = await open_browser(replace(lomme.alice))

    assert "Des cryptos" not in (await browser.get("/coop/retenues")).words()
    assert (await browser.send("/coop/retenues", {"act": "release", "post": str(note.id)})).status == 404
    assert await waiting(instance) == [note.id]


async def test_the_team_says_what_becomes_of_calls_without_an_account(instance: Instance, mona: Browser) -> None:
    await mona.send("/coop/filtres", {"act": "first", "first_posts": "0", "passers_by": "looked_at"})

    async with transaction(instance.pool) as conn:
        assert (await preferences.load(conn)).passers_by == "looked_at"
    assert '<option value="looked_at" selected>' in (await mona.get("/coop/filtres")).text
