"""The village with a team: Mona and Odile moderate, Nadia administers; somebody is reported."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from federation.instance import Instance
from models.moderation import reports as kept_reports
from models.people.actors import Actor
from models.store.database import connection, fetch_column, transaction
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from tests.factories import make_local_actor, make_member
from tests.sample_village import Village
from tests.web.pages.conftest import SITE, Browser, Page

LIST = "/coop/dossiers"

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Browsers of the team, and what they look after."""

    instance: Instance
    village: Village
    open_browser: OpenBrowser
    mona: Browser
    odile: Browser
    mona_herself: Actor

    async def report(self, target: Actor | None = None, reporter: Actor | None = None, **changes: Any) -> str:
        """Maryse reports what Hocine published, or somebody something else; the address of the case."""
        async with transaction(self.instance.pool) as conn:
            whom = target or self.village.hocine
            posts = (self.village.drill.id,) if whom == self.village.hocine else ()
            values: dict[str, Any] = {"target": whom, "content": "C’est une arnaque.", "post_ids": posts}
            made = await reports.report(conn, SITE, reporter, Complaint(**(values | changes)))
            return f"{LIST}/{await kept_reports.find_case(conn, made.id)}"

    async def decide(self, case: str, kind: str, by: Browser | None = None, **fields: str) -> Page:
        """Mona fills in the form as it stands on the page, or somebody else."""
        browser = by or self.mona
        page = await browser.get(case)
        hidden = {one: page.html.xpath(f"string(//input[@name='{one}']/@value)") for one in ("seen", "read_until")}
        words = {} if kind == "nothing" else {"words": "Ce n’est pas permis ici."}
        typed = {"kind": kind, **hidden, "act": "decide", **words, **fields}
        return await browser.send(f"{case}/decision", typed, form_on=case)

    async def list_news(self, type: str) -> list[str]:
        """Who has news of this type."""
        async with connection(self.instance.pool) as conn:
            return await fetch_column(
                conn,
                """
                SELECT a.username FROM notification n JOIN actor a ON a.id = n.recipient_id WHERE n.type = $1
                ORDER BY a.username
                """,
                type,
            )


@pytest.fixture
async def team(instance: Instance, lomme: Village, open_browser: OpenBrowser) -> Team:
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        mona = await make_member(conn, "mona", roles=["moderator"], name="Mona")
        odile = await make_member(conn, "odile", roles=["moderator"], name="Odile")
    return Team(
        instance=instance,
        village=lomme,
        open_browser=open_browser,
        mona=await open_browser(mona),
        odile=await open_browser(odile),
        mona_herself=mona,
    )
