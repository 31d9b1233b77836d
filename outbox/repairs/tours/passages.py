"""« Passage à Nieppe le 12 »: a shop says in which commune it comes by, as a public meeting like any other."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import Conflict, Invalid
from models.meetings.meetings import FullMeeting
from models.people.actors import Actor
from models.places.places import Commune
from models.repairs.shops import appearing
from models.settings import Site
from models.store.database import Connection
from outbox.meetings import meetings
from outbox.meetings.meeting_limits import MeetingDraft

TEXT_LIMIT = 500

VENUE = {"fr": "Dans toute la commune", "en": "All over the town"}
"""Nobody has to come anywhere; and no home is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageDraft:
    """Where the shop comes by, and when; `title` is what the agenda says, `text` what one should know."""

    commune: Commune
    begins_at: datetime
    ends_at: datetime | None
    title: str
    text: str = ""
    language: str = "fr"


async def announce(conn: Connection, site: Site, shop: Actor, draft: PassageDraft, *, by: Actor) -> FullMeeting:
    """A new meeting of the shop, in the middle of the commune. Raises Invalid, and Conflict where it does not appear.

    What `by` writes is looked at as her own posts are, and may wait before it appears.
    """
    if await appearing.find(conn, shop.id) is None:
        raise Conflict("passage_needs_appearing")
    if len(draft.text) > TEXT_LIMIT:
        raise Invalid("passage_text_too_long", field="text", most=TEXT_LIMIT)
    place = draft.commune.place
    return await meetings.publish(
        conn,
        site,
        shop,
        MeetingDraft(
            title=draft.title,
            text=draft.text,
            begins_at=draft.begins_at,
            ends_at=draft.ends_at,
            language=draft.language,
            venue=VENUE[draft.language],
            place_name=place.name,
            postcode=place.postcode,
            commune_code=place.commune_code,
            latitude=place.latitude,
            longitude=place.longitude,
        ),
        by=by,
    )
