"""What a friendly cooperative saw of ours from outside, in words: each thing it looked at, or why it saw nothing."""

from collections.abc import Sequence
from ipaddress import ip_address

from federation.errors import Cause, Malformed
from federation.vocabulary.looks import LookReport, Seen, Sight, read_report
from models.servers import looks
from models.servers.looks import AskedLook
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Examined, Finding, Patient, Severity, ok
from web.actions.doctor.look_words import CAUSES, FAILURES, MENDS, NOT_REACHED, OTHERWISE, TITLES, WELL, WRONG
from web.actions.doctor.outside import CLOCK_SECONDS, MOST_CLOCK_SECONDS, RENEWED_WITHIN
from web.rendering.render import N_

_MINUTES = int(looks.WAITED.total_seconds() // 60)
"""So long a friend has for its answer."""


def describe_look(at: Patient, look: AskedLook) -> list[Examined]:
    """What was seen, each with what to do about it; where nothing was seen, why."""
    if look.seen is None:
        return [Examined(name="look", title=look.name, finding=_explain_failure(at, look))]
    try:
        report = read_report(look.seen)
    except Malformed:
        report = LookReport(in_reply_to="")
    return describe_report(at, report)


def describe_report(at: Patient, report: LookReport) -> list[Examined]:
    """A report about ourselves, in the order of the sights."""
    return [
        Examined(name=str(one.check), title=at.say(TITLES[one.check]), finding=_describe(at, report, one))
        for one in report.seen
    ]


def _describe(at: Patient, report: LookReport, seen: Seen) -> Finding:
    severity = _judge(seen)
    if severity == "skipped":
        return Finding(severity="skipped", what=_explain_skipped(at, report, seen.check))
    values = {
        "addresses": ", ".join(report.addresses),
        "figure": abs(seen.figure or 0),
        "host": at.settings.site.host,
        "why": at.say(CAUSES.get(seen.cause, OTHERWISE) if seen.cause is not None else OTHERWISE),
    }
    if severity == "ok":
        return ok(at.say(WELL[seen.check], **values))
    words = WRONG[seen.check]
    if severity == "warning" and seen.check is Sight.CERTIFICATE:
        words = N_("Le certificat se termine dans %(figure)s\u00a0jours et n’a pas été renouvelé.")
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
    if seen.well is None:
        return "skipped"
    if seen.check is Sight.CLOCK and seen.figure is not None:
        return _judge_clock(abs(seen.figure))
    if not seen.well:
        return "error"
    ending = seen.check is Sight.CERTIFICATE and seen.figure is not None and seen.figure < RENEWED_WITHIN.days
    return "warning" if ending else "ok"


def _judge_clock(seconds: int) -> Severity:
    if seconds >= MOST_CLOCK_SECONDS:
        return "error"
    return "warning" if seconds >= CLOCK_SECONDS else "ok"


def _explain_skipped(at: Patient, report: LookReport, check: Sight) -> str:
    kinds = {ip_address(one).version for one in report.addresses}
    if check is Sight.IPV4 and 4 not in kinds:
        return at.say(N_("Le nom n’a pas d’adresse IPv4."))
    if check is Sight.IPV6 and 6 not in kinds:
        return at.say(N_("Le nom n’a pas d’adresse IPv6 : tant que l’IPv4 marche, cela suffit."))
    if check is Sight.IPV6:
        return at.say(N_("L’autre coop n’a pas d’IPv6 elle-même : elle n’a pas pu essayer."))
    return at.say(N_("Cela n’a pas pu être regardé."))


def _explain_failure(at: Patient, look: AskedLook) -> Finding:
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
        )
    if look.failure == Cause.CLOCK and look.clock is not None:
        return Finding(
            severity="error",
            what=at.say(
                N_(
                    "%(name)s refuse ce que nous signons : les deux horloges diffèrent de %(seconds)s\u00a0secondes. "
                    "Une des deux est fausse."
                ),
                seconds=abs(look.clock),
                **values,
            ),
            mend=at.say(N_("Mettez-la à l’heure, et laissez le système la tenir :")),
            command="timedatectl set-ntp true",
        )
    severity, what, mend, command = FAILURES.get(look.failure or "", NOT_REACHED)
    why = next((words for cause, words in CAUSES.items() if cause == look.failure), OTHERWISE)
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
        found = [_sum_up(at, one) for one in await looks.list_current(conn)]
    if not found:
        words = N_("Aucune coop amie n’a regardé d’où elle est depuis une semaine : demandez-le à l’une d’elles.")
        return Finding(severity="skipped", what=at.say(words))
    return next((one for one in found if one.severity != "skipped"), found[0])


def _sum_up(at: Patient, look: AskedLook) -> Finding:
    worst = find_worst([one.finding for one in describe_look(at, look)])
    if worst is None:
        return ok(at.say(N_("%(name)s nous a regardés de chez elle : tout va bien."), name=look.name))
    if look.seen is None:
        return worst
    words = at.say(N_("Vu de chez %(name)s : %(what)s"), name=look.name, what=worst.what)
    return Finding(severity=worst.severity, what=words, mend=worst.mend, command=worst.command)


def count_wrong(found: Sequence[Examined]) -> int:
    """How many things are wrong, or soon will be."""
    return sum(one.finding.severity in ("error", "warning") for one in found)


def find_worst(found: Sequence[Finding]) -> Finding | None:
    """The first of the gravest, else what could not be seen where nothing was; None where all is well."""
    for severity in ("error", "warning"):
        for one in found:
            if one.severity == severity:
                return one
    return None if any(one.severity == "ok" for one in found) else next(iter(found), None)
