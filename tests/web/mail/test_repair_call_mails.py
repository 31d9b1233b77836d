"""Mails about repair calls: at once by day, at night only about what cannot wait, one click to stop them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import msgspec
import pytest

from federation.instance import Instance
from models.listings.listings import Listing
from models.people.actors import Actor
from models.repairs.calls import watches
from models.repairs.calls.watches import RepairWatch
from models.settings import Settings
from models.store.database import Pool, execute, fetch_column, transaction
from outbox.repairs.calls import telling
from tests.factories import make_listing, make_member
from tests.web.mail_scenario import NOON
from tests.web.smtp_server import Postman, StandIn, open_post, read_parts
from web.mail.repair_call_mails import send_repair_mail

NIGHT = NOON.replace(hour=23)


@dataclass(frozen=True)
class Street:
    """Hocine's bike broke down, Awa lives around the corner."""

    pool: Pool
    postman: Postman
    instance: Instance
    awa: Actor
    hocine: Actor

    async def call(self, urgency: str | None = "Today", **watch: Any) -> Listing:
        async with transaction(self.pool) as conn:
            values: dict[str, Any] = {"by_mail": True, "at_night": False} | watch
            await watches.save(conn, self.awa.id, RepairWatch(**values))
            made = await make_listing(
                conn, self.hocine, kind="repair_call", mode="repair", title="Pneu à plat", repair={"urgency": urgency}
            )
            assert await telling.notify_near(conn, made) == 1
        return made

    async def run(self, at: Any = NOON) -> None:
        async with transaction(self.pool) as conn:
            payloads = await fetch_column(
                conn, "DELETE FROM pgqueuer WHERE entrypoint = 'repair_mail' RETURNING payload"
            )
        for payload in payloads:
            await send_repair_mail(self.instance, msgspec.json.decode(payload), at)

    async def list_waits(self) -> list[timedelta]:
        async with transaction(self.pool) as conn:
            return await fetch_column(
                conn, "SELECT execute_after - now() FROM pgqueuer WHERE entrypoint = 'repair_mail'"
            )


@pytest.fixture
async def street(pool: Pool) -> AsyncIterator[Street]:
    async with open_post() as postman:
        async with transaction(pool) as conn:
            awa, hocine = await make_member(conn, "awa", name="Awa"), await make_member(conn, "hocine", name="Hocine")
            await execute(conn, "UPDATE actor SET latitude = 50.63, longitude = 3.0 WHERE id = $1", awa.id)
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{postman.port}?from=bonjour@lomme.test")
        yield Street(pool, postman, cast(Instance, StandIn(pool, settings)), awa, hocine)


async def test_by_day_the_mail_leaves_at_once_and_says_what_where_and_how_to_stop(street: Street) -> None:
    made = await street.call()

    await street.run()

    [mail] = street.postman.taken
    text, html = read_parts(mail)
    assert mail["Subject"] == "Hocine est en panne près de chez vous : Pneu à plat"
    for words in ("Lomme, à 2 km", "Aujourd’hui", made.post.url):
        assert words in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert made.post.url in html and mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(("urgency", "at_night", "sent"), [("Now", True, 1), ("Now", False, 0), ("Today", True, 0)])
async def test_at_night_only_what_cannot_wait_is_told_and_only_to_whoever_wants_that(
    street: Street, urgency: str, at_night: bool, sent: int
) -> None:
    await street.call(urgency, at_night=at_night)

    await street.run(NIGHT)

    assert len(street.postman.taken) == sent
    assert [timedelta(hours=5) < wait <= timedelta(hours=8) for wait in await street.list_waits()] == [True] * (
        1 - sent
    )


async def test_nothing_leaves_about_what_is_over_read_or_not_wanted_by_mail(street: Street) -> None:
    over, read = await street.call(), await street.call()
    async with transaction(street.pool) as conn:
        await execute(conn, "UPDATE listing SET status = 'fulfilled' WHERE post_id = $1", over.id)
        await execute(conn, "UPDATE notification SET read_at = now() WHERE post_id = $1", read.id)
    await street.run()
    await street.call(by_mail=False)
    await street.run()

    assert street.postman.taken == [] and await street.list_waits() == []
