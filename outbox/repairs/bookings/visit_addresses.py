"""A shop of another server is told at which address it is awaited, once both said yes, and nobody else ever is."""

from dataclasses import replace

from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Update
from models.repairs.bookings import visit_places
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext, build_agreement
from outbox.traffic.send import Recipients, send


async def tell_address(conn: Connection, site: Site, case: AgreementContext) -> None:
    """Nothing where the shop is here, where nothing is agreed, where no address is known, or where it was told."""
    if not case.partner.local or case.owner.local or not case.reads(case.owner):
        return
    address = await visit_places.claim_untold(conn, case.agreement.id)
    if address is not None:
        update = build_address_update(site, case, address)
        await send(conn, case.partner, update, Recipients(named_ids=(case.owner.id,)), about=update.id)


def build_address_update(site: Site, case: AgreementContext, address: str) -> Update:
    """The agreement in the partner's own words, with what she alone knows; to the other side alone."""
    held = case.agreement
    said = build_agreement(case, by=case.partner)
    return Update(
        id=activity_uri(site, case.partner.username),
        actor=case.partner.uri,
        object=replace(
            said,
            id=f"{held.request_uri}#agreement",
            request=held.request_uri,
            stipulates=replace(said.stipulates, street=address),
        ),
        to=(case.owner.uri,),
    )
