"""Making decisions, at once or proposed until a second of the team confirms; who may decide, and who had a part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ids import make_id
from models.moderation import decisions
from models.moderation.decisions import DecisionKind, ModerationDecision
from models.people.roles import RIGHTS
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value
from models.store.statements import name_values

ANSWER_WITHIN = timedelta(days=2)
"""So long whoever is asked to confirm has for it; then all of the team are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A decision about to be made. `days` is how long from when it takes effect, or `ends_at` until when.

    `proposed` ones wait for a second of the team, `second_id` is who is asked; `provisional` hides hold only until that
    is decided. `reported` says whether somebody had reported what it is about, `answer` is what they are told.
    """

    case_id: int
    actor_id: int | None
    kind: DecisionKind
    decided_by: int | None
    post_ids: Sequence[int] = ()
    rule: str = ""
    words: str = ""
    days: int | None = None
    ends_at: datetime | None = None
    proposed: bool = False
    second_id: int | None = None
    provisional: bool = False
    reported: bool = True
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionExtra:
    """What else is known of a decision: `refused_words` say why the second one said no."""

    id: int
    days: int | None
    refused_words: str
    provisional: bool
    returned_at: datetime | None
    reported: bool
    answer: str


_SAVE = name_values(
    """
    INSERT INTO moderation_decision (id, case_id, actor_id, kind, decided_by, post_ids, rule, words, days, ends_at,
        second_id, provisional, reported, answer, effective_at)
    VALUES (:id, :case_id, :actor_id, :kind, :decided_by, :post_ids, :rule, :words, :days,
        coalesce(:ends_at, now() + make_interval(days => :days)), :second_id, :provisional, :reported, :answer,
        CASE WHEN NOT :proposed THEN now() END)
    RETURNING id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
        refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
    """,
    NewDecision,
    also=["id", "post_ids"],
)


async def save(conn: Connection, new: NewDecision) -> ModerationDecision:
    """Keep it. One that is not proposed takes effect now."""
    made = await fetch_one(
        conn, ModerationDecision, _SAVE.sql, *_SAVE.args(new, id=make_id(), post_ids=list(new.post_ids))
    )
    assert made is not None
    return made


async def list_of(conn: Connection, case_id: int) -> list[ModerationDecision]:
    """Everything that was decided or proposed in a case, the earliest first."""
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        SELECT id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        FROM moderation_decision WHERE case_id = $1 ORDER BY id
        """,
        case_id,
    )


async def map_extras(conn: Connection, ids: Collection[int]) -> dict[int, DecisionExtra]:
    """What else is known of these decisions, by their ids."""
    found = await fetch_all(
        conn,
        DecisionExtra,
        """
        SELECT id, days, refused_words, provisional, returned_at, reported, answer FROM moderation_decision
        WHERE id = ANY($1)
        """,
        list(ids),
    )
    return {one.id: one for one in found}


async def find_latest(conn: Connection, case_id: int) -> int:
    """The id of what was decided or proposed last in a case, 0 for nothing: by it one knows whether more was."""
    found: int | None = await fetch_value(conn, "SELECT max(id) FROM moderation_decision WHERE case_id = $1", case_id)
    return found or 0


async def get_link(conn: Connection, id: int) -> str:
    """What opens a decision for whoever cannot log in: random, and written to the person alone."""
    return str(await fetch_value(conn, "SELECT link_id FROM moderation_decision WHERE id = $1", id))


async def find_by_link(conn: Connection, link: str) -> ModerationDecision | None:
    """The decision that it opens; `link` is a UUID."""
    id: int | None = await fetch_value(conn, "SELECT id FROM moderation_decision WHERE link_id = $1::uuid", link)
    return await decisions.find(conn, id) if id is not None else None


async def confirm(conn: Connection, id: int, by: int) -> ModerationDecision | None:
    """It takes effect now, and its days begin. None where it waits no more, or its end is over."""
    confirmed = await execute(
        conn,
        """
        UPDATE moderation_decision SET second_id = $2, seconded_at = now(), effective_at = now(),
            ends_at = coalesce(now() + make_interval(days => days), ends_at)
        WHERE id = $1 AND effective_at IS NULL AND refused_at IS NULL AND decided_by IS DISTINCT FROM $2
            AND (days IS NOT NULL OR ends_at IS NULL OR ends_at > now())
        """,
        id,
        by,
    )
    return await decisions.find(conn, id) if confirmed else None


async def refuse(conn: Connection, id: int, by: int, words: str) -> bool:
    """It does not take effect, with why; whoever proposed it may take it back so. False where it waits no more."""
    return bool(
        await execute(
            conn,
            """
            UPDATE moderation_decision SET second_id = $2, refused_at = now(), refused_words = $3
            WHERE id = $1 AND effective_at IS NULL AND refused_at IS NULL
            """,
            id,
            by,
            words,
        )
    )


async def return_unanswered(conn: Connection) -> list[ModerationDecision]:
    """Proposals that whoever was asked did not answer in time: from now on all of the team are asked."""
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        UPDATE moderation_decision SET second_id = NULL, returned_at = now()
        WHERE id IN (SELECT id FROM moderation_decision WHERE effective_at IS NULL AND refused_at IS NULL
            AND returned_at IS NULL AND decided_at < now() - $1::interval ORDER BY id LIMIT 100
            FOR UPDATE SKIP LOCKED)
        RETURNING id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        """,
        ANSWER_WITHIN,
    )


async def list_provisional(conn: Connection, case_id: int) -> list[ModerationDecision]:
    """What is hidden only until the case is decided."""
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        SELECT id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        FROM moderation_decision
        WHERE case_id = $1 AND provisional AND effective_at IS NOT NULL AND taken_back_at IS NULL ORDER BY id
        """,
        case_id,
    )


async def settle_provisional(conn: Connection, case_id: int) -> None:
    """What was hidden for the time being stays hidden: two have decided."""
    await execute(
        conn,
        "UPDATE moderation_decision SET provisional = false WHERE case_id = $1 AND provisional",
        case_id,
    )


async def claim_ended(conn: Connection) -> list[ModerationDecision]:
    """Decisions whose time is over and of which nobody told the person; from now on somebody did."""
    return await fetch_all(
        conn,
        ModerationDecision,
        """
        UPDATE moderation_decision SET end_told_at = now()
        WHERE id IN (SELECT id FROM moderation_decision WHERE ends_at <= now() AND effective_at IS NOT NULL
            AND taken_back_at IS NULL AND end_told_at IS NULL ORDER BY ends_at LIMIT 100 FOR UPDATE SKIP LOCKED)
        RETURNING id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        """,
    )


async def list_free(conn: Connection, case_id: int) -> list[int]:
    """Who may decide in this case: has the right, is not whom it is about, and did not step aside."""
    return await fetch_column(
        conn,
        """
        SELECT account.actor_id FROM account JOIN actor ON actor.id = account.actor_id
        WHERE roles && $2::text[] AND disabled_at IS NULL AND waits_since IS NULL AND actor.suspended_at IS NULL
            AND actor.deleted_at IS NULL
            AND NOT EXISTS (SELECT FROM moderation_case c WHERE c.id = $1 AND c.actor_id = account.actor_id)
            AND NOT EXISTS (SELECT FROM case_step s
                WHERE s.case_id = $1 AND s.by_id = account.actor_id AND s.act = 'withdrew')
        ORDER BY 'admin' = ANY(roles), account.actor_id
        """,
        case_id,
        sorted(RIGHTS["reports"]),
    )


async def list_seconds(conn: Connection, case_id: int, proposer_id: int | None) -> list[int]:
    """Who may confirm what one of the team proposes: another one, who did not report it unless all others did."""
    others = [id for id in await list_free(conn, case_id) if id != proposer_id]
    reporters = await fetch_column(
        conn, "SELECT reporter_id FROM report WHERE case_id = $1 AND local AND reporter_id IS NOT NULL", case_id
    )
    return [id for id in others if id not in reporters] or others


async def list_impartial(conn: Connection, decision_id: int) -> list[int]:
    """Who may answer an appeal: may decide in the case, and neither decided, confirmed nor reported."""
    case_id: int | None = await fetch_value(conn, "SELECT case_id FROM moderation_decision WHERE id = $1", decision_id)
    part = await fetch_column(
        conn,
        """
        SELECT decided_by FROM moderation_decision WHERE case_id = $1
        UNION SELECT second_id FROM moderation_decision WHERE case_id = $1 AND (seconded_at IS NOT NULL
            OR refused_at IS NOT NULL)
        UNION SELECT reporter_id FROM report WHERE case_id = $1 AND local
        """,
        case_id,
    )
    return [id for id in await list_free(conn, case_id or 0) if id not in part]


async def find_proposal(conn: Connection, case_id: int) -> ModerationDecision | None:
    """What waits for a second one in a case."""
    return await fetch_one(
        conn,
        ModerationDecision,
        """
        SELECT id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
            refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words
        FROM moderation_decision WHERE case_id = $1 AND effective_at IS NULL AND refused_at IS NULL
        """,
        case_id,
    )
