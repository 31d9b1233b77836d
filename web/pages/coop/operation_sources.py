"""What waits of the machinery: other servers, mails, chores, the backup, the disk."""

from datetime import UTC, datetime

from models.coop import pending_operation
from models.coop.pending_operation import BackupAge
from models.store.disk_space import MEGABYTE
from web.pages.coop.pending_lines import PendingLine, Reader, count_words
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.i18n import Say
from web.rendering.render import N_


async def find_hosts(reader: Reader) -> PendingLine | None:
    """Hosts that nobody here knows and whose listings wait."""
    found, say = await pending_operation.find_hosts(reader.conn), reader.say
    if found is None:
        return None
    one = found.count == 1
    return PendingLine(
        what=say(N_("Personne ici ne connaît %(host)s, qui envoie des annonces"), host=found.host)
        if one
        else say(N_("%(count)s sites que personne ici ne connaît envoient des annonces"), count=found.count),
        since=found.since,
        details=[say(N_("à vous de dire s’il entre")) if one else say(N_("à vous de dire s’ils entrent"))],
        href="/coop/serveurs#inconnus",
        button=say(N_("Regarder et décider")),
    )


async def find_servers(reader: Reader) -> PendingLine | None:
    """Friends and followed cooperatives that nothing reaches."""
    found, say = await pending_operation.find_servers(reader.conn), reader.say
    if found is None:
        return None
    one = found.count == 1
    kept = count_words(
        say,
        found.waiting,
        N_("un message attend ici, il n’est pas perdu"),
        N_("%(count)s messages attendent ici, aucun n’est perdu"),
    )
    others = count_words(say, found.count - 1, N_("une autre plateforme"), N_("%(count)s autres plateformes"))
    cause = explain_stop(say, found.host, found.failure, found.failure_cause).rstrip(".")
    if not cause.startswith(found.host):
        cause = cause[:1].lower() + cause[1:]  # it goes on after "since…"
    return PendingLine(
        what=say(N_("%(name)s ne reçoit plus rien"), name=found.name)
        if one
        else say(N_("%(name)s et %(others)s ne reçoivent plus rien"), name=found.name, others=others),
        since=found.since,
        details=[*([cause] if one and cause else []), *([kept] if found.waiting else [])],
        href=f"/coop/serveurs/{found.host}" if one else "/coop/serveurs?etat=trouble",
        button=say(N_("Voir ce qui coince")),
    )


async def find_mails(reader: Reader) -> PendingLine | None:
    """Mails of the last days that did not leave."""
    found, say = await pending_operation.find_mails(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=count_words(
            say,
            found.count,
            N_("Un courriel n’est pas parti cette semaine"),
            N_("%(count)s courriels ne sont pas partis cette semaine"),
        ),
        since=found.since,
        details=[count_words(say, found.people, N_("pour une personne"), N_("pour %(count)s personnes"))],
        href="/coop/courriels",
        button=say(N_("Voir pourquoi")),
    )


async def find_chores(reader: Reader) -> PendingLine | None:
    """What does itself and does not get done."""
    found, say = await pending_operation.find_chores(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=count_words(
            say,
            found.count,
            N_("Une tâche que la plateforme fait toute seule n’y arrive pas"),
            N_("%(count)s tâches que la plateforme fait toute seule n’y arrivent pas"),
        ),
        since=found.since,
        details=[say(N_("elle réessaie à chaque fois"))],
        href="/coop/serveurs#routine",
        button=say(N_("Voir laquelle")) if found.count == 1 else say(N_("Voir lesquelles")),
    )


async def find_backup(reader: Reader) -> PendingLine | None:
    """The backups, where the last one is too old, was not proven, or proved to be bad."""
    found, say = await pending_operation.find_backup(reader.conn), reader.say
    if found is None:
        return None
    what, detail = _tell_backup(say, found, datetime.now(UTC))
    return PendingLine(
        what=what, details=[detail], href="/coop/serveurs#sauvegardes", button=say(N_("Voir les sauvegardes"))
    )


def _tell_backup(say: Say, found: BackupAge, now: datetime) -> tuple[str, str]:
    nightly = say(N_("il en faut une chaque nuit : parlez-en à la personne qui tient la machine"))
    monthly = say(N_("sans cela, personne ne sait si elle peut servir : parlez-en à qui tient la machine"))
    if found.made_at is None:
        return say(N_("Aucune sauvegarde n’a encore été faite")), nightly
    if found.refuted_at and (found.verified_at is None or found.refuted_at > found.verified_at):
        return say(N_("La sauvegarde vérifiée en dernier ne peut pas servir")), monthly
    if (age := now - found.made_at).total_seconds() > 26 * 3600:
        many = N_("La dernière sauvegarde a %(count)s jours")
        return count_words(say, age.days, N_("La dernière sauvegarde a plus d’un jour"), many), nightly
    if found.verified_at is None:
        return say(N_("Aucune sauvegarde n’a encore été vérifiée")), monthly
    days = (now - found.verified_at).days
    return say(N_("La dernière sauvegarde vérifiée a %(count)s jours"), count=days), monthly


async def find_disk_space(reader: Reader) -> PendingLine | None:
    """The disk, where it is almost full."""
    found, say = await pending_operation.find_disk_space(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=say(N_("Il n’y a presque plus de place sur le disque")),
        since=found.since,
        details=[say(N_("il reste %(count)s Mo"), count=found.free // MEGABYTE)],
        href="/coop/serveurs",
        button=say(N_("Voir quoi faire")),
    )
