"""What waits of the machinery: other servers, mails, chores, the backup, the disk."""

import socket
from datetime import UTC, datetime

from models.coop import pending_operation
from models.people import actors
from models.servers import friendships
from models.store.disk_space import MEGABYTE
from web.actions.doctor.checks import CHECKS
from web.news.trouble_words import count_words, tell_backup, tell_chores, tell_kept, tell_mails, tell_servers
from web.pages.coop.pending_lines import PendingLine, Reader
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.neighbour_words import describe_place, tell_full, tell_neighbour
from web.rendering.render import N_


async def find_neighbours(reader: Reader) -> PendingLine | None:
    """Cooperatives that follow ours and are not followed back, propose to be friends, or ended it."""
    found, say = await pending_operation.find_neighbours(reader.conn), reader.say
    if found is None:
        return None
    actor = await actors.get(reader.conn, found.actor_id)
    one = found.count == 1
    where = await describe_place(reader.conn, say, actor) if one else ""
    return PendingLine(
        what=tell_neighbour(say, found.state, actor.display_name)
        if one
        else say(N_("%(count)s coops attendent un mot de la vôtre"), count=found.count),
        since=found.since,
        details=[*([where] if where else []), *tell_full(say, await friendships.list_full(reader.conn))],
        href=f"/coop/serveurs/{actor.host}#retour" if one else "/reseau#voisines",
        button=say(N_("Lui répondre")) if one else say(N_("Leur répondre")),
    )


async def find_territories(reader: Reader) -> PendingLine | None:
    """Territories that members propose the cooperative to follow."""
    found, say = await pending_operation.find_territories(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=say(N_("Une coop à suivre vous est proposée : %(host)s"), host=found.host)
        if found.count == 1
        else say(N_("%(count)s coops à suivre vous sont proposées"), count=found.count),
        since=found.since,
        details=[count_words(say, found.people, N_("par un membre"), N_("par %(count)s membres"))],
        href="/reseau#proposees",
        button=say(N_("Regarder et décider")),
    )


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
    kept = tell_kept(say, found)
    cause = explain_stop(say, found.host, found.failure, found.failure_cause).rstrip(".")
    if not cause.startswith(found.host):
        cause = cause[:1].lower() + cause[1:]  # it goes on after "since…"
    return PendingLine(
        what=tell_servers(say, found),
        since=found.since,
        details=[*([cause] if one and cause else []), *([kept] if kept else [])],
        href=f"/coop/serveurs/{found.host}" if one else "/coop/serveurs?etat=trouble",
        button=say(N_("Voir ce qui coince")),
    )


async def find_mails(reader: Reader) -> PendingLine | None:
    """Mails of the last days that did not leave."""
    found, say = await pending_operation.find_mails(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=tell_mails(say, found),
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
        what=tell_chores(say, found),
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
    what, detail = tell_backup(say, found, datetime.now(UTC))
    return PendingLine(
        what=what, details=[detail], href="/coop/serveurs#sauvegardes", button=say(N_("Voir les sauvegardes"))
    )


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


async def find_health(reader: Reader) -> PendingLine | None:
    """What a look at the machine found wrong."""
    found, say = await pending_operation.find_health(reader.conn), reader.say
    if found is None:
        return None
    titles = {one.name: say(one.title) for one in CHECKS}
    count, places = len(found.names), zip(found.names, found.machines, strict=True)
    return PendingLine(
        what=count_words(
            say,
            count,
            N_("Une chose ne va pas sur la machine de la plateforme"),
            N_("%(count)s choses ne vont pas sur la machine de la plateforme"),
        ),
        since=found.since,
        details=[", ".join(_name_place(titles.get(name, name), machine) for name, machine in places)],
        href="/coop/sante",
        button=say(N_("Voir quoi faire")),
    )


def _name_place(title: str, machine: str) -> str:
    """What is wrong on another machine than the one that answers is not to be found on the page of this one."""
    return title if machine in ("", socket.gethostname()) else f"{title} ({machine})"


async def find_figures(reader: Reader) -> PendingLine | None:
    """Sums of past months that were otherwise when they were counted again."""
    found, say = await pending_operation.find_figures(reader.conn), reader.say
    if found is None:
        return None
    return PendingLine(
        what=say(N_("Les chiffres d’un mois passé ne tombaient plus juste")),
        since=found.since,
        details=[say(N_("le nouveau comptage a remplacé l’ancien"))],
        href="/coop/chiffres#ecarts",
        button=say(N_("Voir les écarts")),
    )
