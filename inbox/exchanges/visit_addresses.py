"""A partner elsewhere says at which address a shop of ours is awaited, once both said yes."""

from federation.vocabulary.agreements import Agreement as Document
from inbox.errors import Ignored
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.repairs.bookings import visit_places
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.threads.agreement_context import lock_context


async def keep_address(conn: Connection, sender: Actor, held: Agreement, document: Document) -> None:
    """Kept for the people of the shop, which comes to the commune that both agreed on.

    Raises Ignored before both said yes, for what is at the workshop, and for what is no appointment of ours.
    """
    case = await lock_context(conn, held.id)
    address = " ".join(NOT_TYPED.sub("", document.stipulates.street).split())
    agreed = case.agreement.state == "agreed" and case.agreement.place
    if sender.id != case.partner.id or not case.owner.local or not agreed or not address:
        raise Ignored("address_not_awaited")
    if await visit_places.find_area(conn, case.listing) is None:
        raise Ignored("address_not_awaited")
    await visit_places.save_address(conn, held.id, address)
