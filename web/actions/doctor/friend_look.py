"""What a friendly cooperative saw of ours from outside, in words: each thing it looked at, or why it saw nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address

from federation.errors import Cause, Malformed
from federation.vocabulary.looks import LookReport, Seen, Sight, read_report
from models.servers import looks
from models.servers.looks import AskedLook
from models.store.database import Connection, connection
from models.traffic.peer_traffic import find_own_clock
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Examined, Finding, Patient, Severity, ok
from web.actions.doctor.look_words import (
    CAUSES,
    CLOCKS_DIFFER,
    FAILURES,
    MEND_CLOCKS,
    MENDS,
    NOT_REACHED,
    OTHERWISE,
    TITLES,
    WELL,
    WRONG,
    tell_cause,
)
from web.actions.doctor.outside import CLOCK_SECONDS, MOST_CLOCK_SECONDS, RENEWED_WITHIN, tell_when
from web.actions.doctor.own_commands import fit_commands
from web.news.trouble_words import count_words
from web.rendering.render import N_

LOOK = "look"
"""What is said of a look as a whole: that it saw nothing, or not enough."""


async def find_clock(conn: Connection) -> int | None:
    """By how many seconds the others say that our clock is behind: whose it is when two differ."""
    return await find_own_clock(conn, beyond=CLOCK_SECONDS)


def describe_look(at: Patient, look: AskedLook, *, behind: int | None) -> list[Examined]:
    """What was seen, each with what to do about it; where nothing was seen, or too little, that and why.

    `behind` is what `find_clock` says.
    """
    if look.seen is None:
        return [Examined(name=LOOK, title=look.name, finding=_explain_failure(at, look, behind))]
    try:
        report = read_report(look.seen)
    except Malformed:
        report = LookReport(in_reply_to="")
    found = fit_commands(describe_report(at, report, behind=behind), at.settings.data)
    if count_wrong(found) or saw_enough(found):
        return found
    words = at.say(N_("%(name)s n’a pas pu nous joindre assez pour dire quoi que ce soit."), name=look.name)
    mend = at.say(N_("Demandez aussi à une autre coop amie."))
    little = Finding(severity="skipped", what=words, mend=mend)
    return [Examined(name=LOOK, title=look.name, finding=little), *found]


def saw_enough(found: Sequence[Examined]) -> bool:
    """Whether we were reached at all: else that nothing was wrong says nothing."""
    well = {one.name for one in found if one.finding.severity == "ok"}
    return not well.isdisjoint({Sight.IPV4, Sight.IPV6}) or well >= {Sight.ACTOR, Sight.INBOX}


def describe_report(at: Patient, report: LookReport, *, behind: int | None = None) -> list[Examined]:
    """A report about ourselves, in the order of the sights."""
    return [
        Examined(name=str(one.check), title=at.say(TITLES[one.check]), finding=_describe(at, report, one, behind))
        for one in report.seen
    ]


def _describe(at: Patient, report: LookReport, seen: Seen, behind: int | None) -> Finding:
    if seen.well is not None and seen.check is Sight.CLOCK and seen.figure is not None:
        return _describe_clock(at, -seen.figure, behind)
    severity = _judge(seen)
    if severity == "skipped":
        return Finding(severity="skipped", what=_explain_skipped(at, report, seen.check))
    figure = seen.figure or 0
    values = {
        "addresses": ", ".join(report.addresses),
        "figure": abs(figure),
        "host": at.settings.site.host,
        "when": tell_when(at.say, figure),
        "why": at.say(CAUSES.get(seen.cause, OTHERWISE) if seen.cause is not None else OTHERWISE),
    }
    if severity == "ok":
        return ok(at.say(WELL[seen.check], **values))
    words = WRONG[seen.check]
    if severity == "warning":
        words = N_("Le certificat se termine %(when)s et n’a pas été renouvelé.")
    mend, command = MENDS.get(seen.check, ("", ""))
    site = at.settings.site
    name = site.host.partition(":")[0]
    return Finding(
        severity=severity,
        what=at.say(words, **values),
        mend=at.say(mend) if mend else "",
        command=command.format(name=name, host=site.host, url=site.url),
    )


def _judge(seen: Seen) -> Severity:
    """By our own measure: who looked says what was, and we say whether that is well."""
    if seen.well is None or (seen.check is Sight.CLOCK and seen.figure is None):
        return "skipped"
    if not seen.well:
        return "error"
    ending = seen.check is Sight.CERTIFICATE and seen.figure is not None and seen.figure < RENEWED_WITHIN.days
    return "warning" if ending else "ok"


def _describe_clock(at: Patient, ahead: int, behind: int | None) -> Finding:
    """That of the friend is so far ahead of ours; ours is wrong where the other servers say so too."""
    seconds = abs(ahead)
    if seconds < CLOCK_SECONDS:
        return ok(at.say(WELL[Sight.CLOCK]))
    if not _is_ours(ahead, behind):
        mend, command = MEND_CLOCKS
        words = at.say(CLOCKS_DIFFER, figure=seconds)
        return Finding(severity="warning", what=words, mend=at.say(mend), command=command, quiet=True)
    mend, command = MENDS[Sight.CLOCK]
    severity: Severity = "error" if seconds >= MOST_CLOCK_SECONDS else "warning"
    words = at.say(WRONG[Sight.CLOCK], figure=seconds)
    return Finding(severity=severity, what=words, mend=at.say(mend), command=command)


def _is_ours(ahead: int, behind: int | None) -> bool:
    return behind is not None and ahead * behind > 0


def _explain_skipped(at: Patient, report: LookReport, check: Sight) -> str:
    kinds = {ip_address(one).version for one in report.addresses}
    if check is Sight.IPV4 and 4 not in kinds:
        return at.say(N_("Le nom n’a pas d’adresse IPv4."))
    if check is Sight.IPV6 and 6 not in kinds:
        return at.say(N_("Le nom n’a pas d’adresse IPv6 : tant que l’IPv4 marche, cela suffit."))
    if check is Sight.IPV6:
        return at.say(N_("L’autre coop n’a pas d’IPv6 elle-même : elle n’a pas pu essayer."))
    return at.say(N_("Cela n’a pas pu être regardé."))


def _explain_failure(at: Patient, look: AskedLook, behind: int | None) -> Finding:
    """Why the friend saw nothing: some of it is about us, and the rest says nothing of us."""
    values = {"name": look.name, "host": look.host}
    if look.ended_at is None:
        return Finding(
            severity="warning",
            what=at.say(
                N_("%(name)s n’a pas répondu en %(minutes)s\u00a0minutes."),
                minutes=int(looks.WAITED.total_seconds() // 60),
                **values,
            ),
            mend=at.say(N_("Voyez si le travail de fond se fait ici, puis demandez à une autre coop :")),
            command="journalctl -u declic -p warning -n 50",
            quiet=True,
        )
    if look.failure == Cause.CLOCK and look.clock is not None:
        clock = _describe_clock(at, look.clock, behind)
        words = N_("%(name)s refuse ce que nous signons. %(what)s")
        return replace(clock, what=at.say(words, what=clock.what, **values))
    severity, what, mend, command = FAILURES.get(look.failure or "", NOT_REACHED)
    why = tell_cause(at.say, look.failure or "")
    return Finding(
        severity=severity,
        what=at.say(what, why=at.say(why), **values),
        mend=at.say(mend, **values) if mend else "",
        command=command.format(host=look.host),
    )


async def check_friend_look(at: Patient) -> Finding:
    """What a friend saw lately, of which the worst is told: the last one that says something of us."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        behind = await find_clock(conn)
        found = [_sum_up(at, one, behind) for one in await looks.list_current(conn)]
    if not found:
        words = N_("Aucune coop amie n’a regardé d’où elle est depuis une semaine : demandez-le à l’une d’elles.")
        return Finding(severity="skipped", what=at.say(words))
    told = [one for one in found if one.severity != "skipped"]
    return next((one for one in told if not one.quiet), (told or found)[0])


def _sum_up(at: Patient, look: AskedLook, behind: int | None) -> Finding:
    found = describe_look(at, look, behind=behind)
    worst = find_worst([one.finding for one in found])
    if worst is None:
        little = next((one.finding for one in found if one.name == LOOK), None)
        return little or ok(at.say(N_("%(name)s nous a regardés de chez elle : tout va bien."), name=look.name))
    words = (
        N_("Vu de chez %(name)s, %(when)s : %(what)s") if look.seen is not None else N_("Demandé %(when)s : %(what)s")
    )
    again = at.say(N_("Une fois réparé, demandez un nouveau regard."))
    return replace(
        worst,
        what=at.say(words, name=look.name, when=_tell_age(at, look), what=worst.what),
        mend=f"{again} {worst.mend}".rstrip(),
    )


def _tell_age(at: Patient, look: AskedLook) -> str:
    days = (datetime.now(UTC) - look.asked_at).days
    if days < 1:
        return at.say(N_("il y a moins d’un jour"))
    return count_words(at.say, days, N_("il y a un jour"), N_("il y a %(count)s\u00a0jours"))


def count_wrong(found: Sequence[Examined]) -> int:
    """How many things are wrong, or soon will be."""
    return sum(one.finding.severity in ("error", "warning") for one in found)


def find_worst(found: Sequence[Finding]) -> Finding | None:
    """The first of the gravest of what is wrong, those first that are told; None where nothing is."""
    for severity in ("error", "warning"):
        worst = [one for one in found if one.severity == severity]
        if worst:
            return min(worst, key=lambda one: one.quiet)
    return None
