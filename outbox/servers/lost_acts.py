"""Others answer what one of ours did and this instance lost: a friend's yes counts, everything else is taken back."""

from datetime import datetime

from federation.texts.html_cleaner import from_text
from federation.uris import activity_uri, host_of
from federation.vocabulary.activities.activities import Accept, Follow, Undo
from federation.vocabulary.agreements import Agreement
from models.listings import listings
from models.people import accounts, actors
from models.people.actors import Actor
from models.relations import follows, taken_up_follows
from models.relations.blocking import blocks
from models.servers import trust_levels
from models.settings import Site
from models.store.database import Connection
from models.traffic import backfills, restoration_words, restorations
from models.traffic.outbound import activities
from outbox.relations.follows import undo_unknown_follow
from outbox.traffic.send import Recipients, send

REASON = (
    "Cette plateforme a été restaurée d’une sauvegarde, où cette demande n’était pas encore. Si c’était convenu, "
    "écrivez-vous et refaites-la."
)


async def answer_lost(conn: Connection, site: Site, sender: Actor, yes: Accept) -> bool:
    """Whether this yes is to something that was lost here, and was dealt with: then both sides know the same again."""
    found = await restorations.find_latest(conn)
    if found is None:
        return False
    if isinstance(yes.object, Follow):
        return await _take_up_follow(conn, site, sender, yes.object, found)
    uri = yes.object if isinstance(yes.object, str) else yes.object.id
    return yes.result is not None and await _take_back_offer(conn, site, sender, yes, uri, found)


async def _take_up_follow(
    conn: Connection, site: Site, sender: Actor, asked: Follow, found: restorations.Restoration
) -> bool:
    """A follow of ours that a friend's server has said yes to stands again; any other is taken back there.

    Not of who ceased to follow since: what she did last holds, whatever was lost.
    """
    follower = await _find_author(conn, site, asked.id)
    if follower is None or asked.actor != follower.uri or asked.object != sender.uri:
        return False
    if await activities.find_by_uri(conn, asked.id) is not None:
        return False  # it was not lost
    if await _has_said(conn, follower, sender.uri, since=found.restored_at):
        return False
    level = await trust_levels.find(conn, sender.host)
    if level is None or level.level != "friend" or await blocks.between(conn, follower.id, sender.id):
        if not await restoration_words.spend_taking_back(conn, host_of(sender.uri)):
            return False
        await undo_unknown_follow(conn, site, follower, sender)
        return True
    follow = await follows.save(conn, uri=asked.id, follower_id=follower.id, followed_id=sender.id, state="accepted")
    await taken_up_follows.mark(conn, follow.id)
    await backfills.ask(conn, sender.id)
    return True


async def _take_back_offer(
    conn: Connection, site: Site, sender: Actor, yes: Accept, uri: str, found: restorations.Restoration
) -> bool:
    """What one of ours asked for and nobody here remembers binds her to nothing: it is taken back, with the reason."""
    author = await _find_author(conn, site, uri)
    if author is None or yes.result is None or await activities.find_by_uri(conn, uri) is not None:
        return False
    if not await _is_about_own_listing(conn, sender, yes.result) or await _has_said(
        conn, author, uri, since=found.restored_at
    ):
        return False
    if not await restoration_words.spend_taking_back(conn, host_of(sender.uri)):
        return False
    # Its id alone: of what it said nobody here knows anything, and a member signs no words of others.
    undo = Undo(
        id=activity_uri(site, author.username),
        actor=author.uri,
        object=uri,
        content=from_text(REASON),
        to=(sender.uri,),
    )
    await send(conn, author, undo, Recipients(named_ids=(sender.id,)), about=uri)
    return True


async def _is_about_own_listing(conn: Connection, sender: Actor, terms: Agreement) -> bool:
    """Whether these are terms for a listing of the sender that is held here."""
    listing = await listings.find_by_listing_uri(conn, (terms.stipulates.satisfies or "").partition("#")[0])
    return listing is not None and listing.post.author_id == sender.id


async def _has_said(conn: Connection, actor: Actor, about: str, *, since: datetime) -> bool:
    undone = await activities.find_latest(conn, actor_id=actor.id, type="Undo", object_uri=about)
    return undone is not None and undone.said_at >= since


async def _find_author(conn: Connection, site: Site, uri: str) -> Actor | None:
    """Which member of ours would have said this, by its address: one who may act."""
    username = uri.removeprefix(f"{site.url}/users/").partition("/activities/")[0]
    if not uri.startswith(activity_uri(site, username).rpartition("/")[0]):
        return None
    actor = await actors.find_local(conn, username)
    account = None if actor is None else await accounts.find(conn, actor.id)
    return actor if account is not None and account.standing == "full" else None
