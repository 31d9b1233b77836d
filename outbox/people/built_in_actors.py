"""The actors that every instance has, made at its first start and named after the cooperative."""

from collections.abc import Mapping

from federation import uris
from federation.own_keys.key_pairs import KeyPairs, save_local_keys
from models.people import actors, built_in_actors
from models.people.actors import BUILT_IN, ActorType, LocalActor
from models.settings import Site
from models.store.database import Connection
from outbox.people.local_actors import describe_local

TYPES: dict[str, ActorType] = {
    "instance": "Application",
    "coop": "Organization",
    "offres": "Group",
    "services": "Group",
    "demandes": "Group",
    "depannage_velo": "Group",
}

NAMES = {
    "instance": "{coop}",
    "coop": "{coop}",
    "offres": "Offres — {coop}",
    "services": "Services — {coop}",
    "demandes": "Demandes — {coop}",
    "depannage_velo": "Dépannage vélo — {coop}",
}

SUMMARIES = {
    "instance": "La plateforme de cette coopérative. Elle ne publie rien.",
    "coop": "La coopérative de ce territoire.",
    "offres": "Les objets que les membres prêtent, donnent ou échangent. Suivez ce compte pour les voir passer.",
    "services": "Les coups de main que les membres proposent. Suivez ce compte pour les voir passer.",
    "demandes": "Ce que les membres cherchent. Suivez ce compte pour les voir passer.",
    "depannage_velo": "Les appels à dépannage vélo des membres. Suivez ce compte pour les voir passer.",
}


async def list_missing(conn: Connection) -> list[str]:
    """The built-in actors that this database does not have yet."""
    return [name for name in BUILT_IN if await actors.find_local(conn, name) is None]


async def create_built_in_actors(conn: Connection, site: Site, key_pairs: Mapping[str, KeyPairs]) -> list[str]:
    """Create the built-in actors that are missing; their names. The keys were made before, one pair set for each.

    Processes that start together wait for the first one here, and find nothing left to do.
    """
    await built_in_actors.lock_creation(conn)
    created = [name for name in await list_missing(conn) if name in key_pairs]
    for name in created:
        actor = await actors.create_local(conn, _describe(site, name))
        await save_local_keys(conn, site, actor, key_pairs[name])
    return created


async def rename_instance(conn: Connection, coop: str) -> None:
    """Name the built-in actors after the cooperative; the caller announces it (outbox/people/profiles)."""
    await built_in_actors.rename_built_in(conn, {username: name.format(coop=coop) for username, name in NAMES.items()})


def _describe(site: Site, username: str) -> LocalActor:
    return describe_local(
        site,
        username,
        type=TYPES[username],
        name=NAMES[username].format(coop=site.host),
        summary=f"<p>{SUMMARIES[username]}</p>",
        discoverable=username not in {"instance", "coop"},  # the coop asks to be in the directory, or not
        territory_uri=None if username in {"instance", "coop"} else uris.actor_uri(site, "coop"),
    )
