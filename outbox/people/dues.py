"""Yearly dues: the team notes until when a member has paid, she is told so, and reminded before they end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from federation.instance import Instance
from models import preferences
from models.coop import shutdown
from models.errors import Invalid
from models.moderation import journal
from models.moments import PARIS
from models.people import accounts, actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.dues import dues, reminders
from models.preferences import Preferences
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection, transaction
from outbox.builders.texts.wording import write_day
from outbox.each_in_transaction import run_each
from outbox.threads.cooperative_messages import write_to_member

AT_ONCE = 200

EARLIEST, LATEST = timedelta(days=366), timedelta(days=3660)
"""So far back, and ahead, dues may end: further off it is a slip of the pen."""

Words = Mapping[str, str]

THANKS: Words = {
    "fr": "Merci ! Votre adhésion à {coop} va jusqu’au {day}. Elle se lit ici : {page}",
    "en": "Thank you! Your membership of {coop} goes until {day}. It stands here: {page}",
}

BEFORE: Words = {
    "fr": "Votre adhésion à {coop} se termine le {day}. Pour la renouveler : {page}",
    "en": "Your membership of {coop} ends on {day}. To renew it: {page}",
}

AFTER: Words = {
    "fr": "Votre adhésion à {coop} est allée jusqu’au {day}. Pour la renouveler : {page}",
    "en": "Your membership of {coop} went until {day}. To renew it: {page}",
}

LAPSING: Words = {
    "fr": " Si elle n’est pas à jour le {lapse}, vous ne pourrez plus emprunter jusqu’à ce qu’elle le soit ; vos "
    "accords en cours continuent.",
    "en": " If it is not renewed by {lapse}, you cannot borrow until it is; what is agreed goes on.",
}


LAPSED: Words = {
    "fr": " Vous ne pouvez plus emprunter jusqu’à ce qu’elle soit à jour ; vos accords en cours continuent.",
    "en": " You cannot borrow until it is renewed; what is agreed goes on.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Until when somebody has paid, None where nothing is asked of her, and what she gave, where that is kept."""

    until: date | None
    cents: int | None = None


async def note(
    conn: Connection, site: Site, member: Actor, payment: Payment, *, by: Account | None = None, listed: bool = False
) -> bool:
    """The team says until when she has paid; she is told once it is another day. Whether it is.

    It stands in the journal, which is kept for ever and read by the whole team: without her and the day. Where it is
    one line of many that are `listed`, `record_many` says these at once. Without `by` it was a command. Raises Invalid
    for a day that nobody means, and for whom no dues are asked of.
    """
    today = datetime.now(UTC).astimezone(PARIS).date()
    await require_sane(conn, member.id, payment.until)
    chosen = await preferences.load(conn)
    cents = payment.cents if chosen.dues_amounts else None
    changed = await dues.save(conn, member.id, until=payment.until, cents=cents, by=by.actor_id if by else None)
    if not changed:
        return False
    if not listed:
        await record_many(conn, 1, by=by)
    if payment.until is not None and payment.until >= today:
        await write_to_member(conn, site, member, _fill(site, chosen, THANKS, payment.until))
    return True


async def require_sane(conn: Connection, member_id: int, until: date | None) -> None:
    """Raise Invalid for a day that nobody means, and for whom no dues are asked of."""
    today = datetime.now(UTC).astimezone(PARIS).date()
    if not await dues.is_asked_of(conn, await accounts.get(conn, member_id)):
        raise Invalid("dues_of_person", field="until")
    if until is not None and not today - EARLIEST <= until <= today + LATEST:
        raise Invalid("dues_day_wrong", field="until")


async def record_many(conn: Connection, count: int, *, by: Account | None = None) -> None:
    """The journal says once of how many members something else is noted now, as of a list that was brought in."""
    if count:
        await journal.record(conn, "dues_noted", by=by, right="members", count=count)


async def remind_due(instance: Instance, *, at: datetime | None = None) -> int:
    """Whoever's dues end in weeks, in days, or ended: each once. What was given is forgotten where it is not kept.

    Nobody is asked to renew what ends with the instance. A chore; how many were told. Raises Unfinished.
    """
    today = (at or datetime.now(UTC)).astimezone(PARIS).date()
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        if not chosen.dues_amounts:
            await dues.forget_amounts(conn)
        ends = await shutdown.find_day(conn) is not None
    if not chosen.dues or ends:
        return 0
    told, after, failed = 0, 0, {}
    while True:
        async with connection(instance.pool) as conn:
            due = await reminders.list_due(conn, today, after=after, limit=AT_ONCE)
        missed = await run_each(
            instance.pool, "reminder of dues", {id: id for id in due}, partial(_remind, instance.site, chosen, today)
        )
        failed.update(missed)
        told += len(due) - len(missed)
        if len(due) < AT_ONCE:
            require_whole(failed)
            return told
        after = due[-1]


async def _remind(site: Site, chosen: Preferences, today: date, conn: Connection, member_id: int) -> None:
    claimed = await reminders.claim(conn, today, member_id)
    if claimed is None:
        return
    member, until = await actors.get(conn, member_id), claimed.valid_until
    lapse = await dues.find_lapse(conn, chosen, member.id)
    words = BEFORE if until >= today else AFTER
    if lapse is not None:
        more = LAPSING if lapse > today else LAPSED
        words = {language: text + more[language] for language, text in words.items()}
    await write_to_member(conn, site, member, _fill(site, chosen, words, until, lapse=lapse))


def _fill(site: Site, chosen: Preferences, words: Words, until: date, *, lapse: date | None = None) -> Words:
    return {
        language: text.format(
            coop=chosen.name or site.host,
            day=_write_date(until, french=language == "fr"),
            lapse=_write_date(lapse or until, french=language == "fr"),
            page=f"{site.url}/compte/adhesion",
        )
        for language, text in words.items()
    }


def _write_date(day: date, *, french: bool) -> str:
    noon = datetime.combine(day, time(12), PARIS)
    return f"{write_day(noon, french=french)} {day.year}"
