"""What goes wrong silently: indexes of another system, extensions that are gone, queues and sweeps that stand still."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from models.store import database_health, sweep_rounds
from models.store.background import chores
from models.store.database import connection
from models.store.sweep_rounds import LateSweep
from models.traffic import queue_lengths
from models.traffic.queue_lengths import QueueLengths
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

LATE_MINUTES = 10
"""What is due is done within seconds: after so long something holds it up."""

STUCK_MINUTES = 60

SWEPT_WITHIN = timedelta(days=3)
"""Each sweep comes round in a night, and in two where one fails; what was promised to be forgotten waits no longer."""

SWEEP = "sweep"
"""The chore of the night. After a stop of some days it begins when all is looked at, and what is late is soon done."""

ENDLESS = timedelta(days=1)
"""A chore that goes on for so long hangs: others are done, and nobody hears that it is not."""

OWN_WITHIN: Mapping[str, timedelta] = MappingProxyType(
    {"everyday_words": timedelta(days=14), "known_words": timedelta(days=14), "strange_servers": timedelta(days=14)}
)
"""Those of large tables that are about nobody: a round takes as many nights as it needs."""


async def check_sorting(at: Patient) -> Finding:
    """Whether indexes were made by the rules of this system, and searches have what they need."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await database_health.find_sorting(conn)
    if found.missing:
        words = N_("Il manque à la base de données de quoi chercher : %(names)s.")
        return Finding(
            severity="error",
            what=at.say(words, names=", ".join(found.missing)),
            mend=at.say(N_("Installez-le (paquet postgresql-contrib), puis :")),
            command=f"psql -d {found.database} -c 'CREATE EXTENSION {found.missing[0]}'",
        )
    if found.made_with != found.now:
        return Finding(
            severity="warning",
            what=at.say(
                N_(
                    "Le système range les mots autrement (%(now)s) que celui où la base a été faite (%(before)s) : "
                    "des recherches peuvent ne plus trouver ce qui est là."
                ),
                now=found.now or "–",
                before=found.made_with or "–",
            ),
            mend=at.say(N_("Faites une sauvegarde, arrêtez la plateforme, puis refaites les index :")),
            command=(
                f"psql -d {found.database} -c 'REINDEX DATABASE \"{found.database}\"' "
                f"-c 'ALTER DATABASE \"{found.database}\" REFRESH COLLATION VERSION'"
            ),
        )
    return ok(at.say(N_("Les recherches ont ce qu’il leur faut dans la base de données.")))


async def check_queues(at: Patient) -> Finding:
    """Whether what is due gets done."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await queue_lengths.measure(conn)
    words, minutes = _find_latest(found)
    if minutes < LATE_MINUTES:
        return ok(at.say(N_("Rien de ce qui part ou arrive n’attend trop longtemps.")))
    return Finding(
        severity="error" if minutes >= STUCK_MINUTES else "warning",
        what=at.say(words, minutes=minutes),
        mend=at.say(N_("Voyez si le travail de fond se fait, et ce que le journal en dit :")),
        command="journalctl -u declic -p warning -n 50",
    )


async def check_sweeps(at: Patient) -> Finding:
    """Whether what is too old is forgotten each night, as the page on personal data promises it."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        late = await sweep_rounds.list_late(conn, OWN_WITHIN, SWEPT_WITHIN)
        endless = await chores.list_endless(conn, beyond=ENDLESS)
        going_on = await chores.is_going_on(conn, SWEEP)
    if endless:
        return _tell_endless(at, endless)
    if not late:
        return ok(at.say(N_("Ce qui doit être oublié l’est chaque nuit.")))
    if going_on:
        return Finding(severity="skipped", what=at.say(N_("Le ménage de la nuit se fait en ce moment.")))
    return _tell_late(at, late)


def _tell_endless(at: Patient, names: list[str]) -> Finding:
    words = N_("Une tâche que la plateforme fait toute seule n’en finit pas depuis plus d’un jour\u00a0: %(names)s.")
    return Finding(
        severity="warning",
        what=at.say(words, names=", ".join(names)),
        mend=at.say(N_("Ce qu’elle doit oublier ou envoyer attend. Redémarrez la plateforme\u00a0:")),
        command="systemctl restart declic",
    )


def _tell_late(at: Patient, late: list[LateSweep]) -> Finding:
    names = [one.name for one in late if one.name != sweep_rounds.NIGHT]
    nights = [one for one in late if one.name == sweep_rounds.NIGHT]
    if nights:
        words = N_("Le ménage de la nuit n’est pas allé au bout\u00a0: %(when)s.")
        what = at.say(words, when=_tell_when(at, nights[0]))
    else:
        words = N_("Le ménage de la nuit laisse de côté\u00a0: %(names)s.")
        what = at.say(words, names=", ".join(f"{one.name} ({_tell_when(at, one)})" for one in late))
    return Finding(
        severity="warning",
        what=what,
        mend=at.say(
            N_(
                "Des données restent plus longtemps que ne le promet /donnees-personnelles. Cette commande fait le "
                "ménage maintenant, et dit ce qui n’y arrive pas\u00a0:"
            )
        ),
        command=f"declic sweep {names[0]}" if len(names) == len(late) == 1 else "declic sweep",
    )


def _tell_when(at: Patient, late: LateSweep) -> str:
    """When it was last done, as far as that can be: a clock that was ahead wrote down what is still to come."""
    days = (datetime.now(UTC) - late.ended_at).days
    if days < 0:
        return at.say(N_("la dernière fois est notée à une date à venir"))
    return at.say(N_("la dernière fois, c’était il y a %(days)s\u00a0jours"), days=days)


def _find_latest(found: QueueLengths) -> tuple[str, int]:
    """Of what waits for longest beyond its time, what is said of it and for how many minutes."""
    waits = (
        (found.inbox_age, N_("Ce qui arrive des autres coops attend depuis %(minutes)s\u00a0minutes.")),
        (found.deliveries_age, N_("Ce qui part vers les autres coops attend depuis %(minutes)s\u00a0minutes.")),
        (found.jobs_age, N_("Des courriels et d’autres travaux attendent depuis %(minutes)s\u00a0minutes.")),
    )
    age, words = max(waits)
    return words, int(age // 60)
