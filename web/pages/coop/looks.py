"""A friend looks in, for the page of health: whom one may ask, what those who were asked saw, for whom we looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from federation.vocabulary.looks import read_report
from models.people import actors
from models.servers import looks
from models.servers.looks import BUSY, AskedLook, GivenLook
from models.store.database import Connection
from web.actions.doctor.findings import Examined, Patient
from web.actions.doctor.friend_look import count_wrong, describe_look, describe_report, find_clock, saw_enough
from web.news.trouble_words import count_words
from web.rendering.render import N_

SHOWN = 5
"""Looks of either kind on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """One that we asked for, with what was seen; while it `waits` nothing is. `enough`, so that it means something."""

    name: str
    host: str
    asked_at: datetime
    asker: str | None
    waits: bool
    wrong: int
    seen: bool
    enough: bool
    findings: Sequence[Examined]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRow:
    """One that a friend asked us for: how it ended, in a word."""

    name: str
    host: str
    asked_at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendLooks:
    """All that the page shows of them; `friends` are pairs of host and name."""

    friends: Sequence[tuple[str, str]]
    asked: Sequence[AskedRow]
    given: Sequence[GivenRow]

    @property
    def waits(self) -> bool:
        """Whether an answer may come while somebody looks at the page."""
        return any(one.waits for one in self.asked)


async def load_looks(conn: Connection, patient: Patient) -> FriendLooks:
    """The newest first."""
    friends = await actors.list_friend_cooperatives(conn)
    behind = await find_clock(conn)
    asked, given = await looks.list_asked(conn, limit=SHOWN), await looks.list_given(conn, limit=SHOWN)
    return FriendLooks(
        friends=[(one.host, one.display_name) for one in friends],
        asked=[_describe_asked(patient, one, behind) for one in asked],
        given=[_describe_given(patient, one) for one in given],
    )


def _describe_asked(patient: Patient, look: AskedLook, behind: int | None) -> AskedRow:
    found = [] if look.waits else describe_look(patient, look, behind=behind)
    return AskedRow(
        name=look.name,
        host=look.host,
        asked_at=look.asked_at,
        asker=look.asker,
        waits=look.waits,
        wrong=count_wrong(found),
        seen=look.seen is not None,
        enough=saw_enough(found),
        findings=found,
    )


def _describe_given(patient: Patient, look: GivenLook) -> GivenRow:
    """What was wrong there is theirs to mend: here only how much it was."""
    return GivenRow(name=look.name, host=look.host, asked_at=look.asked_at, words=_tell_given(patient, look))


def _tell_given(patient: Patient, look: GivenLook) -> str:
    if look.seen is None:
        torn = look.ended_at is not None or datetime.now(UTC) - look.asked_at > BUSY
        return patient.say(N_("le regard n’est pas allé au bout") if torn else N_("le regard est en cours"))
    found = describe_report(patient, read_report(look.seen))
    wrong = count_wrong(found)
    if wrong:
        one, several = N_("une chose n’allait pas"), N_("%(count)s choses n’allaient pas")
        return count_words(patient.say, wrong, one, several)
    return patient.say(N_("tout allait bien") if saw_enough(found) else N_("nous n’avons pas pu voir grand-chose"))
