"""What is new of posts that wait for a look: to the team, and to whoever wrote them, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.texts.html_cleaner import to_text
from models import posts
from models.listings import listings
from models.moderation import cases, decisions
from models.news import held_post_news
from models.news.held_post_news import HeldNews
from models.news.news import News
from models.people import accounts
from models.people.roles import has_right
from models.store.database import Connection
from web.rendering.i18n import Say
from web.rendering.render import N_

LONGEST = 120

AUTHOR: dict[str, str] = {
    "post_held": N_("Ce que vous avez écrit attend d’être relu par l’équipe"),
    "post_released": N_("L’équipe a relu ce que vous avez écrit : c’est paru"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffNewsItem:
    """Who did what (`words`), what it is about, where it leads."""

    words: str
    what: str
    href: str


async def list_held_items(
    conn: Connection, say: Say, reader_id: int, rows: Sequence[News]
) -> dict[int, StaffNewsItem | None]:
    """These news by their ids; None for what was settled meanwhile, or is not the reader's."""
    if not rows:
        return {}
    about = await held_post_news.list_about(conn, [row.id for row in rows])
    moderates = has_right(await accounts.get(conn, reader_id), "reports")
    told: dict[int, StaffNewsItem | None] = {}
    for row in rows:
        if row.type == "held_post":
            told[row.id] = await _tell_team(conn, say, about[row.id], reader_id) if moderates else None
        elif row.type == "decision":
            told[row.id] = await _tell_decision(conn, say, about[row.id], reader_id)
        else:
            told[row.id] = await _tell_author(conn, say, row)
    return told


async def _tell_team(conn: Connection, say: Say, about: HeldNews, reader_id: int) -> StaffNewsItem | None:
    case = await cases.find(conn, about.case_id or 0, reader_id)
    if case is None:
        return None
    words = say(N_("Ce qu’a écrit %(who)s attend d’être relu"), who=_line(case.actor_name))
    return StaffNewsItem(words=words, what="", href="/coop/retenues")


async def _tell_decision(conn: Connection, say: Say, about: HeldNews, reader_id: int) -> StaffNewsItem | None:
    decision = await decisions.find(conn, about.decision_id or 0)
    if decision is None or decision.actor_id != reader_id:
        return None
    words = say(N_("L’équipe a pris une décision à propos de ce que vous avez publié"))
    return StaffNewsItem(words=words, what=_line(decision.words), href="/actualites")


async def _tell_author(conn: Connection, say: Say, row: News) -> StaffNewsItem | None:
    found = await posts.list_by_ids(conn, [row.post_id] if row.post_id else [])
    if not found:
        return None
    [post] = found
    listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    title = listing.details.title if listing is not None else to_text(post.content)
    return StaffNewsItem(words=say(AUTHOR[row.type]), what=_line(title), href=f"/notes/{post.id}")


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
