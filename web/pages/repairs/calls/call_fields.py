"""What the short form of a call asks, and the listing that it makes: the same as the long form publishes."""

from functools import partial

from aiohttp import web
from multidict import MultiDict

from models.listings.listings import ListingDraft
from models.places.places import place_fields
from models.store.database import Connection
from outbox.listings.listing_limits import BIKES, INTERVENTIONS, TEXT_LIMIT
from web.forms.form import Form
from web.pages.listings.publish.repair_fields import or_none, read_call_title, read_repair
from web.pages.listings.publish.where_fields import KnownPlaces, read_where
from web.rendering.render import reader_language, say

CATEGORY = "velo-reparation"

NOWHERE_KNOWN = KnownPlaces(home=None, public=())
"""What is known of where somebody without an account may be."""

CONTACTS = ("mail", "link")
"""How somebody without an account is told of answers."""

SAID = {
    "panne": "interventions",
    "organe": "interventions",
    "velo": "bike_type",
    "recit": "text",
    "texte": "text",
    "lieu": "place",
}
"""Names in the address, as the diagnostic and other pages of ours write them, and the fields that they fill in."""

ROLLS = {"1": "oui", "0": "non", "oui": "oui", "non": "non"}

LONGEST = 4_000
"""Characters that the address fills into a field."""


def fill_in_call(values: MultiDict[str], request: web.Request) -> None:
    """What the address says: `?panne=&velo=&roule=&texte=` as the diagnostic writes it; several `panne` are taken."""
    query = request.query
    for said, name in SAID.items():
        for typed in query.getall(said, []):
            if typed.strip():
                values.add(name, typed.strip()[:LONGEST])
    for typed in query.getall("interventions", []):
        values.add("interventions", typed[:60])
    if query.get("roule", "") in ROLLS:
        values["rideable"] = ROLLS[query["roule"]]


def find_first_step(values: MultiDict[str]) -> int:
    """Who comes with answers to the first questions, as from the diagnostic, begins behind them."""
    known = set(values.getall("interventions", [])) & set(INTERVENTIONS)
    return 2 if known and values.get("rideable") and values.get("bike_type") in or_none(BIKES) else 1


async def read_call(
    conn: Connection, request: web.Request, form: Form, *, known: KnownPlaces, media_ids: tuple[int, ...]
) -> ListingDraft:
    """The listing that was typed; what is wrong is noted in the form."""
    repair = read_repair(form)
    text = form.lines("text", limit=TEXT_LIMIT)
    title = read_call_title(form, partial(say, request))
    place = await read_where(conn, form, known)
    return ListingDraft(
        kind="repair_call",
        mode="repair",
        title=title,
        text=text,
        category=CATEGORY,
        language=reader_language(request),
        media_ids=media_ids,
        audience="network",
        **place_fields(place),
        repair=repair,
    )
