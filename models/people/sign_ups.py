"""Who may join how: by themselves, after somebody's yes, or not at all; and the people who wait for that yes.

Whoever waits has an account that nobody sees (`arrivals/waiting_accounts`), but for those who asked before that was so:
they have none before they are let in.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from models import preferences
from models.errors import Conflict, NotFound
from models.ids import make_id
from models.people import accounts
from models.preferences import Registration
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

MOST_WAITING = 500
"""People who ask at once, but for those who have not confirmed their address yet."""

MOST_UNCONFIRMED = 2_000
"""And so many of these, who are forgotten after a week."""

ANSWER_LIMIT = 1000
"""Characters of an answer to a question of the cooperative."""

ABSENCE_DAYS = 7
"""After so many days without any moderator, whoever wants to join is asked to wait (Mastodon #29318)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpAnswer:
    """What somebody answered to a question of the cooperative, which is kept as it was asked."""

    question: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignUp:
    """What somebody who asks to come in has typed; `to_confirm` where a mail asks her whether the address is hers."""

    username: str
    email: str
    password_hash: str
    name: str
    language: str
    commune_code: str | None
    answers: tuple[SignUpAnswer, ...] = ()
    to_confirm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """Somebody who waits; `asked_back` while the team waits for an answer of hers.

    The password's hash of whoever has no account yet is read by `find_password_hash`.
    """

    id: int
    username: str
    email: str
    name: str
    language: str
    commune_code: str | None
    asked_at: datetime
    actor_id: int | None
    confirmed_at: datetime | None
    answers: list[dict[str, str]]
    asked_back: bool
    to_confirm: bool

    @property
    def is_unproven(self) -> bool:
        """Whether a mail went to her address and nobody followed its link: it may be anybody's."""
        return self.to_confirm and self.confirmed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time in which no moderator came by and sign-ups waited; `until` is None while it lasts."""

    since: datetime
    until: datetime | None


async def find_registration(conn: Connection) -> Registration:
    """How one joins just now: what the cooperative chose, but with a yes while nobody looks after who comes in.

    Before the site is open, one joins with an invitation alone; not at all where the instance is to end.
    """
    preferred = await preferences.load(conn)
    chosen = preferred.registration if preferred.shutdown_at is None else "closed"
    if preferred.closed and chosen != "closed":
        return "invitation"
    return "approval" if chosen == "open" and not await is_attended(conn) else chosen


async def is_attended(conn: Connection) -> bool:
    """Whether anybody who moderates came by in the last days."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM account WHERE roles && ARRAY['welcome', 'moderator', 'admin']
                AND disabled_at IS NULL
                AND greatest(last_seen_at, created_at) > now() - make_interval(days => $1))
            """,
            ABSENCE_DAYS,
        )
    )


async def save(conn: Connection, new: NewSignUp) -> SignUp:
    """Put somebody on the list. Raises Invalid for a bad name, Conflict whose `field` is `username`, `email` or ""."""
    accounts.require_username(new.username)
    if await _count(conn, unproven=new.to_confirm) >= (MOST_UNCONFIRMED if new.to_confirm else MOST_WAITING):
        raise Conflict("too_many_sign_ups", field="")
    if await accounts.find_by_email(conn, new.email) is not None:
        raise Conflict("email_taken", field="email")
    if await fetch_value(
        conn, "SELECT EXISTS (SELECT FROM used_username WHERE username = $1 AND given_back_at IS NULL)", new.username
    ):
        raise Conflict("username_taken", username=new.username, field="username")
    id = make_id()
    if await execute(
        conn,
        """
        INSERT INTO sign_up (id, username, email, password_hash, name, language, commune_code, answers, to_confirm)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """,
        id,
        new.username,
        new.email,
        new.password_hash,
        new.name,
        new.language,
        new.commune_code,
        [asdict(one) for one in new.answers],
        new.to_confirm,
    ):
        return await get(conn, id)
    waits = await find_by_login(conn, new.email) is not None
    raise Conflict("sign_up_waiting", field="email" if waits else "username")


async def _count(conn: Connection, *, unproven: bool) -> int:
    return int(
        await fetch_value(
            conn, "SELECT count(*) FROM sign_up WHERE (to_confirm AND confirmed_at IS NULL) = $1", unproven
        )
    )


async def list_waiting(conn: Connection) -> list[SignUp]:
    """Everybody who waits, the longest first; last those who have not confirmed their address yet."""
    return await fetch_all(
        conn,
        SignUp,
        "SELECT * FROM full_sign_up ORDER BY to_confirm AND confirmed_at IS NULL, asked_at, id",
    )


async def find(conn: Connection, id: int) -> SignUp | None:
    """The request with this row id."""
    return await fetch_one(conn, SignUp, "SELECT * FROM full_sign_up WHERE id = $1", id)


async def get(conn: Connection, id: int) -> SignUp:
    """The same. Raises NotFound."""
    found = await find(conn, id)
    if found is None:
        raise NotFound
    return found


async def find_by_login(conn: Connection, login: str) -> SignUp | None:
    """Who waits and typed this at the door: her name, or her address."""
    return await fetch_one(
        conn,
        SignUp,
        """
        SELECT * FROM full_sign_up
        WHERE username = lower(ltrim($1, '@')) OR lower(email) = lower($1)
        """,
        login.strip(),
    )


async def find_password_hash(conn: Connection, id: int) -> str | None:
    """What to check a typed password against."""
    found: str | None = await fetch_value(conn, "SELECT password_hash FROM sign_up WHERE id = $1", id)
    return found


async def remove(conn: Connection, id: int, *, welcome: bool, answered_by: int | None = None) -> bool:
    """Take a request off the list, answered either way by somebody of ours. False when somebody else was quicker."""
    return bool(
        await execute(
            conn,
            """
            WITH answered AS (DELETE FROM sign_up WHERE id = $1 RETURNING id, name, username)
            INSERT INTO answered_sign_up (id, name, username, welcome, answered_by)
            SELECT id, name, username, $2, $3 FROM answered
            """,
            id,
            welcome,
            answered_by,
        )
    )


async def list_by_ids(conn: Connection, ids: Sequence[int]) -> list[SignUp]:
    """Those of these requests that wait still, the longest first."""
    return await fetch_all(
        conn, SignUp, "SELECT * FROM full_sign_up WHERE id = ANY($1) ORDER BY asked_at, id", list(ids)
    )


async def claim_forgotten(conn: Connection, *, first: timedelta, again: timedelta) -> list[int]:
    """Ids of requests that nobody answered for so long, and about which nobody was reminded since `again`.

    Not of those that the team asked something about: it waits for the answer.
    """
    return await fetch_column(
        conn,
        """
        UPDATE sign_up SET reminded_at = now() FROM full_sign_up f WHERE f.id = sign_up.id AND NOT f.asked_back
            AND sign_up.asked_at < now() - $1::interval
            AND (reminded_at IS NULL OR reminded_at < now() - $2::interval) RETURNING sign_up.id
        """,
        first,
        again,
    )


async def watch(conn: Connection) -> bool:
    """Write down when the moderators went and when one is back. True when they went just now: tell them."""
    chosen = (await preferences.load(conn)).registration
    if chosen == "open" and not await is_attended(conn):
        return bool(await execute(conn, "INSERT INTO unattended DEFAULT VALUES ON CONFLICT DO NOTHING"))
    await execute(conn, "UPDATE unattended SET until = now() WHERE until IS NULL")
    return False


async def find_absence(conn: Connection) -> Absence | None:
    """The last time that sign-ups waited, for as long as it is news: while it lasts and a week after."""
    return await fetch_one(
        conn,
        Absence,
        """
        SELECT since, until FROM unattended
        WHERE until IS NULL OR until > now() - make_interval(days => $1) ORDER BY since DESC LIMIT 1
        """,
        ABSENCE_DAYS,
    )
