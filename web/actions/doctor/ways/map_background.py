"""The pictures that maps are drawn on, where the cooperative chose those of another host: whether they come."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from models import preferences
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.actions.doctor.last_looks import SOON, look_or_recall
from web.actions.doctor.look_words import tell_cause
from web.rendering.render import N_

TILE: Mapping[str, str] = MappingProxyType({"z": "6", "x": "32", "y": "21", "s": "a", "r": ""})
"""One tile that every map of France has: the north of it."""

POLICIES: Mapping[str, str] = MappingProxyType(
    {
        "openstreetmap.org": "https://operations.osmfoundation.org/policies/tiles/",
        "openstreetmap.fr": "https://www.openstreetmap.fr/usage/",
        "geopf.fr": "https://geoservices.ign.fr/cgu-licences",
    }
)
"""By what rules each host lets its tiles be used."""

MOST_BYTES = 1024 * 1024


class _Passing(Exception):
    """The host has too much to do, or is out of order."""


async def check_map_background(at: Patient) -> Finding:
    """Whether one tile comes, as a picture; by which rules they may be used, for whoever chose them to read."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        chosen = await preferences.load(conn)
    if not chosen.map_tiles:
        return ok(at.say(N_("Les cartes sont dessinées ici : elles ne demandent rien à personne.")))
    instance, tiles = at.instance, chosen.map_tiles

    async def look(patient: Patient) -> Finding:
        return await _look(patient, instance, tiles)

    return await look_or_recall(at, "map", tiles, look, again=SOON)


async def _look(at: Patient, instance: Instance, tiles: str) -> Finding:
    host = (urlsplit(tiles).hostname or "").removeprefix("{s}.")
    try:
        why = await _try_tile(at, instance, tiles)
    except _Passing as passing:
        words = N_("Le fond de carte de %(host)s n’a pas pu être demandé : %(why)s.")
        return Finding(severity="skipped", what=at.say(words, host=host, why=str(passing)))
    if why:
        return Finding(
            severity="warning",
            what=at.say(N_("Le fond de carte de %(host)s ne vient pas : %(why)s."), host=host, why=why),
            mend=at.say(
                N_(
                    "Les cartes restent grises. Dans les réglages de la coop, « Cartes », corrigez l’adresse du fond, "
                    "ou reprenez le nôtre\u00a0:"
                )
            ),
            command="declic settings set map_tiles ''",
        )
    policy = next((rules for name, rules in POLICIES.items() if f".{host}".endswith(f".{name}")), "")
    words = (
        N_("Le fond de carte vient de %(host)s, selon ses règles : %(policy)s")
        if policy
        else N_("Le fond de carte vient de %(host)s. Ses règles d’usage ne sont pas connues d’ici : lisez-les là-bas.")
    )
    return ok(at.say(words, host=host, policy=policy))


async def _try_tile(at: Patient, instance: Instance, tiles: str) -> str:
    """Why none comes; empty where one does. Raises _Passing where that may be well in a moment."""
    for name, value in TILE.items():
        tiles = tiles.replace(f"{{{name}}}", value)
    try:
        fetched = await instance.transport.get_document(tiles, accept="image/*", limit=MOST_BYTES)
    except FetchFailed as failed:
        why = tell_cause(at.say, failed.cause)
        if failed.cause in (Cause.SERVER_ERROR, Cause.TOO_MANY_REQUESTS):
            raise _Passing(why) from failed
        return why
    kind = fetched.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not kind.startswith("image/"):
        return at.say(N_("ce n’est pas une image"))
    return ""
