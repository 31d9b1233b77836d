"""Members of servers that know no Join: who follows a community is asked once, and answers yes or no in words."""

from models.communities import communities, memberships
from models.communities.memberships import Change, Membership
from models.errors import Refusal
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import speaks
from outbox.builders.texts.communities import REFUSALS, say
from outbox.communities import news
from outbox.communities.cases import Case, change, open_case
from outbox.communities.joining import JoinRequest, join
from outbox.communities.leaving import leave
from outbox.exchanges.plain_language.answers import names_of, read_answer

ASKED = ("Person",)
"""Robots and other groups follow too, and are asked nothing."""


async def ask_follower(conn: Connection, site: Site, group: Actor, follower: Actor) -> None:
    """Somebody follows a community of ours: ask her once whether she wants to be a member, where that can be."""
    community = await communities.find(conn, group.id)
    if community is None or not community.local or community.hidden or community.ended_at is not None:
        return
    if community.access == "invitation" or speaks(follower) or follower.type not in ASKED:
        return
    case = await open_case(conn, site, community, follower)
    if case.held is None:
        await news.ask_about_charter(conn, case, "invited")


async def process_charter_answer(conn: Connection, site: Site, author: Actor, post: Post) -> bool:
    """Whether this private note answers what a community asked its author: it is done, or she is told why not."""
    held = await _find_asked(conn, author, post)
    community = None if held is None else await communities.find(conn, held.community_id)
    if held is None or community is None:
        return False
    case = await open_case(conn, site, community, author)
    answer = read_answer(post.content, names_of(author, case.group))
    if answer is None:
        await _explain(conn, case)
    elif answer:
        await _say_yes(conn, case, held)
    else:
        await leave(conn, site, author, community)
        await news.write_to(conn, site, case.group, author, say("declined", community.name))
    return True


async def _find_asked(conn: Connection, author: Actor, post: Post) -> Membership | None:
    if post.audience != "direct" or post.in_reply_to_uri is None:
        return None
    held = await memberships.find_by_uri(conn, post.in_reply_to_uri)
    waits = held is not None and held.actor_id == author.id and held.asked_version > held.accepted_version
    return held if held is not None and waits and held.state in ("invited", "member") else None


async def _say_yes(conn: Connection, case: Case, held: Membership) -> None:
    """She says yes to the version that she was asked about; where another one stands she is asked anew."""
    if held.asked_version < case.community.version:
        await news.ask_about_charter(conn, case, held.state)
        return
    try:
        saved = await join(conn, case.site, case.person, case.community, JoinRequest(version=held.asked_version))
    except Refusal as refusal:
        reason = REFUSALS.get(refusal.code, REFUSALS["community_no_entry"])
        await news.write_to(conn, case.site, case.group, case.person, say("refused", case.community.name, reason))
        return
    if saved.state == "asked" or held.state == "member":
        key = "asked" if saved.state == "asked" else "joined"
        await news.write_to(conn, case.site, case.group, case.person, say(key, case.community.name))


async def _explain(conn: Connection, case: Case) -> None:
    """Nobody reads what is neither yes nor no: she is told so, once for the same question."""
    if case.held is None or case.held.message:
        return
    await change(conn, case, Change(state=case.held.state, message="?"))
    await news.write_to(conn, case.site, case.group, case.person, say("unclear", case.community.name))
