"""Decisions of the team about a person: made at once or proposed until a second one confirms, read, taken back.

What follows from those that are in force stands in `sanctions`, who may decide in `deciders`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import compose, name_values

DecisionKind = Literal["nothing", "warn", "hide", "limit", "suspend", "exclude"]

KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)
"""From the mildest to the hardest."""

APPEAL_TIME = timedelta(days=30)
"""So long an exclusion can be objected to before the account is erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationDecision:
    """One decision. `words` are what the person reads, `rule` what it rests on, `post_ids` what is hidden.

    Without `effective_at` it waits for a second of the team; `second_id` is who is asked, or who confirmed it.
    """

    id: int
    case_id: int
    actor_id: int | None
    kind: DecisionKind
    post_ids: list[int]
    rule: str
    words: str
    decided_by: int | None
    decided_at: datetime
    second_id: int | None
    seconded_at: datetime | None
    refused_at: datetime | None
    effective_at: datetime | None
    ends_at: datetime | None
    taken_back_at: datetime | None
    taken_back_by: int | None
    taken_back_words: str


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


COLUMNS = """id, case_id, actor_id, kind, post_ids, rule, words, decided_by, decided_at, second_id, seconded_at,
        refused_at, effective_at, ends_at, taken_back_at, taken_back_by, taken_back_words"""
"""What a ModerationDecision is read from."""

IN_FORCE = "effective_at IS NOT NULL AND taken_back_at IS NULL AND (ends_at IS NULL OR ends_at > now())"
"""What takes effect just now."""

_SAVE = name_values(
    """
    INSERT INTO moderation_decision (id, case_id, actor_id, kind, decided_by, post_ids, rule, words, days, ends_at,
        second_id, provisional, reported, answer, effective_at)
    VALUES (:id, :case_id, :actor_id, :kind, :decided_by, :post_ids, :rule, :words, :days,
        coalesce(:ends_at, now() + make_interval(days => :days)), :second_id, :provisional, :reported, :answer,
        CASE WHEN NOT :proposed THEN now() END)
    RETURNING {columns}
    """,
    NewDecision,
    also=["id", "post_ids"],
    columns=COLUMNS,
)


async def save(conn: Connection, new: NewDecision) -> ModerationDecision:
    """Keep it. One that is not proposed takes effect now."""
    made = await fetch_one(
        conn, ModerationDecision, _SAVE.sql, *_SAVE.args(new, id=make_id(), post_ids=list(new.post_ids))
    )
    assert made is not None
    return made


async def find(conn: Connection, id: int) -> ModerationDecision | None:
    """The decision."""
    found = await list_by_ids(conn, [id])
    return found[0] if found else None


_BY_IDS = compose("SELECT {columns} FROM moderation_decision WHERE id = ANY($1) ORDER BY id", columns=COLUMNS)


async def list_by_ids(conn: Connection, ids: Collection[int]) -> list[ModerationDecision]:
    """These decisions."""
    return await fetch_all(conn, ModerationDecision, _BY_IDS, list(ids))


_ABOUT = compose(
    """
    SELECT {columns} FROM moderation_decision WHERE actor_id = $1 ORDER BY decided_at DESC, id DESC
    """,
    columns=COLUMNS,
)


async def list_about(conn: Connection, actor_id: int) -> list[ModerationDecision]:
    """Everything that was decided about this actor, the latest first, in force or not."""
    return await fetch_all(conn, ModerationDecision, _ABOUT, actor_id)


_LIST_IN_FORCE = compose(
    """
    SELECT {columns} FROM moderation_decision
    WHERE actor_id = $1 AND kind = ANY($2) AND {in_force} ORDER BY effective_at DESC, id DESC
    """,
    columns=COLUMNS,
    in_force=IN_FORCE,
)


async def list_in_force(
    conn: Connection, actor_id: int, kinds: Collection[DecisionKind] = KINDS
) -> list[ModerationDecision]:
    """What is in force about this actor just now, of these kinds, the latest first."""
    return await fetch_all(conn, ModerationDecision, _LIST_IN_FORCE, actor_id, list(kinds))


_OF_CASE = compose("SELECT {columns} FROM moderation_decision WHERE case_id = $1 ORDER BY id", columns=COLUMNS)


async def list_of_case(conn: Connection, case_id: int) -> list[ModerationDecision]:
    """Everything that was decided or proposed in a case, the earliest first."""
    return await fetch_all(conn, ModerationDecision, _OF_CASE, case_id)


_PROPOSAL = compose(
    """
    SELECT {columns} FROM moderation_decision WHERE case_id = $1 AND effective_at IS NULL AND refused_at IS NULL
    """,
    columns=COLUMNS,
)


async def find_proposal(conn: Connection, case_id: int) -> ModerationDecision | None:
    """What waits for a second one in a case."""
    return await fetch_one(conn, ModerationDecision, _PROPOSAL, case_id)


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


async def get_link(conn: Connection, id: int) -> str:
    """What opens a decision for whoever cannot log in: random, and written to the person alone."""
    return str(await fetch_value(conn, "SELECT link_id FROM moderation_decision WHERE id = $1", id))


async def find_by_link(conn: Connection, link: str) -> ModerationDecision | None:
    """The decision that it opens; `link` is a UUID."""
    id: int | None = await fetch_value(conn, "SELECT id FROM moderation_decision WHERE link_id = $1::uuid", link)
    return await find(conn, id) if id is not None else None


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
    return await find(conn, id) if confirmed else None


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


_PROVISIONAL = compose(
    """
    SELECT {columns} FROM moderation_decision
    WHERE case_id = $1 AND provisional AND effective_at IS NOT NULL AND taken_back_at IS NULL ORDER BY id
    """,
    columns=COLUMNS,
)


async def list_provisional(conn: Connection, case_id: int) -> list[ModerationDecision]:
    """What is hidden only until the case is decided."""
    return await fetch_all(conn, ModerationDecision, _PROVISIONAL, case_id)


async def settle_provisional(conn: Connection, case_id: int) -> None:
    """What was hidden for the time being stays hidden: two have decided."""
    await execute(
        conn,
        "UPDATE moderation_decision SET provisional = false WHERE case_id = $1 AND provisional",
        case_id,
    )


async def take_back(conn: Connection, id: int, by: int | None, words: str = "") -> bool:
    """It holds no more, with why; `sanctions.refresh` does the rest. False where that was so already, or its time
    was over.
    """
    return bool(
        await execute(
            conn,
            """
            UPDATE moderation_decision SET taken_back_at = now(), taken_back_by = $2, taken_back_words = $3
            WHERE id = $1 AND effective_at IS NOT NULL AND taken_back_at IS NULL AND lifted_at IS NULL
            """,
            id,
            by,
            words,
        )
    )
