"""What is answered to whoever asked to join, and the jobs that tell her by mail; without mail they do nothing."""

from dataclasses import dataclass
from typing import Any

from models.people.accounts import Account
from models.people.sign_ups import SignUp
from models.store.background import jobs
from models.store.database import Connection

MAIL = "sign_up_mail"
"""The job that writes one of them (web/mail/sign_up_mails)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAnswer:
    """What she reads, and who of the team says it; nobody where a command does.

    With `proven_only` nothing is written to an address that nobody confirmed: it may be anybody's.
    """

    words: str = ""
    by: Account | None = None
    proven_only: bool = False


async def queue_welcome(conn: Connection, actor_id: int, answer: TeamAnswer) -> None:
    """She is let in."""
    await _queue(conn, {"kind": "welcome", "actor_id": actor_id}, answer)


async def queue_question(conn: Connection, actor_id: int, answer: TeamAnswer) -> None:
    """The team wants to know more before it decides."""
    await _queue(conn, {"kind": "question", "actor_id": actor_id}, answer)


async def queue_refusal(conn: Connection, asked: SignUp, answer: TeamAnswer) -> None:
    """She is not let in."""
    if not (answer.proven_only and asked.is_unproven):
        await _queue(conn, {"kind": "refused"} | _describe(asked), answer)


async def queue_expiry(conn: Connection, asked: SignUp) -> None:
    """Nobody answered: the team, or she where it had asked her something."""
    await jobs.enqueue(conn, MAIL, {"kind": "expired", "asked_back": asked.asked_back} | _describe(asked))


def _describe(asked: SignUp) -> dict[str, Any]:
    """What the mail needs, since nothing else of her is kept."""
    return {"email": asked.email, "name": asked.name, "language": asked.language}


async def _queue(conn: Connection, told: dict[str, Any], answer: TeamAnswer) -> None:
    by = answer.by
    name = "" if by is None else by.name or by.username
    await jobs.enqueue(conn, MAIL, told | {"words": answer.words, "by": name})
