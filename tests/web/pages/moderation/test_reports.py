"""Reports are seen, by those who can settle them and by nobody else; what was decided is told and kept."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models import posts
from models.moderation import reports
from models.moderation.reports import NewReport, Report
from models.people.accounts import ROLES
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.moderation import reports as outbox
from outbox.moderation.reports import Complaint
from tests.factories import make_local_actor, make_member, make_note, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import SITE, Browser

PAGE = "/coop/signalements"

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def mona(instance: Instance, lomme: Village) -> Actor:
    """Mona moderates."""
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        return await make_member(conn, "mona", roles=["moderator"], name="Mona")


async def report(instance: Instance, reporter: Actor | None, target: Actor, **changes: object) -> Report:
    async with transaction(instance.pool) as conn:
        complaint = Complaint(**({"target": target, "content": "C’est une arnaque."} | changes))  # type: ignore[arg-type]
        return await outbox.report(conn, SITE, reporter, complaint)


async def list_news(instance: Instance, type: str) -> list[str]:
    async with connection(instance.pool) as conn:
        return await fetch_column(
            conn,
            """
            SELECT a.username FROM notification n JOIN actor a ON a.id = n.recipient_id WHERE n.type = $1
            ORDER BY a.username
            """,
            type,
        )


@pytest.mark.parametrize("role", ROLES)
async def test_the_roles_that_moderate_see_the_page_and_nobody_else(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, role: str
) -> None:
    async with transaction(instance.pool) as conn:
        somebody = await make_member(conn, "quelqu_un", roles=[role])
    browser = await open_browser(somebody)

    page = await browser.get(PAGE)
    sent = await browser.send(PAGE, {"act": "settle", "report": "1"}, form_on="/compte")

    may = role in ("moderator", "admin")
    assert (page.status, sent.status) == ((200, 404) if may else (404, 404))


async def test_a_report_is_seen_with_who_whom_why_and_how_it_read(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, mona: Actor
) -> None:
    await report(instance, lomme.alice, lomme.hocine, post_ids=(lomme.drill.id,))
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now(), content = '' WHERE id = $1", lomme.drill.id)

    browser = await open_browser(mona)
    assert "Un signalement à propos de Hocine attend l’équipe" in (await browser.get("/notifications")).words()
    words = (await browser.get(PAGE)).words()

    for said in ("Hocine", "Maryse", "C’est une arnaque.", "Perceuse à percussion", "elle traverse la brique"):
        assert said in words
    assert await list_news(instance, "admin.report") == ["mona", "nadia"]
    assert "Une annonce est signalée" in (await browser.get("/coop")).words()


async def test_settled_it_says_by_whom_and_the_reporter_learns_it_and_nobody_else_is_told(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, mona: Actor
) -> None:
    made = await report(instance, lomme.alice, lomme.hocine)
    browser = await open_browser(mona)
    sent = await browser.send(
        PAGE,
        {
            "act": "settle",
            "report": str(made.id),
            "note": "Vu au téléphone.",
            "answer": "C’est retiré.",
        },
        form_on=PAGE,
    )

    assert sent.location.startswith(f"{PAGE}?fait=settle")
    words = (await browser.get(PAGE)).words()
    assert "Rien à regarder" in words and "Réglé par Mona" in words and "Vu au téléphone." in words
    assert await list_news(instance, "admin.report") == []
    alice = await open_browser(lomme.alice)
    assert "Ce que vous aviez signalé à propos de Hocine est réglé" in (await alice.get("/notifications")).words()
    own = (await alice.get("/compte/signalements")).words()
    assert "C’est retiré." in own and "téléphone." not in own and "Mona" not in own
    assert "signal" not in (await (await open_browser(lomme.hocine)).get("/notifications")).words().lower()


async def test_the_second_one_is_told_what_the_first_did_and_it_can_be_looked_at_again(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, mona: Actor
) -> None:
    made = await report(instance, None, lomme.hocine)
    first, second = await open_browser(mona), await open_browser(lomme.admin)
    fields = {"act": "settle", "report": str(made.id), "note": "Déjà vu avec lui."}
    await first.send(PAGE, fields, form_on=PAGE)

    late = await second.send(PAGE, fields, form_on=PAGE)
    again = await second.send(PAGE, {"act": "reopen", "report": str(made.id)}, form_on=PAGE)

    assert late.status == 409 and "Mona a déjà réglé ce signalement" in late.words()
    assert again.location.startswith(f"{PAGE}?fait=reopen")
    assert "C’est une arnaque." in (await first.get(PAGE)).words()
    assert await list_news(instance, "admin.report") == ["mona"]


async def test_whoever_is_reported_neither_sees_nor_settles_it_nor_is_told(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, mona: Actor
) -> None:
    made = await report(instance, lomme.alice, mona)
    browser = await open_browser(mona)

    page = await browser.get(PAGE)
    sent = await browser.send(PAGE, {"act": "settle", "report": str(made.id)}, form_on="/compte")

    assert "C’est une arnaque" not in page.words() and sent.status == 404
    assert "rien ne vous attend" in (await browser.get("/coop")).words()
    assert await list_news(instance, "admin.report") == ["nadia"]
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT closed_at FROM report") is None


async def test_many_come_in_pages_the_oldest_first(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, mona: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(45):
            made = await reports.save(
                conn,
                NewReport(
                    uri=None,
                    reporter_id=None,
                    target_id=lomme.hocine.id,
                    object_uris=[],
                    content=f"numéro {number}.",
                    local=True,
                ),
            )
            if number >= 22 and made is not None:
                await execute(conn, "UPDATE report SET closed_at = now() WHERE id = $1", made.id)
    browser = await open_browser(mona)

    first = await browser.get(PAGE)
    more = await browser.get(first.html.xpath("string(//a[contains(@href, 'apres=')]/@href)"))
    older = await browser.get(first.html.xpath("string(//a[contains(@href, 'avant=')]/@href)"))

    assert "numéro 0." in first.words() and "numéro 20." not in first.words() and "numéro 44." in first.words()
    assert "numéro 21." in more.words() and "numéro 44." not in more.words()
    assert "numéro 24." in older.words() and "numéro 22." in older.words() and "numéro 25." not in older.words()


async def test_what_came_from_another_server_names_the_server_and_offers_no_answer(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, mona: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        there = await make_remote_actor(conn, "instance", "autre.test", type="Application")
        new = NewReport(
            uri="https://autre.test/flags/1",
            reporter_id=there.id,
            target_id=lomme.hocine.id,
            object_uris=[],
            content="Insultes",
            local=False,
        )
        await reports.save(conn, new)

    page = await (await open_browser(mona)).get(PAGE)

    assert "par l’équipe de autre.test" in page.words() and 'name="answer"' not in page.text


async def test_whoever_loses_the_role_loses_what_she_was_told_of(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, mona: Actor
) -> None:
    await report(instance, lomme.alice, lomme.hocine)

    await (await open_browser(lomme.admin)).send("/coop/membres/mona/role", {}, form_on="/coop/membres/mona")

    assert await list_news(instance, "admin.report") == ["nadia"]
    assert "signalement" not in (await (await open_browser(mona)).get("/notifications")).words()


async def test_what_is_reported_of_a_private_message_is_read_but_not_linked(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, mona: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        note = await make_note(
            conn, lomme.hocine, audience="direct", content="<p>Donne ton code.</p>", mention_ids=(lomme.alice.id,)
        )
        assert note.id in await posts.filter_visible(conn, [note.id], lomme.alice.id)
    await report(instance, lomme.alice, lomme.hocine, post_ids=(note.id,))

    page = await (await open_browser(mona)).get(PAGE)

    assert "Donne ton code." in page.words() and f"/notes/{note.id}" not in page.text
