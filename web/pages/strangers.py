"""Letters of strangers, for administrators: let a server's letters through, forget them, or set the server aside."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from federation.errors import Malformed, Unsupported
from federation.html import clean_text
from federation.parse import parse_activity
from federation.vocabulary.activities import Create
from federation.vocabulary.embedded import is_postlike, note_of
from models import strangers
from models.database import connection, transaction
from models.errors import NotFound
from models.strangers import Stranger
from outbox import peers
from web.forms import read_form
from web.keys import INSTANCE
from web.pages.notices import find_notice, lead_on
from web.render import N_, render
from web.session import require_role

EXTRACT = 240

GESTURES = ("laisser", "jeter", "ecarter")

SAID = {
    "laisser": N_("Ses messages arrivent, et les suivants n’attendront plus."),
    "jeter": N_("Ses messages sont jetés."),
    "ecarter": N_("Ses messages sont jetés, et ce serveur est à l’écart."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheaf:
    """The letters of one server: `extract` is the beginning of the newest one, as plain text."""

    host: str
    letters: int
    writers: int
    first_at: datetime
    last_at: datetime
    writer: str
    extract: str


async def list_letters(request: web.Request) -> web.Response:
    """GET /coop/inconnus."""
    require_role(request, "admin")
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await strangers.list_strangers(conn)
    return await render(
        request,
        "peers/strangers.html",
        sheaves=[describe(one) for one in found],
        said=find_notice(request, SAID),
    )


async def post_decision(request: web.Request) -> web.Response:
    """POST /coop/inconnus: one click for a whole server."""
    require_role(request, "admin")
    form = await read_form(request)
    gesture, host = form.choice("geste", GESTURES), form.typed("serveur")
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        if gesture not in GESTURES or host not in {one.host for one in await strangers.list_strangers(conn)}:
            raise NotFound
        if gesture == "laisser":
            await peers.hear_strangers(conn, host)
        else:
            await peers.refuse_strangers(conn, host, aside=gesture == "ecarter")
    instance.welcomes.forget()
    raise lead_on("/coop/inconnus", gesture)


def describe(stranger: Stranger) -> Sheaf:
    """What the page tells of a server's letters."""
    writer, extract = _read_letter(stranger.newest)
    return Sheaf(
        host=stranger.host,
        letters=stranger.letters,
        writers=stranger.writers,
        first_at=stranger.first_at,
        last_at=stranger.last_at,
        writer=writer,
        extract=extract,
    )


def _read_letter(body: bytes) -> tuple[str, str]:
    """Who wrote it and how it begins; nothing of a letter that plain reading does not understand."""
    try:
        activity = parse_activity(body)
    except (Malformed, Unsupported):
        return "", ""
    if not isinstance(activity, Create) or not is_postlike(activity.object):
        return activity.actor, ""
    words = clean_text(note_of(activity.object).content, 2 * EXTRACT)
    return activity.actor, words[:EXTRACT] + ("…" if len(words) > EXTRACT else "")
