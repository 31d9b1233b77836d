"""Hosts that nobody here knows before an administrator: what waits, let in or sent away, and who is told of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.servers import waiting_posts
from models.servers.waiting_posts import WaitingHost
from models.store.database import execute, fetch_column, fetch_value, transaction
from tests.database_queries import is_known
from tests.factories import make_follow, make_listing, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.coop.pending_things import add_backup
from web.server.worker.jobs import watch_unknown_hosts
from web.server.worker.nightly_sweep import sweep

PAGE = "/coop/serveurs"

EVERYBODY = "https://www.w3.org/ns/activitystreams#Public"

Open = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def odile(open_browser: Open, lomme: Village) -> Browser:
    """Odile, who administers."""
    return await open_browser(lomme.admin)


async def send(instance: Instance, host: str, *titles: str, follows: Actor | None = None) -> list[int]:
    """Listings of one account of this host come, and wait."""
    kept = []
    async with transaction(instance.pool) as conn:
        author = await make_remote_actor(conn, "mallory", host)
        if follows is not None:
            await make_follow(conn, author, follows)
        for title in titles:
            words = "<p>Gagnez <b>vite</b> &amp; bien</p><script>alert(1)</script>"
            listing = await make_listing(
                conn, author, title=title, description=words, post={"audience": "unlisted", "to_uris": (EVERYBODY,)}
            )
            await waiting_posts.keep(conn, listing.id, host, "network", wanted=False)
            kept.append(listing.id)
    return kept


async def hosts(instance: Instance) -> list[WaitingHost]:
    async with transaction(instance.pool) as conn:
        return await waiting_posts.list_hosts(conn)


async def test_who_waits_stands_there_with_how_many_since_when_until_when_and_a_sample(
    odile: Browser, instance: Instance, lomme: Village
) -> None:
    _, newest = await send(instance, "neu.test", "Montre", "Lingots <i>d’or</i>", follows=lomme.alice)
    async with transaction(instance.pool) as conn:
        await waiting_posts.note_refusal(conn, "sub.neu.test", "hour")
    [one] = await hosts(instance)

    page = await odile.get(PAGE)

    assert one.leaves_at is not None and timedelta(days=29) < one.leaves_at - datetime.now(UTC) < timedelta(days=30)
    words = page.words()
    assert "neu.test 2 annonces attendent, un compte, depuis le" in words and "la plus ancienne part le" in words
    assert "Lingots <i>d’or</i>« Gagnez vite & bien alert(1) »" in words.replace("</i> «", "</i>«")
    assert "Une autre n’a pas été gardée" in words and "pas plus de 20 par heure d’un site inconnu" in words
    assert "Un compte de ce site suit quelqu’un d’ici" in words
    assert page.html.xpath(f"//a[@href='/annonces/d/{newest}']") and "<script>alert" not in page.text
    assert "n’est dans aucune liste" in (await odile.get(f"/annonces/d/{newest}")).words()


@pytest.mark.parametrize(("act", "left", "welcome"), [("allow", 2, True), ("turn_away", 0, False)])
async def test_one_click_lets_a_whole_host_in_or_sends_it_away(
    odile: Browser, open_browser: Open, instance: Instance, act: str, left: int, welcome: bool
) -> None:
    await send(instance, "neu.test", "Montre en or", "Lingots")
    await send(instance, "autre.test", "Tondeuse")
    assert "Montre en or" not in (await odile.get("/annonces")).words()

    answer = await odile.send(PAGE, {"act": act, "host": "neu.test"}, form_on=PAGE)

    assert answer.location == f"{PAGE}?fait={act}#inconnus"
    after = (await odile.get(f"{PAGE}?fait={act}")).words()
    assert "C’est fait" in after and "autre.test une annonce attend" in after and "neu.test 2" not in after
    assert ("Montre en or" in (await (await open_browser(None)).get("/annonces")).words()) is welcome
    assert [one.host for one in await hosts(instance)] == ["autre.test"]
    assert await instance.policy.allows("neu.test") is welcome
    async with transaction(instance.pool) as conn:
        sql = "SELECT count(*) FROM post p JOIN actor a ON a.id = p.author_id WHERE a.host = 'neu.test'"
        assert await fetch_value(conn, sql) == left


async def test_who_does_not_wait_is_decided_about_elsewhere(odile: Browser, instance: Instance) -> None:
    await send(instance, "neu.test", "Montre")

    assert (await odile.send(PAGE, {"act": "turn_away", "host": "henin.test"}, form_on=PAGE)).status == 404
    assert (await odile.send(PAGE, {"act": "danser", "host": "neu.test"}, form_on=PAGE)).status == 404
    assert len(await hosts(instance)) == 1


@pytest.mark.parametrize(
    ("role", "status"), [("keeper", 404), ("welcome", 404), ("moderator", 404), ("admin", 303), (None, 303)]
)
async def test_only_administrators_decide_and_are_told(
    open_browser: Open, lomme: Village, instance: Instance, role: str | None, status: int
) -> None:
    await send(instance, "neu.test", "Montre")
    async with transaction(instance.pool) as conn:
        await execute(
            conn, "UPDATE account SET roles = $2 WHERE actor_id = $1", lomme.hocine.id, [role] if role else []
        )
        if role == "admin":
            await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id = $1", lomme.admin.id)
    browser = await open_browser(lomme.hocine if role else None)

    news, form = await browser.get("/notifications"), "/compte" if role else "/connexion"
    answer = await browser.send(PAGE, {"act": "allow", "host": "neu.test"}, form_on=form)

    assert ("Personne ici ne connaît neu.test" in news.text) is (role == "admin")
    assert answer.status == status and (role is not None or "/connexion" in answer.location)
    assert len(await hosts(instance)) == (0 if role == "admin" else 1)


async def test_the_mark_of_the_coop_counts_hosts_until_an_administrator_has_decided(
    odile: Browser, lomme: Village, instance: Instance
) -> None:
    def mark(page: str) -> str:
        return page.partition('<span class="counter">')[2][:200]

    async with transaction(instance.pool) as conn:
        await add_backup(conn)
    quiet = mark((await odile.get("/aide")).text)
    await send(instance, "neu.test", "Montre")
    await send(instance, "autre.test", "Tondeuse")

    before = mark((await odile.get("/aide")).text)
    home = (await odile.get("/coop")).words()
    for host in ("neu.test", "autre.test"):
        await odile.send(PAGE, {"act": "turn_away", "host": host}, form_on="/compte")

    assert "une chose à faire" in before and "2 sites que personne ici ne connaît envoient des annonces" in home
    assert mark((await odile.get("/aide")).text) == quiet == ""


async def test_administrators_get_one_mail_for_all_hosts_of_a_day_and_none_twice(
    lomme: Village, instance: Instance
) -> None:
    async def mailed() -> list[int]:
        await watch_unknown_hosts(instance)
        async with transaction(instance.pool) as conn:
            found = await fetch_column(
                conn,
                "SELECT (convert_from(payload, 'UTF8')::json->>'actor_id')::bigint FROM pgqueuer "
                "WHERE entrypoint = 'mail' AND convert_from(payload, 'UTF8')::json->>'kind' = 'waiting_hosts'",
            )
            await execute(conn, "DELETE FROM pgqueuer")
        return found

    assert await mailed() == []
    await send(instance, "neu.test", "Montre")
    await send(instance, "autre.test", "Tondeuse")
    assert await mailed() == [lomme.admin.id]
    await send(instance, "neu.test", "Lingots")
    await send(instance, "dritte.test", "Pelle")
    assert await mailed() == []
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE waiting_host SET told_at = told_at - interval '1 day'")
    assert await mailed() == [lomme.admin.id]
    assert await mailed() == []


async def test_the_page_of_a_host_says_why_its_listings_stand_and_has_the_next_ones_wait(
    odile: Browser, instance: Instance
) -> None:
    await send(instance, "neu.test", "Montre")
    assert "attendent votre décision" in (await odile.get(f"{PAGE}/neu.test")).words()

    await odile.send(f"{PAGE}/neu.test", {"act": "admit"}, form_on=f"{PAGE}/neu.test")
    assert "une personne qui administre l’a laissé entrer" in (await odile.get(f"{PAGE}/neu.test")).words()
    assert "quelqu’un d’ici a suivi un compte de là-bas" in (await odile.get(f"{PAGE}/henin.test")).words()

    await odile.send(f"{PAGE}/neu.test", {"act": "wait"}, form_on=f"{PAGE}/neu.test")
    async with transaction(instance.pool) as conn:
        assert not await is_known(conn, "neu.test")
    assert "Montre" in (await odile.get("/annonces")).words()


async def test_nights_remove_what_waited_too_long_and_a_race_is_mended(lomme: Village, instance: Instance) -> None:
    await send(instance, "neu.test", "Montre")
    await send(instance, "henin.test", "Pelle")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE waiting_post SET since = since - interval '31 days' WHERE host = 'neu.test'")

    await watch_unknown_hosts(instance)
    await sweep(instance)

    async with transaction(instance.pool) as conn:
        assert await fetch_column(conn, "SELECT title FROM listing WHERE title IN ('Montre', 'Pelle')") == ["Pelle"]
        assert await fetch_value(conn, "SELECT count(*) FROM waiting_post") == 0
