"""The cooperative changes what it says of itself: its settings, and the actors that carry its name."""

from collections.abc import Iterable
from dataclasses import replace

from federation.texts.html_cleaner import from_text
from models import preferences
from models.coop import opening
from models.coop.contradictions import find_contradictions
from models.errors import Invalid
from models.people import actors
from models.people.actors import Actor, Profile
from models.places import epcis, places
from models.places.places import Place, place_fields
from models.posts.media import uploads
from models.preferences import Preferences
from models.settings import Site
from models.store.database import Connection
from outbox.people.built_in_actors import NAMES, rename_instance
from outbox.people.profiles import announce_update


async def change_settings(conn: Connection, site: Site, chosen: Preferences, *, by: int | None) -> bool:
    """What an administrator changes, or a command: whether anything did.

    Raises Invalid where a setting would now contradict another: what contradicted it before is no reason.
    """
    before = await preferences.load_for_change(conn)
    require_agreeing(before, chosen)
    await save_preferences(conn, site, chosen, by=by)
    return chosen != before


def require_agreeing(before: Preferences, chosen: Preferences) -> None:
    """Raise Invalid, at the setting that changes, for a contradiction that there was not before.

    An open site keeps naming who publishes and who hosts it.
    """
    missing = [] if chosen.closed or opening.list_missing(before) else opening.list_missing(chosen)
    if missing:
        raise Invalid("legal_of_open_site", field=missing[0])
    known = {one.code for one in find_contradictions(before)}
    new = next((one for one in find_contradictions(chosen) if one.code not in known), None)
    if new is not None:
        changed = next((one for one in new.fields if getattr(before, one) != getattr(chosen, one)), new.fields[0])
        raise Invalid("settings_contradict", field=changed, contradiction=new.code)


async def save_preferences(conn: Connection, site: Site, chosen: Preferences, *, by: int | None = None) -> None:
    """Keep the settings; tell others where the cooperative's name, sentence, territory or hours changed."""
    before = await preferences.load_for_change(conn)
    await preferences.save(conn, chosen, by=by)
    if _list_shown(before) == _list_shown(chosen):
        return
    coop = await actors.find_local(conn, "coop")
    if coop is None:
        return
    if before.logo != chosen.logo:
        await _show_logo(conn, coop, chosen.logo)
    await actors.save_profile(conn, coop.id, _describe(coop, chosen, await find_centre(conn, chosen)))
    await actors.save_place(conn, coop.id, coop.street, chosen.hours or None)
    renamed = before.name != chosen.name
    if renamed:
        await rename_instance(conn, chosen.name or site.host)
    await _tell(conn, site, NAMES if renamed else ("coop",))


async def _show_logo(conn: Connection, coop: Actor, key: str) -> None:
    """The portrait of the cooperative is its logo."""
    logo = await uploads.find_own(conn, coop.id, key) if key else None
    await actors.save_icon(conn, coop.id, logo.id if logo else None)


async def _tell(conn: Connection, site: Site, usernames: Iterable[str]) -> None:
    for username in usernames:
        actor = await actors.find_local(conn, username)
        if actor is not None and username != "instance":
            await announce_update(conn, site, actor)


async def save_listed(conn: Connection, site: Site, *, listed: bool) -> None:
    """Ask to be in the directory of territories, or no longer; others are told."""
    coop = await actors.get_local(conn, "coop")
    if coop.discoverable is listed:
        return
    described = _describe(coop, await preferences.load(conn), _place_of(coop))
    saved = await actors.save_profile(conn, coop.id, replace(described, discoverable=listed))
    await announce_update(conn, site, saved)


def _place_of(coop: Actor) -> Place:
    return Place(
        name=coop.place_name or "",
        postcode=coop.postcode,
        commune_code=coop.commune_code,
        latitude=coop.latitude,
        longitude=coop.longitude,
        radius=coop.radius,
    )


async def find_centre(conn: Connection, chosen: Preferences) -> Place | None:
    """The territory as the place of the cooperative: a commune, the middle of an EPCI, or the largest of several."""
    if not chosen.territory_codes:
        return None
    if chosen.territory_kind == "epci":
        epci = await epcis.find_epci(conn, chosen.territory_codes[0])
        if epci is None:
            return None
        return Place(name=chosen.territory_name, latitude=epci.latitude, longitude=epci.longitude)
    communes = await places.list_communes(conn, list(chosen.territory_codes))
    largest = max(communes, key=lambda commune: commune.population, default=None)
    return largest.place if largest else None


def _list_shown(chosen: Preferences) -> tuple[object, ...]:
    named = (chosen.name, chosen.sentence, chosen.territory_name, chosen.territory_codes)
    return *named, chosen.legal_publisher, chosen.contact_email, chosen.logo, chosen.hours


def _describe(coop: Actor, chosen: Preferences, place: Place | None) -> Profile:
    return Profile(
        name=coop.name,
        summary=from_text(chosen.sentence) if chosen.sentence else coop.summary,
        locked=coop.locked,
        discoverable=coop.discoverable,
        fields=coop.fields,
        **(place_fields(place) | {"place_name": chosen.territory_name or None}),
    )
