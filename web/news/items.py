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
from models.settings import Site
from models.store.database import Connection
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

ONE: dict[str, str] = {
    "mention": N_("%(who)s vous a écrit"),
    "status": N_("%(who)s a publié"),
    "favourite": N_("%(who)s aime ce que vous avez publié"),
    "reblog": N_("%(who)s a fait passer votre annonce"),
    "quote": N_("%(who)s vous cite"),
    "follow": N_("%(who)s vous suit"),
    "follow_request": N_("%(who)s demande à vous suivre"),
    "update": N_("%(who)s a changé ce à quoi vous avez réagi"),
    "called_off": N_("%(who)s annule ce à quoi vous avez réagi"),
    "move": N_("%(who)s a déménagé : vous suivez sa nouvelle adresse"),
    "poll": N_("Un sondage de %(who)s est terminé"),
    "own_poll": N_("Votre sondage est terminé"),
    "repair_call": N_("%(who)s est en panne près de chez vous"),
    "reserve_next": N_("C’est de nouveau libre chez %(who)s, et c’est votre tour"),
    "reserve_joined": N_("%(who)s l’aimerait quand ce sera libre"),
    "reserve_left": N_("%(who)s n’attend plus"),
    "reserve_passed": N_("%(who)s et vous : le tour est passé à la personne suivante"),
    "reserve_closed": N_("L’annonce est close, et sa liste de réserve aussi"),
    "unreported": N_("%(who)s s’est trompé·e : ce n’est pas encore fait"),
    "message": N_("%(who)s vous a écrit"),
    "said": N_("%(who)s vous a écrit"),
    "requested": N_("%(who)s vous fait une demande"),
    "countered": N_("%(who)s vous propose autre chose"),
    "accepted": N_("%(who)s a dit oui"),
    "agreed": N_("C’est d’accord avec %(who)s"),
    "refused": N_("%(who)s a dit non"),
    "withdrawn": N_("%(who)s a retiré sa demande"),
    "cancelled": N_("%(who)s a annulé votre accord"),
    "expired": N_("Sans réponse, la demande entre vous et %(who)s est close"),
    "out": N_("%(who)s dit que c’est remis"),
    "back": N_("%(who)s dit que c’est rendu"),
    "done": N_("%(who)s dit que c’est fait"),
    "verified": N_("%(who)s et vous dites la même chose : c’est fait"),
    "begins_soon": N_("C’est pour bientôt, avec %(who)s"),
    "ends_soon": N_("La fin du prêt approche, avec %(who)s"),
    "returned": N_("C’est rendu ? Dites-le à %(who)s"),
    "forgotten": N_("Sans nouvelles de votre accord avec %(who)s"),
    "last_call": N_("Dernier rappel de votre accord avec %(who)s : dites si c’est fait"),
    "contact": N_("%(who)s vous a donné ses coordonnées"),
    "thanked": N_("%(who)s vous remercie"),
    "explained": N_("Un message automatique dit à %(who)s comment répondre"),
    "unheard": N_("Une réponse de %(who)s ne compte pas"),
    "asked_again": N_("%(who)s vous demande si c’est un oui"),
    "stopped": N_("La coopérative a suspendu le compte de %(who)s : votre échange peut être annulé"),
    "resumed": N_("Le compte de %(who)s n’est plus suspendu"),
    "read_by_team": N_("L’équipe de la coop a ouvert votre conversation avec %(who)s, où un message a été signalé"),
    "listing_ended": N_("L’annonce dont vous parlez avec %(who)s s’est arrêtée"),
    "invitation_used": N_("%(who)s fait maintenant partie de la coop, grâce à votre invitation"),
    "documents": N_("Les règles de la coop changent : lisez ce qui est nouveau, puis dites oui"),
}
"""What one person did."""

MANY: dict[str, str] = {
    "favourite": N_("%(who)s aiment ce que vous avez publié"),
    "reblog": N_("%(who)s ont fait passer votre annonce"),
}

ICONS = {
    "mention": "message", "message": "message", "said": "message", "favourite": "like", "reblog": "share",
    "follow": "person", "follow_request": "waiting", "update": "retry", "status": "add", "move": "elsewhere",
    "requested": "waiting", "countered": "waiting", "refused": "close", "withdrawn": "close",
    "cancelled": "close", "expired": "close", "begins_soon": "date", "ends_soon": "date", "returned": "date",
    "forgotten": "warning", "last_call": "warning", "contact": "person", "thanked": "like",
    "explained": "message", "unheard": "warning", "asked_again": "waiting", "stopped": "warning", "resumed": "done",
    "read_by_team": "flag", "listing_ended": "close",
    "quote": "message",
    "admin.report": "flag", "sign_up": "enter", "admin.sign_up": "person", "coop_follow": "network",
    "report_settled": "done", "repair_call": "bike", "sign_up_message": "message", "held_post": "waiting",
    "post_held": "waiting", "post_released": "done", "second_asked": "waiting", "appeal": "flag",
    "handed_over": "agreement", "decision": "warning", "decision_ended": "done", "appeal_answered": "message",
    "reserve_next": "date", "reserve_joined": "waiting", "reserve_left": "close", "reserve_passed": "close",
    "reserve_closed": "close", "unreported": "retry",
    "invitation_used": "enter", "documents": "agreement", "saved_search": "search", "match": "search",
    "letters_waiting": "message", "servers_stuck": "network",
    "mails_stuck": "email", "chores_failing": "retry", "backup_overdue": "warning",
}  # fmt: skip


PAGES = {"follow_request": "/abonnements", "documents": "/documents/a-accepter"}
"""What is not about a post, and has a page where it is settled."""


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
        words=_describe_people(say, kind, [_line(one.display_name) for one in there], others),
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
            words=_describe_people(say, row.kind, [_line(people[row.other_id].display_name)], 0),
            who=_line(people[row.other_id].display_name),
            what=_line(about[row.listing_id].details.title),
            href=exchange_path(row.exchange_id),
            at=row.created_at,
            unread=True,
            more=row.count - 1,
        )
        for row in threads
        if row.other_id in people and row.listing_id in about
    ]


async def list_latest(conn: Connection, site: Site, say: Say, reader_id: int, *, limit: int) -> list[NewsItem]:
    """The newest of both, in one order."""
    threads = await list_thread_lines(conn, say, await news.list_threads(conn, reader_id, limit=limit))
    others = await list_lines(conn, site, say, reader_id, await news.list_news(conn, reader_id, limit=limit))
    return sorted([*threads, *others], key=lambda line: -line.id)[:limit]


def _describe_people(say: Say, kind: str, names: Sequence[str], others: int) -> str:
    if len(names) + others == 1 or kind not in MANY:
        return say(ONE.get(kind, "%(who)s"), who=names[0])
    return say(MANY[kind], who=join_names(say, names, others))


def join_names(say: Say, names: Sequence[str], others: int) -> str:
    """ "A", "A et B", "A, B et C", "A, B, C et 12 autres"."""
    if others > news.TOGETHER - len(names):  # counted no further
        more = N_("%(names)s et plus de %(count)s autres personnes")
        return say(more, names=", ".join(names), count=others - 1)
    if others:
        first = ", ".join(names)
        more = N_("%(names)s et une autre personne") if others == 1 else N_("%(names)s et %(count)s autres personnes")
        return say(more, names=first, count=others)
    if len(names) == 1:
        return names[0]
    return say(N_("%(names)s et %(last)s"), names=", ".join(names[:-1]), last=names[-1])


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
