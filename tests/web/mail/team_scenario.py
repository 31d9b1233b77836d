"""Mona moderates, Odile administers, Awa welcomes; Alice reports Hocine, and Carole asks to join."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import msgspec

from federation.instance import Instance
from models.moderation.reports import Report
from models.news import staff_notifications
from models.people import accounts, sign_ups
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.sign_ups import NewSignUp
from models.settings import Settings
from models.store.database import Pool, execute, fetch_column, transaction
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from tests.factories import HERE, make_local_actor, make_member
from tests.web.mail_scenario import NOON
from tests.web.smtp_server import Postman, StandIn, open_post
from web.mail.staff_alerts import ALERT, send_alert_mail, tell_team, tell_team_member
from web.mail.staff_mails import LETTER, VISITOR, queue_receipt, send_staff_mail, send_to_visitor

NIGHT = NOON.replace(hour=23)

JOBS: dict[str, Callable[..., Awaitable[None]]] = {
    staff_notifications.JOB: tell_team_member,
    ALERT: send_alert_mail,
    LETTER: send_staff_mail,
    VISITOR: send_to_visitor,
}


@dataclass(frozen=True)
class Team:
    """Who looks after the cooperative, and the mails that they get."""

    pool: Pool
    postman: Postman
    instance: Instance
    alice: Actor
    hocine: Actor
    mona: Actor
    odile: Actor
    awa: Actor

    async def report(self, target: Actor | None = None, reporter: Actor | None = None, **changes: Any) -> Report:
        complaint = Complaint(target=target or self.hocine, content="Il demande de l’argent.", **changes)
        async with transaction(self.pool) as conn:
            made = await reports.report(conn, HERE, reporter, complaint)
            await queue_receipt(conn, made)
        return made

    async def ask(self, username: str = "carole") -> int:
        async with transaction(self.pool) as conn:
            new = NewSignUp(
                username=username,
                email=f"{username}@example.org",
                password_hash="x",
                name=username.capitalize(),
                language="fr",
                commune_code=None,
            )
            asked = await sign_ups.save(conn, new)
            await staff_notifications.notify_of_sign_up(conn, asked.id)
        return asked.id

    async def account(self, actor: Actor) -> Account:
        async with transaction(self.pool) as conn:
            return await accounts.get(conn, actor.id)

    async def run(self, at: datetime = NOON) -> list[str]:
        """Everything that is due; to whom mails went since the last look."""
        before = len(self.postman.taken)
        for name, do in JOBS.items():
            async with transaction(self.pool) as conn:
                payloads = await fetch_column(
                    conn,
                    "DELETE FROM pgqueuer WHERE entrypoint = $1 AND execute_after <= now() RETURNING payload",
                    name,
                )
            for payload in payloads:
                values = msgspec.json.decode(payload)
                await do(self.instance, values, *([at] if name == staff_notifications.JOB else []))
        return sorted(mail["To"].partition("@")[0] for mail in self.postman.taken[before:])

    async def look(self, at: datetime = NOON) -> list[str]:
        """The chore, and what follows from it."""
        await tell_team(self.instance, at)
        return await self.run(at)

    async def age(self, hours: int) -> None:
        """So much time goes by for what is to be told."""
        async with transaction(self.pool) as conn:
            await execute(conn, "UPDATE staff_alert SET due_at = due_at - make_interval(hours => $1)", hours)
            await execute(conn, "UPDATE staff_mailing SET at = at - make_interval(hours => $1)", hours)


@asynccontextmanager
async def open_team(pool: Pool) -> AsyncIterator[Team]:
    async with open_post() as postman:
        async with transaction(pool) as conn:
            await make_local_actor(conn, "instance", type="Application")
            alice, hocine = await make_member(conn, name="Maryse"), await make_member(conn, "hocine", name="Hocine")
            mona = await make_member(conn, "mona", roles=["moderator"], name="Mona")
            odile = await make_member(conn, "odile", roles=["admin"], name="Odile")
            awa = await make_member(conn, "awa", roles=["welcome"], name="Awa")
        settings = Settings(smtp_url=f"smtp://127.0.0.1:{postman.port}?from=bonjour@lomme.test")
        yield Team(pool, postman, cast(Instance, StandIn(pool, settings)), alice, hocine, mona, odile, awa)
