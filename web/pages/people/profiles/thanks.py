"""What anybody may read of thanks to a member, on her profile; she keeps off it what she likes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from models import posts
from models.exchanges import thanks
from models.exchanges.thanks import PublicThanks
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection, transaction
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.news.leading_mentions import load_messages
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.people import Person, person_of
from web.rendering.paths import listing_path
from web.rendering.render import N_
from web.security.session import require_account

SHOWN, OWN = 5, 50
"""So many stand on a profile, and so many on one's own, where they are chosen."""

ACTS = {"cacher": "hide", "montrer": "show"}
"""The word in the address, and what it does."""

DONE = {"hide": N_("C’est noté : ce merci n’est plus sur votre page."), "show": N_("Ce merci est sur votre page.")}
"""What the page says then, by the word in its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksLine:
    """Who thanks, for which listing, in which words; `hidden` only her own page shows."""

    id: int
    author: Person
    title: str
    href: str
    content: Markup
    language: str | None
    at: datetime
    hidden: bool


async def list_thanks(conn: Connection, site: Site, actor: Actor, reader_id: int | None) -> list[ThanksLine]:
    """Of one of ours; whoever is elsewhere chooses there."""
    if not actor.local:
        return []
    own = reader_id == actor.id
    received = await thanks.list_received(conn, actor.id, hidden=own, limit=OWN if own else SHOWN)
    notes = await _load_notes(conn, received, reader_id)
    about = await listings.list_by_posts(conn, [one.listing_id for one in received if one.post_id in notes])
    people = await actors.map_by_ids(conn, [one.author_id for one in received])
    return [
        ThanksLine(
            id=one.event_id,
            author=person_of(people[one.author_id]),
            title=about[one.listing_id].details.title,
            href=listing_path(site, about[one.listing_id]),
            content=Markup(note.content),  # noqa: S704 - cleaned by federation/texts/html_cleaner when it was stored
            language=note.language,
            at=note.published_at,
            hidden=one.hidden,
        )
        for one in received
        if (note := notes.get(one.post_id)) is not None and one.listing_id in about
    ]


async def _load_notes(conn: Connection, received: Sequence[PublicThanks], reader_id: int | None) -> dict[int, Post]:
    """Their words, as far as the reader may see them."""
    if not received:
        return {}
    return await load_messages(conn, await posts.filter_wanted(conn, [one.post_id for one in received], reader_id))


async def post_hidden(request: web.Request) -> web.Response:
    """POST /moi/mercis/cacher and /moi/mercis/montrer: whether these thanks stand on one's page."""
    account, form = require_account(request), await read_form(request)
    act = ACTS[request.match_info["act"]]
    async with transaction(request.app[INSTANCE].pool) as conn:
        await thanks.save_hidden(conn, read_id(form.typed("thanks")), account.actor_id, hidden=act == "hide")
    raise redirect_with_message(f"/@{account.username}", act, part="mercis")
