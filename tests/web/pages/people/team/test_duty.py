"""Who is on duty is said on a page, planned ahead, and handed over by one button; the other one is told."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from federation.instance import Instance
from models.news import news, staff_notifications
from models.news.staff_notifications import Topic
from models.people.actors import Actor
from models.people.team import duty
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_local_actor, make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from web.news.items import list_lines

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

PAGE = "/coop/permanence"


def this_week() -> date:
    return duty.find_week(datetime.now(UTC))


@pytest.fixture
async def awa(instance: Instance, lomme: Village) -> Actor:
    async with transaction(instance.pool) as conn:
        return await make_member(conn, "awa", roles=["welcome", "moderator"], name="Awa")


@pytest.fixture
async def bea(instance: Instance, lomme: Village) -> Actor:
    async with transaction(instance.pool) as conn:
        return await make_member(conn, "bea", roles=["moderator"], name="Béa")


async def send(browser: Browser, act: str, week: date, role: str = "moderator", **fields: str) -> Page:
    fields |= {"act": act, "week": week.isoformat(), "role": role}
    return await browser.send(PAGE, fields, form_on=PAGE)


async def list_on_duty(instance: Instance, week: date) -> list[tuple[str, int]]:
    async with connection(instance.pool) as conn:
        return [(one.role, one.actor_id) for one in await duty.list_duties(conn, week, week)]


async def read_news(instance: Instance, actor: Actor) -> list[tuple[str, str]]:
    async with connection(instance.pool) as conn:
        rows = await news.list_news(conn, actor.id)
        told = await list_lines(conn, instance.site, lambda s, /, **v: s % v if v else s, actor.id, rows)
    return [(one.words, one.what) for one in told]


async def test_a_week_is_taken_handed_over_and_given_back_and_each_is_told(
    open_browser: OpenBrowser, instance: Instance, awa: Actor, bea: Actor
) -> None:
    hers, other, week = await open_browser(awa), await open_browser(bea), this_week()
    assert "toute l’équipe est prévenue" in (await hers.get(PAGE)).words()

    answer = await send(hers, "take", week)
    assert "Cette semaine est à vous".lower() in (await hers.get(answer.location)).words().lower()
    await send(hers, "hand", week, receiver=str(bea.id))

    assert await list_on_duty(instance, week) == [("moderator", bea.id)]
    assert await read_news(instance, bea) == [("Awa vous passe la main", f"Modération, semaine du {week:%d/%m}")]
    assert "Rendre à Awa" in (await other.get(PAGE)).words()
    await send(other, "hand", week, receiver=str(awa.id))
    assert await list_on_duty(instance, week) == [("moderator", awa.id)]
    assert [words for words, _ in await read_news(instance, awa)] == ["Béa vous passe la main"]
    assert await read_news(instance, bea) == [], "what she gave back is told no more"
    async with connection(instance.pool) as conn:
        acts = await fetch_column(conn, "SELECT act FROM journal_entry ORDER BY id")
    assert acts == ["duty_taken", "handed_over", "handed_over"]

    await send(hers, "leave", week)
    assert await list_on_duty(instance, week) == []


async def test_weeks_are_planned_ahead_for_one_s_own_roles_and_stand_on_the_page(
    open_browser: OpenBrowser, instance: Instance, awa: Actor
) -> None:
    browser = await open_browser(awa)
    later = this_week() + timedelta(weeks=duty.WEEKS_AHEAD - 1)

    await send(browser, "take", later, "welcome")

    assert await list_on_duty(instance, later) == [("welcome", awa.id)]
    assert "Accueil : Awa" in (await browser.get(PAGE)).words()


@pytest.mark.parametrize(
    ("act", "days", "role", "receiver"),
    [
        ("take", -7, "moderator", ""),
        ("take", 1, "moderator", ""),
        ("take", 7 * 12, "moderator", ""),
        ("take", 0, "admin", ""),
        ("take", 0, "keeper", ""),
        ("hand", 0, "moderator", "bea"),
        ("hand", 7, "moderator", "alice"),
        ("hand", 7, "moderator", "awa"),
        ("hand", 7, "moderator", ""),
        ("burn", 0, "moderator", ""),
    ],
)
async def test_what_cannot_be_is_said_and_changes_nothing(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, awa: Actor, bea: Actor,
    act: str, days: int, role: str, receiver: str,
) -> None:  # fmt: skip
    """Weeks that are over or too far, roles that are not hers, a week that is not hers, somebody without the role."""
    browser, ids = await open_browser(awa), {"bea": bea.id, "alice": lomme.alice.id, "awa": awa.id}
    await send(browser, "take", this_week() + timedelta(weeks=1))
    before = await list_on_duty(instance, this_week() + timedelta(weeks=1))

    page = await send(browser, act, this_week() + timedelta(days=days), role, receiver=str(ids.get(receiver, 0)))

    assert page.status == 422 and page.html.xpath("//*[@id='erreurs']")
    assert await list_on_duty(instance, this_week()) == []
    assert await list_on_duty(instance, this_week() + timedelta(weeks=1)) == before


async def test_all_weeks_of_a_role_are_handed_over_at_once_before_somebody_leaves(
    open_browser: OpenBrowser, instance: Instance, awa: Actor, bea: Actor
) -> None:
    hers, week = await open_browser(awa), this_week()
    later = [week + timedelta(weeks=ahead) for ahead in (1, 5)]
    await send(hers, "take", week)
    assert "Passer toutes vos semaines" not in (await hers.get(PAGE)).words()
    for monday in later:
        await send(hers, "take", monday)
    await send(hers, "take", week, "welcome")
    assert "Passer toutes vos semaines" in (await hers.get(PAGE)).words()
    assert "passez la main avant de partir" in (await hers.get("/compte/supprimer")).words()
    wrong = await send(hers, "hand_all", week, receiver="0")
    [field] = wrong.html.xpath("//*[@id='erreurs']//a/@href")
    assert wrong.html.xpath(f"//select[@id='{field[1:]}']/@aria-describedby") == [f"{field[1:]}-erreur"]

    await send(hers, "hand_all", week, receiver=str(bea.id))
    again = await send(hers, "hand_all", week, receiver=str(bea.id))

    assert [await list_on_duty(instance, one) for one in later] == [[("moderator", bea.id)]] * 2
    assert await list_on_duty(instance, week) == [("welcome", awa.id), ("moderator", bea.id)]
    assert len(await read_news(instance, bea)) == 1 and again.status == 422


async def test_two_who_hand_over_the_same_week_at_once_do_it_once(
    open_browser: OpenBrowser, instance: Instance, awa: Actor, bea: Actor
) -> None:
    browser = await open_browser(awa)
    await send(browser, "take", this_week())
    assert (await send(browser, "hand", this_week(), receiver=str(bea.id))).status == 303

    again = await send(browser, "hand", this_week(), receiver=str(bea.id))

    assert again.status == 422 and "n’est plus à vous" in again.words()


async def test_whoever_lost_the_role_or_left_is_on_duty_no_more(
    open_browser: OpenBrowser, instance: Instance, awa: Actor
) -> None:
    await send(await open_browser(awa), "take", this_week())

    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{welcome}' WHERE actor_id = $1", awa.id)
        assert await duty.list_on_duty(conn, "reports", datetime.now(UTC)) == []
    assert await list_on_duty(instance, this_week()) == []


async def test_who_takes_over_this_week_is_told_at_once_of_what_waits(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, awa: Actor, bea: Actor
) -> None:
    browser = await open_browser(awa)
    await send(browser, "take", this_week())
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        case = await fetch_value(
            conn, "INSERT INTO moderation_case (id, actor_id) VALUES (7, $1) RETURNING id", lomme.hocine.id
        )
        await staff_notifications.notify_team(conn, "held_post", Topic(case_id=case))
    due = "SELECT recipient_id FROM staff_alert WHERE kind = 'held_posts' AND due_at <= now()"
    async with connection(instance.pool) as conn:
        assert await fetch_column(conn, due) == [awa.id]

    await send(browser, "hand", this_week(), receiver=str(bea.id))

    async with connection(instance.pool) as conn:
        assert set(await fetch_column(conn, due)) == {awa.id, bea.id}


async def test_mails_are_spoken_of_only_where_some_leave(
    open_browser: OpenBrowser, instance: Instance, awa: Actor
) -> None:
    hers = await open_browser(awa)

    pages = {}
    for smtp_url in (None, "smtp://127.0.0.1:9"):
        msgspec.structs.force_setattr(instance.settings, "smtp_url", smtp_url)
        pages[smtp_url] = (await hers.get(PAGE)).words()

    assert ["courriels" in page.lower() for page in pages.values()] == [False, True]
    assert all("alertes" in page and "les autres n’attendent plus" in page for page in pages.values())
