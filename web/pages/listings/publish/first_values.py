"""What stands in the publish form before anything is typed: what the address says, else what was chosen last time."""

from collections.abc import Mapping

from aiohttp import web
from multidict import MultiDict

from models.listings import own_listings
from models.listings.listings import KINDS, Listing, ListingKind
from models.people import actors
from models.people.accounts import Account
from models.store.database import Connection
from outbox.listings.listing_limits import BIKES, INTERVENTIONS
from web.pages.components.reader_location import find_reader_commune
from web.pages.listings.publish.listing_form import values_of
from web.pages.listings.publish.where_fields import AROUND_HOME, IN_COMMUNE, first_place, load_places, place_values
from web.rendering.branding import Branding
from web.rendering.render import find_branding

SAME = ("mode", "max_duration", "audience", "where", "at_place")
"""What somebody mostly answers as she did the last time."""

SAID = {"titre": "title", "texte": "text", "lieu": "place", "mode": "mode", "pour": "audience"}
"""Names in the address, and the fields that they fill in."""

CODES = (
    ("panne", "interventions", INTERVENTIONS),
    ("velo", "bike_type", tuple(filter(None, BIKES))),
    ("roule", "rideable", ("oui", "non")),
)
"""What the diagnostic knows of a bike: names in the address, the fields, and the codes that these have."""

LONGEST = 4_000
"""Characters that the address fills into a field; what is too long for one is said when it is sent."""

LIKE_LAST = "like_last"
"""Marks values that are those of last time, so that the page can say so."""


async def make_first_values(conn: Connection, request: web.Request, account: Account) -> MultiDict[str]:
    """The form as `/publier?genre=&titre=&texte=&lieu=&mode=` opens it, a call also by `panne`, `velo` and `roule`."""
    branding = await find_branding(request, conn)
    kind = _find_kind(request, branding)
    known = await load_places(conn, account.actor_id)
    home = await find_reader_commune(conn, account, branding)
    values: MultiDict[str] = MultiDict({"kind": kind, "audience": "network", "quantity": "1"})
    values["place"] = home.label if home else ""
    values.update(first_place(known, await actors.get(conn, account.actor_id)))
    last = await own_listings.find_latest(conn, account.actor_id, kind) if kind != "repair_call" else None
    if last is not None:
        await _take_over(conn, values, last)
    if values["where"] == AROUND_HOME and known.home is None:
        values["where"] = IN_COMMUNE
    _fill_in(values, request.query)
    return values


def _find_kind(request: web.Request, branding: Branding) -> ListingKind:
    """What the address asks for, of the kinds in use; else the first of them."""
    used = [one for one in KINDS if one in branding.kinds]
    return next((one for one in used if one == request.query.get("genre")), used[0] if used else KINDS[0])


def _fill_in(values: MultiDict[str], query: Mapping[str, str]) -> None:
    """What the address says counts more than what was chosen the last time."""
    for said, name in SAID.items():
        typed = query.get(said, "").strip()
        if typed:
            values[name] = typed[:LONGEST]
    if query.get("lieu", "").strip():
        values["where"] = IN_COMMUNE
    for said, name, known in CODES:
        if query.get(said) in known:
            values[name] = query[said]


async def _take_over(conn: Connection, values: MultiDict[str], last: Listing) -> None:
    """Mode, duration and audience of her last listing of the same kind, and how near it says where; her commune stays
    that where she lives.
    """
    before = {**values_of(last, ""), **await place_values(conn, last)}
    if last.post.meant_audience == "community":
        del before["audience"]  # what stays inside is chosen each time
    values.update({name: before[name] for name in SAME if name in before})
    values[LIKE_LAST] = "1"
