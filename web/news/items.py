"""What is new to a member, in words: one line for each thing, who did it, about what, and where it leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from federation.texts.html_cleaner import to_text
from models.listings import listings
from models.listings.listing_expiry import EndKind, EndNotice
from models.listings.listings import Listing
from models.news import news
from models.news.news import News, ThreadNews
from models.people import actors
from models.posts import Post
from models.repairs.results.notes import read_note
from models.repairs.results.sides import is_repair
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.repair_results import write_result
from web.news.item_words import ICONS, describe_people
from web.news.staff_items import StaffNewsItem
from web.news.subjects import NewsSubjects, load_subjects
from web.rendering.i18n import Say
from web.rendering.open_graph import cut
from web.rendering.paths import exchange_path, listing_path, note_path, profile_path
from web.rendering.render import N_

BEGINNING = 2_000
"""So many characters of a post's HTML are looked at for how it begins."""

SHOWN = 80
"""So much of a note names it."""

PAGES = {
    "follow_request": "/abonnements",
    "documents": "/documents/a-accepter",
    "bike_asked": "/velo-vole",
    "shutdown": "/compte/donnees",
    "shutdown_over": "/annonces",
    "posts_returned": "/chez-moi/revenues",
}
"""What is not about a post, and has a page where it is settled."""


REMINDERS = ("returned", "forgotten", "last_call")
"""What asks whether it is done."""

LANGUAGE = N_("fr")
"""The code of the reader's language, as each catalogue says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One thing that is new: `words` say who did what, `what` names the thing.

    In a thread `who` is the other one, and `more` counts what else is new in it. `prolongs` is the end that one button
    takes away, `stop` is where one says to hear no more of it.
    """

    id: int
    kind: str
    icon: str
    words: str
    what: str
    href: str
    at: datetime
    unread: bool
    who: str = ""
    more: int = 0
    prolongs: EndNotice | None = None
    stop: str = ""


async def list_lines(conn: Connection, site: Site, say: Say, reader_id: int, rows: Sequence[News]) -> list[NewsItem]:
    """These news with where they lead. Of people who are gone, and of posts not to be seen any more, there is none."""
    subjects = await load_subjects(conn, say, reader_id, rows)
    return [
        _build_item(site, say, reader_id, subjects, row)
        for row in rows
        if subjects.has(row) and subjects.list_people(row)
    ]


def _build_item(site: Site, say: Say, reader_id: int, subjects: NewsSubjects, row: News) -> NewsItem:
    if row.post_id in subjects.strangers:
        return _build_strangers_item(say, row)
    if row.id in subjects.staff:
        return _build_own_words(row, row.type, ICONS[row.type], subjects.staff[row.id])
    end = subjects.ends.get(row.post_id or 0)
    if end is not None:
        told = _build_own_words(row, f"end_{end.kind}", "date", _build_end_item(site, say, end))
        return replace(told, prolongs=end if end.count == 1 and end.current else None)
    there, post, roots = subjects.list_people(row), subjects.posts.get(row.post_id or 0), subjects.roots
    kind, others = _kind(row, subjects.posts, roots, reader_id), row.count - len(row.actor_ids)
    return NewsItem(
        id=row.id,
        kind=row.type,
        icon=ICONS.get(row.type, "alert"),
        words=describe_people(say, kind, [_line(one.display_name) for one in there], others),
        what=_name(post, roots),
        href=_find_path(site, row, post, roots) or profile_path(there[0]),
        at=row.created_at,
        unread=row.unread,
    )


def _build_strangers_item(say: Say, row: News) -> NewsItem:
    """Something waits of people whom she does not know: nothing of what it is."""
    return NewsItem(
        id=row.id,
        kind="strangers",
        icon="waiting",
        words=say(N_("Quelqu’un que vous ne connaissez pas vous a écrit")),
        what="",
        href="/messages/inconnus",
        at=row.created_at,
        unread=row.unread,
    )


ENDS: dict[EndKind, tuple[str, str]] = {
    "before": (N_("Votre annonce s’arrête bientôt"), N_("%(count)s de vos annonces s’arrêtent bientôt")),
    "ended": (N_("Votre annonce s’est arrêtée"), N_("%(count)s de vos annonces se sont arrêtées")),
}
"""Of one, and of several."""


def _build_end_item(site: Site, say: Say, notice: EndNotice) -> StaffNewsItem:
    """One of her listings ends, or did, where it can be prolonged; of several the page that has them all."""
    one, many = ENDS[notice.kind]
    mine = "/chez-moi" if notice.kind == "before" else "/chez-moi?voir=finies"
    return StaffNewsItem(
        words=say(one) if notice.count == 1 else say(many, count=notice.count),
        what=_line(notice.title),
        href=notice.url.removeprefix(site.url) if notice.count == 1 else mine,
    )


def _build_own_words(row: News, kind: str, icon: str, told: StaffNewsItem) -> NewsItem:
    """What no member did, or what is told in words of its own: to those who look after the cooperative, of ends."""
    return NewsItem(
        id=row.id,
        kind=kind,
        icon=icon,
        words=told.words,
        what=told.what,
        href=told.href,
        at=row.created_at,
        unread=row.unread,
        stop=told.stop,
    )


async def list_thread_lines(conn: Connection, say: Say, rows: Iterable[ThreadNews]) -> list[NewsItem]:
    """The newest of each thread; its listing gives the name."""
    threads = list(rows)
    # Of somebody who is suspended too: whoever is in an exchange with her is told so.
    people = {
        id: one
        for id, one in (await actors.map_by_ids(conn, {row.other_id for row in threads})).items()
        if one.deleted_at is None
    }
    about = await listings.list_by_posts(conn, [row.listing_id for row in threads])
    return [
        NewsItem(
            id=row.id,
            kind=row.kind,
            icon=ICONS.get(row.kind, "agreement"),
            words=_describe_thread(say, row, _line(people[row.other_id].display_name)),
            who=_line(people[row.other_id].display_name),
            what=_line(about[row.listing_id].details.title),
            href=_find_thread_path(row, about[row.listing_id]),
            at=row.created_at,
            unread=True,
            more=row.count - 1,
        )
        for row in threads
        if row.other_id in people and row.listing_id in about
    ]


def _describe_thread(say: Say, row: ThreadNews, name: str) -> str:
    """What happened; of a repair with what came out, on the line that the other one noted."""
    if row.result is None:
        return describe_people(say, row.kind, [name], 0)
    result = write_result(read_note(row.result), say(LANGUAGE))
    return say(N_("%(who)s a noté : %(result)s. C’est bien cela ?"), who=name, result=_line(result))


def _find_thread_path(row: ThreadNews, listing: Listing) -> str:
    """Whoever is asked whether a repair is done answers with what came out."""
    path = exchange_path(row.exchange_id)
    asks = row.kind in REMINDERS and is_repair(listing.details)
    return f"{path}/resultat?accord={row.agreement_id}" if asks else path


async def list_latest(conn: Connection, site: Site, say: Say, reader_id: int, *, limit: int) -> list[NewsItem]:
    """The newest of both, in one order."""
    threads = await list_thread_lines(conn, say, await news.list_threads(conn, reader_id, limit=limit))
    others = await list_lines(conn, site, say, reader_id, await news.list_news(conn, reader_id, limit=limit))
    return sorted([*threads, *others], key=lambda line: -line.id)[:limit]


def _kind(row: News, found: Mapping[int, Post], roots: Mapping[int, Listing], reader_id: int) -> str:
    """A change that calls it off is told as that, and the end of one's own poll as one's own."""
    if row.type == "poll" and row.actor_ids == [reader_id]:
        return "own_poll"
    changed = roots.get(row.post_id or 0) if row.type == "update" and row.post_id in found else None
    return "called_off" if changed is not None and changed.details.status == "cancelled" else row.type


def _find_path(site: Site, row: News, post: Post | None, roots: Mapping[int, Listing]) -> str:
    """An answer under a listing leads there."""
    if row.type in PAGES:
        return PAGES[row.type]
    if post is None:
        return ""
    root = roots.get(post.root_id or post.id)
    if root is None or root.post.deleted_at is not None:
        return note_path(site, post)
    return listing_path(site, root) if root.id == post.id else f"{listing_path(site, root)}#r{post.id}"


def _name(post: Post | None, roots: Mapping[int, Listing]) -> str:
    """The listing's title, else how the note begins, or what its author warns of."""
    if post is None:
        return ""
    root = roots.get(post.root_id or post.id)
    if root:
        return _line(root.details.title)
    return cut(post.warning or to_text(post.content[:BEGINNING]), SHOWN)


def _line(text: str) -> str:
    """On one line, whatever servers elsewhere let people call themselves: the subject of a mail is one."""
    return " ".join(text.split())
