"""Telling a person what was decided about her, why, and how to object: in her news, by a message and by a letter.

Nobody who reported is ever named. What reaches her by mail, since whoever is suspended reads no messages here, and what
somebody of another server gets is written by the job LETTER.
"""

from typing import Literal

from models.moderation.decisions import DecisionKind, ModerationDecision
from models.news import decision_notifications
from models.news.notifications import NotificationType
from models.people import accounts, actors
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from outbox.posts import notes
from outbox.threads.cooperative_messages import write_to_member

Occasion = Literal["decided", "ended", "taken_back", "answered"]
"""What happened to a decision: it took effect, its time is over, the team took it back, an appeal was answered."""

LETTER = "decision_letter"
"""The job that writes to the person outside her account (web/mail/decision_mails)."""

TYPES: dict[Occasion, NotificationType] = {
    "decided": "decision",
    "ended": "decision_ended",
    "taken_back": "decision_ended",
    "answered": "appeal_answered",
}

TITLES: dict[DecisionKind, tuple[str, str]] = {
    "nothing": ("L’équipe a lu, et ne décide rien", "The team has read it, and decides nothing"),
    "warn": ("Un mot de l’équipe", "A word from the team"),
    "hide": ("L’équipe a masqué ce que vous aviez publié", "The team has hidden what you had published"),
    "limit": ("L’équipe limite votre compte", "The team limits your account"),
    "suspend": ("Votre compte est suspendu", "Your account is suspended"),
    "exclude": ("Vous êtes exclu de la coop", "You are excluded from the cooperative"),
}
"""French, English."""

LATER: dict[Occasion, tuple[str, str]] = {
    "ended": ("Ce qui avait été décidé est fini", "What had been decided is over"),
    "taken_back": ("L’équipe revient sur sa décision", "The team takes its decision back"),
    "answered": ("L’équipe a répondu à votre recours", "The team has answered your appeal"),
}

ALL_OF_IT = (
    "Tout est écrit là, avec ce que vous pouvez faire si vous n’êtes pas d’accord : {page}",
    "All of it is written there, with what you can do if you do not agree: {page}",
)


async def tell(conn: Connection, site: Site, decision: ModerationDecision, occasion: Occasion) -> None:
    """Tell the person; nobody where her account is deleted. Before she is suspended, so that her message arrives."""
    found = await actors.list_by_ids(conn, [decision.actor_id] if decision.actor_id else [])
    if not found or found[0].deleted_at is not None or found[0].guest:
        return
    person = found[0]
    if person.local:
        if await accounts.find(conn, person.id) is None:
            return
        await decision_notifications.notify(
            conn, person.id, TYPES[occasion], case_id=decision.case_id, decision_id=decision.id
        )
        page = f"{site.url}/compte/decisions/{decision.id}"
        words = {code: _write(decision, occasion, page, place) for place, code in enumerate(("fr", "en"))}
        if person.suspended_at is None:
            await write_to_member(conn, site, person, words)
    payload = {"decision_id": decision.id, "occasion": occasion}
    await jobs.enqueue(conn, LETTER, payload, key=f"{LETTER}:{decision.id}:{occasion}")


async def write_elsewhere(
    conn: Connection, site: Site, person: Actor, decision: ModerationDecision, occasion: Occasion, page: str
) -> Post | None:
    """The same to somebody of another server, as a private note of the cooperative; `page` opens without an account."""
    coop = await actors.find_local(conn, "coop")
    if coop is None or coop.gone or person.deleted_at is not None:
        return None
    text = f"@{person.handle} {_write(decision, occasion, page, 0)}"[: notes.TEXT_LIMIT]
    draft = notes.NoteDraft(text=text, audience="direct", language="fr", handles=(person.handle,))
    return await notes.publish(conn, site, coop, draft)


def _write(decision: ModerationDecision, occasion: Occasion, page: str, language: int) -> str:
    title = TITLES[decision.kind] if occasion == "decided" else LATER[occasion]
    said = decision.words if occasion == "decided" else ""
    return "\n\n".join(part for part in (f"{title[language]}.", said, ALL_OF_IT[language].format(page=page)) if part)
