"""The work behind the pages: whether it goes on, and what of it does not get done."""

from datetime import UTC, datetime

from models.backup_places import read_places
from models.coop import pending_operation
from models.servers import circuit_breakers
from models.settings import SettingsError
from models.store import backup_runs, database_health
from models.store.background import heartbeats
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok, skip_needless
from web.news.trouble_words import count_words, tell_backup, tell_chores, tell_mails, tell_servers
from web.rendering.render import N_

CLOSE = (
    "install -m 640 -g declic /dev/stdin /etc/declic/backup_passphrase && "
    "echo DECLIC_BACKUP_PASSPHRASE_FILE=/etc/declic/backup_passphrase >> /etc/declic/declic.env"
)
"""The first half reads the passphrase from the terminal, until Ctrl-D."""


async def check_worker(at: Patient) -> Finding:
    """Whether somebody does the work."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        beating, failing = await heartbeats.is_beating(conn), await heartbeats.list_failing(conn)
        closed = await database_health.is_read_only(conn)
    if closed:  # nobody can work, and no restart helps
        return Finding(severity="skipped", what=at.say(N_("Cela ne se voit qu’avec une base de données qui s’écrit.")))
    if not beating:
        return Finding(
            severity="error",
            what=at.say(N_("Personne ne fait le travail de fond : rien ne part, rien n’arrive.")),
            mend=at.say(N_("Démarrez la plateforme :")),
            command="systemctl restart declic",
        )
    if failing:
        return Finding(
            severity="error",
            what=at.say(N_("Une partie du travail de fond s’arrête sans cesse : %(what)s."), what=", ".join(failing)),
            mend=at.say(N_("La cause est dans le journal de la machine :")),
            command="journalctl -u declic -p warning -n 50",
        )
    return ok(at.say(N_("Le travail de fond se fait.")))


async def check_chores(at: Patient) -> Finding:
    """What does itself, and does not get done."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await pending_operation.find_chores(conn)
    if found is None:
        return ok(at.say(N_("Tout ce que la plateforme fait toute seule se fait.")))
    return Finding(
        severity="warning",
        what=f"{tell_chores(at.say, found)}.",
        mend=at.say(N_("La page des serveurs dit laquelle, et pourquoi ; le journal de la machine aussi :")),
        command="journalctl -u declic -p warning -n 50",
    )


async def check_backup(at: Patient) -> Finding:
    """Whether there is a backup, a young one, that was proven."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await pending_operation.find_backup(conn)
    if found is None:
        return ok(at.say(N_("Une sauvegarde récente existe, et elle a été vérifiée.")))
    what, mend = tell_backup(at.say, found, datetime.now(UTC))
    missing, command = _judge_backup(found)
    return Finding(
        severity="error" if missing else "warning",
        what=f"{what}.",
        mend=f"{mend[:1].upper()}{mend[1:]}.",
        command=command,
    )


def _judge_backup(found: pending_operation.BackupAge) -> tuple[bool, str]:
    """Whether there is none that counts, and the command that makes, sends or proves one."""
    start = "systemctl start declic-backup.service"
    refuted = found.refuted_at is not None and (found.verified_at is None or found.refuted_at > found.verified_at)
    if refuted or found.made_at is None or found.is_old:
        return True, f"systemctl enable --now declic-backup.timer && {start}"
    if found.uncopied_at is not None and found.uncopied_at > found.made_at:
        return False, start
    unremoved = found.unremoved_at is not None and found.unremoved_at > found.made_at
    return False, "journalctl -u declic-backup -n 50" if unremoved else "declic backup verify FOLDER"


async def check_copies(at: Patient) -> Finding:
    """Whether backups go to another machine, and closed: whoever reads one there reads everything."""
    try:
        places = read_places(at.settings)
    except SettingsError as error:
        return Finding(
            severity="error",
            what=at.say(N_("Les copies des sauvegardes sont mal réglées : %(why)s"), why=str(error)),
            mend=at.say(N_("Corrigez ces réglages :")),
            command="editor /etc/declic/declic.env",
        )
    if not places:
        return skip_needless(at.say(N_("Aucune copie n’est envoyée d’ici vers une autre machine (DECLIC_BACKUP_TO).")))
    where = ", ".join(map(str, places))
    if missing := await _find_missing(at, [str(place) for place in places]):
        return missing
    if at.settings.backup_passphrase is None:
        return Finding(
            severity="warning",
            what=at.say(N_("Les sauvegardes partent sans être chiffrées : qui lit %(where)s lit tout."), where=where),
            mend=at.say(N_("Choisissez une phrase de passe, gardez-la aussi ailleurs, puis redémarrez :")),
            command=CLOSE,
        )
    return ok(at.say(N_("Les sauvegardes partent chiffrées vers %(where)s."), where=where))


async def _find_missing(at: Patient, places: list[str]) -> Finding | None:
    """Places where the last backup did not arrive, nor any of the day before, and nobody was told why."""
    if at.instance is None:
        return None
    async with connection(at.instance.pool) as conn:
        missing = await backup_runs.list_uncopied_places(conn, places)
    if not missing:
        return None
    return Finding(
        severity="warning",
        what=at.say(
            N_("La dernière sauvegarde n’est pas arrivée à %(where)s, et aucune copie récente n’y est."),
            where=", ".join(missing),
        ),
        mend=at.say(N_("Faites-en une maintenant ; le journal de la machine dit si elle arrive :")),
        command="systemctl start declic-backup.service",
    )


async def check_mails(at: Patient) -> Finding:
    """Mails of the last days that did not leave."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await pending_operation.find_mails(conn)
    if found is None:
        return ok(at.say(N_("Aucun courriel de cette semaine n’est resté ici.")))
    return Finding(
        severity="warning",
        what=f"{tell_mails(at.say, found)}.",
        mend=at.say(N_("La page des courriels dit pourquoi, et les envoie à nouveau : /coop/courriels.")),
    )


async def check_servers(at: Patient) -> Finding:
    """Friends and followed cooperatives that nothing reaches."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await pending_operation.find_servers(conn)
    if found is None:
        return ok(at.say(N_("Tout ce qui part vers d’autres coops y arrive.")))
    return Finding(
        severity="warning",
        what=f"{tell_servers(at.say, found)}.",
        mend=at.say(N_("Voyez ce qui coince, et réessayez quand c’est réparé :")),
        command=f"declic peer test {found.host}",
    )


async def check_slow_servers(at: Patient) -> Finding:
    """Who takes what we send, but slowly."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        slowest = await circuit_breakers.find_slowest(conn)
    if slowest is None:
        return ok(at.say(N_("Les autres coops prennent vite ce qui part vers elles.")))
    return Finding(
        severity="warning",
        what=at.say(
            N_("%(host)s met d’ordinaire %(seconds)s\u00a0secondes à prendre ce qui part d’ici, depuis %(days)s."),
            host=slowest.host,
            seconds=round(slowest.latency_ms / 1000),
            days=count_words(
                at.say, (datetime.now(UTC) - slowest.slow_since).days, N_("un jour"), N_("%(count)s\u00a0jours")
            ),
        ),
        mend=at.say(
            N_(
                "Cela ne retarde que ce qui va là-bas. Dites-le à qui tient cette plateforme ; pas à pas, on voit où "
                "passe le temps :"
            )
        ),
        command=f"declic peer test {slowest.host}",
    )
