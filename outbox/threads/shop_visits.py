"""The people of a shop are told of what others do about its appointments: they answer in its name."""

from models.exchanges.exchanges import Event
from models.people import actors
from models.repairs.shops import staff
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.builders.texts.repair_shops import write_visit
from outbox.builders.texts.terms import write_when
from outbox.threads.cooperative_messages import write_to_member


async def tell_staff(conn: Connection, site: Site, case: AgreementContext, event: Event) -> None:
    """All of them, but who did it herself: the shop's own account reads it in the thread. The day before, too."""
    shop, terms = case.owner, case.agreement.terms
    if case.listing.details.slots_uri is None or not shop.local or event.actor_id not in (case.partner.id, None):
        return
    when = (write_when(terms, french=True), write_when(terms, french=False))
    page = f"{site.url}/ateliers/{shop.username}/gerer/rendez-vous"
    words = write_visit(event.kind, shop.display_name, name=case.partner.display_name, when=when, page=page)
    if words is None:
        return
    for member in await staff.list_staff(conn, shop.id):
        if member.actor_id != case.partner.id:
            await write_to_member(conn, site, await actors.get(conn, member.actor_id), words)
