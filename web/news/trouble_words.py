"""What waits of strangers and of the machinery, in one sentence each: what the home of the cooperative and news say."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from models.coop import pending_operation, pending_people
from models.coop.pending_kinds import COUNTED
from models.coop.pending_operation import BackupAge, FailingChores, FailingServers, StuckMails
from models.coop.pending_people import WaitingLetters
from models.news.notifications import NotificationType
from models.news.staff_troubles import TYPES
from models.people.accounts import Account
from models.people.roles import has_right
from models.store.database import Connection
from web.rendering.i18n import Say
from web.rendering.render import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What waits, what to do or know about it, and the page where it is settled."""

    words: str
    what: str
    href: str


def count_words(say: Say, count: int, one: str, many: str) -> str:
    """The sentence for one, or that for `%(count)s`."""
    return say(one) if count == 1 else say(many, count=count)


def tell_letters(say: Say, found: WaitingLetters) -> str:
    """How much strangers wrote."""
    many = N_("%(count)s messages de personnes inconnues attendent d’entrer")
    return count_words(say, found.count, N_("Un message d’une personne inconnue attend d’entrer"), many)


def tell_servers(say: Say, found: FailingServers) -> str:
    """Which servers nothing reaches."""
    if found.count == 1:
        return say(N_("%(name)s ne reçoit plus rien"), name=found.name)
    others = count_words(say, found.count - 1, N_("une autre plateforme"), N_("%(count)s autres plateformes"))
    return say(N_("%(name)s et %(others)s ne reçoivent plus rien"), name=found.name, others=others)


def tell_kept(say: Say, found: FailingServers) -> str:
    """What is kept for them."""
    one, many = (
        N_("un message attend ici, il n’est pas perdu"),
        N_("%(count)s messages attendent ici, aucun n’est perdu"),
    )
    return count_words(say, found.waiting, one, many) if found.waiting else ""


def tell_mails(say: Say, found: StuckMails) -> str:
    """How many mails did not leave."""
    many = N_("%(count)s courriels ne sont pas partis cette semaine")
    return count_words(say, found.count, N_("Un courriel n’est pas parti cette semaine"), many)


def tell_chores(say: Say, found: FailingChores) -> str:
    """How many chores fail."""
    return count_words(
        say,
        found.count,
        N_("Une tâche que la plateforme fait toute seule n’y arrive pas"),
        N_("%(count)s tâches que la plateforme fait toute seule n’y arrivent pas"),
    )


_STAYING = N_(
    "elles restent là où elles sont, avec ce que des membres ont effacé depuis, et prennent la place des suivantes : "
    "parlez-en à la personne qui tient la machine"
)


def _tell_elsewhere(say: Say, found: BackupAge, made_at: datetime) -> tuple[str, str] | None:
    """What is wrong where the last backup was copied to."""
    if found.uncopied_at and found.uncopied_at > made_at:
        here = N_("elle est restée sur la machine, qui peut tomber en panne : parlez-en à la personne qui la tient")
        return say(N_("La dernière sauvegarde n’a pas pu être copiée ailleurs")), say(here)
    if found.unremoved_at and found.unremoved_at > made_at:
        return say(N_("De vieilles copies des sauvegardes n’ont pas pu être supprimées")), say(_STAYING)
    return None


def tell_backup(say: Say, found: BackupAge, now: datetime) -> tuple[str, str]:
    """What is wrong with the backups, and what to do."""
    nightly = say(N_("il en faut une chaque nuit : parlez-en à la personne qui tient la machine"))
    monthly = say(N_("sans cela, personne ne sait si elle peut servir : parlez-en à qui tient la machine"))
    if found.made_at is None:
        return say(N_("Aucune sauvegarde n’a encore été faite")), nightly
    if found.refuted_at and (found.verified_at is None or found.refuted_at > found.verified_at):
        return say(N_("La sauvegarde vérifiée en dernier ne peut pas servir")), monthly
    if found.is_old:
        many, days = N_("La dernière sauvegarde a %(count)s jours"), (now - found.made_at).days
        return count_words(say, days, N_("La dernière sauvegarde a plus d’un jour"), many), nightly
    elsewhere = _tell_elsewhere(say, found, found.made_at)
    if elsewhere is not None:
        return elsewhere
    if found.verified_at is None:
        return say(N_("Aucune sauvegarde n’a encore été vérifiée")), monthly
    days = (now - found.verified_at).days
    return say(N_("La dernière sauvegarde vérifiée a %(count)s jours"), count=days), monthly


async def _find_letters(conn: Connection, say: Say) -> Trouble | None:
    found = await pending_people.find_letters(conn)
    return Trouble(words=tell_letters(say, found), what="", href="/coop/inconnus") if found is not None else None


async def _find_servers(conn: Connection, say: Say) -> Trouble | None:
    found = await pending_operation.find_servers(conn)
    if found is None:
        return None
    href = f"/coop/serveurs/{found.host}" if found.count == 1 else "/coop/serveurs?etat=trouble"
    return Trouble(words=tell_servers(say, found), what=tell_kept(say, found), href=href)


async def _find_mails(conn: Connection, say: Say) -> Trouble | None:
    found = await pending_operation.find_mails(conn)
    return Trouble(words=tell_mails(say, found), what="", href="/coop/courriels") if found is not None else None


async def _find_chores(conn: Connection, say: Say) -> Trouble | None:
    found = await pending_operation.find_chores(conn)
    return Trouble(words=tell_chores(say, found), what="", href="/coop/serveurs#routine") if found is not None else None


async def _find_backup(conn: Connection, say: Say) -> Trouble | None:
    found = await pending_operation.find_backup(conn)
    if found is None:
        return None
    words, what = tell_backup(say, found, datetime.now(UTC))
    return Trouble(words=words, what=what, href="/coop/serveurs#sauvegardes")


_FINDERS: Mapping[str, Callable[[Connection, Say], Awaitable[Trouble | None]]] = {
    "letters": _find_letters,
    "servers": _find_servers,
    "mails": _find_mails,
    "chores": _find_chores,
    "backup": _find_backup,
}

KINDS: Mapping[NotificationType, str] = {type: kind for kind, type in TYPES.items()}


async def find_trouble(conn: Connection, say: Say, account: Account, type: NotificationType) -> Trouble | None:
    """What waits still of what news of this type tell, where it is hers to settle."""
    kind = KINDS[type]
    return await _FINDERS[kind](conn, say) if has_right(account, COUNTED[kind]) else None
