"""Others answer what one of ours did and this instance lost: a friend's yes counts, everything else is taken back."""

from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Accept, Follow, Offer
from models.people import accounts, actors
from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.servers import trust_levels
from models.settings import Site
from models.store.database import Connection
from models.traffic import backfills, restorations
from models.traffic.outbound import activities
from outbox.builders.activities.undo import build_undo
from outbox.relations.follows import undo_unknown_follow
from outbox.traffic.send import Recipients, send

REASON = (
    "Cette plateforme a été restaurée d’une sauvegarde, où cette demande n’était pas encore. Si c’était convenu, "
    "écrivez-vous et refaites-la."
)


async def answer_lost(conn: Connection, site: Site, sender: Actor, yes: Accept) -> bool:
    """Whether this yes is to something that was lost here, and was dealt with: then both sides know the same again."""
    if await restorations.find_latest(conn) is None:
        return False
    if isinstance(yes.object, Follow):
        return await _take_up_follow(conn, site, sender, yes.object)
    uri = yes.object if isinstance(yes.object, str) else yes.object.id
    return yes.result is not None and await _take_back_offer(conn, site, sender, yes, uri)


async def _take_up_follow(conn: Connection, site: Site, sender: Actor, asked: Follow) -> bool:
    """A follow of ours that a friend's server has said yes to stands again; any other is taken back there."""
    follower = await _find_author(conn, site, asked.id)
    if follower is None or asked.actor != follower.uri or asked.object != sender.uri:
        return False
    if await activities.find_by_uri(conn, asked.id) is not None:
        return False  # it was not lost
    level = await trust_levels.find(conn, sender.host)
    if level is None or level.level != "friend" or await blocks.between(conn, follower.id, sender.id):
        if await _has_said(conn, follower, sender.uri):
            return False
        await undo_unknown_follow(conn, site, follower, sender)
        return True
    await follows.save(conn, uri=asked.id, follower_id=follower.id, followed_id=sender.id, state="accepted")
    await backfills.ask(conn, sender.id)
    return True


async def _take_back_offer(conn: Connection, site: Site, sender: Actor, yes: Accept, uri: str) -> bool:
    """What one of ours asked for and nobody here remembers binds her to nothing: it is taken back, with the reason."""
    author = await _find_author(conn, site, uri)
    if author is None or yes.result is None or await activities.find_by_uri(conn, uri) is not None:
        return False
    if await _has_said(conn, author, uri):
        return False
    offer = Offer(id=uri, actor=author.uri, object=yes.result, to=(sender.uri,))
    undo = build_undo(site, author, offer, reason=REASON)
    await send(conn, author, undo, Recipients(named_ids=(sender.id,)), about=uri)
    return True


async def _has_said(conn: Connection, actor: Actor, about: str) -> bool:
    return await activities.find_latest(conn, actor_id=actor.id, type="Undo", object_uri=about) is not None


async def _find_author(conn: Connection, site: Site, uri: str) -> Actor | None:
    """Which member of ours would have said this, by its address: one who may act."""
    username = uri.removeprefix(f"{site.url}/users/").partition("/activities/")[0]
    if not uri.startswith(activity_uri(site, username).rpartition("/")[0]):
        return None
    actor = await actors.find_local(conn, username)
    account = None if actor is None else await accounts.find(conn, actor.id)
    return actor if account is not None and account.standing == "full" else None
