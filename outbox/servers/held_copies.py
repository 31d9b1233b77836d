"""Another server was made again of a backup: what is held here of its own people's public words is given back to it."""

from federation.documents.parse import decode
from federation.errors import FederationError
from federation.json.addressees import is_for_everybody
from federation.repair_uris import held_copies_uri
from federation.vocabulary.collections import CollectionPage, Verbatim
from models.errors import NotFound
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from models.traffic import held_copies, peer_restorations
from models.traffic.held_copies import AT_ONCE, HeldCopy
from outbox.servers.losses import TELLER


async def build_page(conn: Connection, site: Site, reader: Actor, *, after: int) -> CollectionPage:
    """What is held of the reader's own server, page by page, in the order in which it came.

    Raises NotFound for everybody but the actor of a server that said what it lost, and is the one that had it: by the
    keys that it had before.
    """
    loss = await held_copies.find_loss(conn, reader.host) if reader.username == TELLER else None
    if loss is None or not await peer_restorations.is_known_since(conn, reader.id, loss.lost_from):
        raise NotFound
    held = await held_copies.list_held(conn, reader.host, loss, after=after)
    uri = held_copies_uri(site)
    return CollectionPage(
        id=f"{uri}?after={after}",
        part_of=uri,
        next=f"{uri}?after={held[-1].id}" if len(held) == AT_ONCE else None,
        items=tuple(found for one in held if (found := _read_public(one)) is not None),
    )


def _read_public(held: HeldCopy) -> Verbatim | None:
    """The document as it came, where everybody may read it: nobody's private words leave by this door."""
    try:
        document = decode(held.body)
    except FederationError:
        return None
    return Verbatim(body=held.body.decode()) if is_for_everybody(document) else None
