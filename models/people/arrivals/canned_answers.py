"""Answers that the team keeps ready for people who ask to join: yes, no, and "tell us more"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from models.ids import make_id
from models.store.database import Connection, execute, execute_many, fetch_all

AnswerKind = Literal["yes", "more", "no"]

KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)

MOST = 9
"""Answers that are kept ready, of all kinds together."""

TITLE_LIMIT, WORDS_LIMIT = 60, 2000
"""Characters of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedAnswer:
    """What can be sent as it is, or changed before."""

    kind: AnswerKind
    title: str
    words: str


async def list_all(conn: Connection) -> list[CannedAnswer]:
    """All of them, in the order in which they were written down."""
    return await fetch_all(conn, CannedAnswer, "SELECT kind, title, words FROM canned_answer ORDER BY id")


async def replace_all(conn: Connection, answers: Sequence[CannedAnswer]) -> None:
    """Keep these, in this order, and no others."""
    await execute(conn, "DELETE FROM canned_answer")
    await execute_many(
        conn,
        "INSERT INTO canned_answer (id, kind, title, words) VALUES ($1, $2, $3, $4)",
        [(make_id(), one.kind, one.title, one.words) for one in answers],
    )
