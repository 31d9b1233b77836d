"""Telling a person what was decided about her, why, and how to object: in her news, by a message and by mail.

Nobody who reported is ever named.
"""

from collections.abc import Mapping
from typing import Literal

from models.moderation import decision_news, decisions
from models.moderation.decisions import DecisionKind, ModerationDecision
from models.news.notifications import NotificationType
from models.people import accounts, actors
from models.people.actors import Actor
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from outbox.posts import notes
from outbox.threads.cooperative_messages import write_to_member

Occasion = Literal["decided", "ended", "taken_back", "answered"]
"""What happened to a decision: it took effect, its time is over, the team took it back, an appeal was answered."""

LETTER = "decision_letter"
"""The job that writes her a mail (web/mail/decision_mails)."""

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
    "exclude": ("Votre compte est fermé", "Your account is closed"),
}
"""French, English."""

ELSEWHERE: dict[DecisionKind, tuple[str, str]] = TITLES | {
    "limit": ("L’équipe limite ce qui se voit de vous chez nous", "The team limits what is seen of you here"),
    "suspend": ("L’équipe ne laisse plus rien voir de vous chez nous", "The team shows nothing of you here any more"),
    "exclude": ("Votre compte n’est plus admis chez nous", "Your account is not admitted here any more"),
}
"""The same to somebody of another server, whose account stays what it is there."""

WORDS_SHOWN = 4_000
"""Characters of a reason that a message gives: the address of the page, which has all of it, stands behind."""

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
    """Tell the person, nobody where her account is deleted. Before she is suspended, so that a message arrives.

    Somebody of another server gets a private note of the cooperative, whose link opens without an account.
    """
    found = await actors.list_by_ids(conn, [decision.actor_id] if decision.actor_id else [])
    if not found or found[0].deleted_at is not None or found[0].guest:
        return
    if not found[0].local:
        await _write_elsewhere(conn, site, found[0], decision, occasion)
    elif await accounts.find(conn, found[0].id) is not None:
        await _tell_member(conn, site, found[0], decision, occasion)


async def _tell_member(
    conn: Connection, site: Site, person: Actor, decision: ModerationDecision, occasion: Occasion
) -> None:
    await decision_news.notify(conn, person.id, TYPES[occasion], case_id=decision.case_id, decision_id=decision.id)
    page = f"{site.url}/compte/decisions/{decision.id}"
    words = {code: _write(TITLES, decision, occasion, page, place) for place, code in enumerate(("fr", "en"))}
    if person.suspended_at is None:
        await write_to_member(conn, site, person, words)
    payload = {"decision_id": decision.id, "occasion": occasion}
    await jobs.enqueue(conn, LETTER, payload, key=f"{LETTER}:{decision.id}:{occasion}")


async def _write_elsewhere(
    conn: Connection, site: Site, person: Actor, decision: ModerationDecision, occasion: Occasion
) -> None:
    coop = await actors.find_local(conn, "coop")
    if coop is None or coop.gone:
        return
    page = await make_link(conn, site, decision.id)
    text = f"@{person.handle} {coop.display_name} : {_write(ELSEWHERE, decision, occasion, page, 0)}"
    draft = notes.NoteDraft(text=text, audience="direct", language="fr", handles=(person.handle,))
    await notes.publish(conn, site, coop, draft)


async def make_link(conn: Connection, site: Site, decision_id: int) -> str:
    """The address of a decision that opens without an account, for the person alone."""
    return f"{site.url}/decisions/{await decisions.get_link(conn, decision_id)}"


def _write(
    titles: Mapping[DecisionKind, tuple[str, str]],
    decision: ModerationDecision,
    occasion: Occasion,
    page: str,
    language: int,
) -> str:
    title = titles[decision.kind] if occasion == "decided" else LATER[occasion]
    said = decision.words if occasion == "decided" else ""
    said = said if len(said) <= WORDS_SHOWN else f"{said[:WORDS_SHOWN].rstrip()}…"
    return "\n\n".join(part for part in (f"{title[language]}.", said, ALL_OF_IT[language].format(page=page)) if part)
