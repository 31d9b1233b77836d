"""Where our names lead: the site's own, that of our mails for answers, and back from the address that sends them."""

from collections.abc import Sequence
from ipaddress import ip_address

from federation.http_client.address_guard import is_public
from federation.vocabulary.looks import MOST_ADDRESSES, read_report
from models.servers import looks
from models.servers.looks import AskedLook
from models.store.database import connection
from web.actions.doctor.findings import Finding, Patient, ok, skip_needless, skip_unasked
from web.actions.doctor.name_records import SeenHere, Unanswered, list_addresses, list_public
from web.actions.doctor.sender_names import Sender, find_sender, skip_unsent, write_own_name
from web.rendering.render import N_

MOST_HOSTS = 5
"""More mail servers of one domain are not looked at."""


async def check_addresses(at: Patient) -> Finding:
    """Whether the site's name leads to the same public addresses from here and from a friend's."""
    name = at.settings.site.host.partition(":")[0]
    if "." not in name or name.replace(".", "").isdigit():
        return skip_needless(at.say(N_("L’adresse de la plateforme n’est pas un nom.")))
    try:
        found = await list_addresses(at.own_names, name)
    except SeenHere as seen:
        return _tell_seen_here(at, name, seen.addresses)
    except Unanswered:
        return skip_unasked(at)
    if not found:
        return Finding(
            severity="error",
            what=at.say(N_("Le nom %(name)s ne mène nulle part."), name=name),
            mend=at.say(N_("Chez qui vous avez pris ce nom, faites-le mener à l’adresse de cette machine (A, AAAA) :")),
            record=f"{name}. A …",
        )
    private = [one for one in found if not is_public(ip_address(one))]
    if private:
        return Finding(
            severity="error",
            what=at.say(
                N_("Le nom %(name)s mène à %(where)s, où personne n’arrive de dehors."),
                name=name,
                where=", ".join(private),
            ),
            mend=at.say(N_("Chez qui vous avez pris ce nom, mettez l’adresse publique de cette machine :")),
            record="\n".join(f"{name}. {_kind(one)} …" for one in private),
        )
    return await _compare(at, name, found)


def _tell_seen_here(at: Patient, name: str, addresses: Sequence[str]) -> Finding:
    words = N_("Le nom %(name)s mène à %(where)s, vu d’ici seulement : ailleurs, la réponse peut être autre.")
    return Finding(
        severity="warning",
        what=at.say(words, name=name, where=", ".join(addresses)),
        mend=at.say(N_("Demandez à un résolveur d’ailleurs, comme celui-ci, ou un regard à une coop amie :")),
        command=f"dig +short {name} A @9.9.9.9; dig +short {name} AAAA @9.9.9.9",
        quiet=True,
    )


def _kind(address: str) -> str:
    return "AAAA" if ":" in address else "A"


async def _compare(at: Patient, name: str, found: Sequence[str]) -> Finding:
    """With what a friend saw within a week, if one did."""
    where = ", ".join(sorted(found))
    look = await _find_look(at)
    theirs = read_report(look.seen).addresses if look is not None and look.seen is not None else ()
    if look is None or not theirs or len(theirs) == MOST_ADDRESSES:
        return ok(at.say(N_("%(name)s mène à %(where)s."), name=name, where=where))
    if set(theirs) != set(found):
        return Finding(
            severity="warning",
            what=at.say(
                N_("D’ici, %(name)s mène à %(where)s ; vu de chez %(friend)s, à %(theirs)s."),
                name=name,
                where=where,
                friend=look.name,
                theirs=", ".join(theirs),
            ),
            mend=at.say(
                N_(
                    "Après un changement d’adresse, attendez un jour. Sinon, corrigez la ligne chez qui vous avez pris "
                    "ce nom, ou le résolveur de cette machine :"
                )
            ),
            command=f"dig +short {name} A; dig +short {name} AAAA; cat /etc/resolv.conf",
        )
    words = N_("%(name)s mène à %(where)s, d’ici comme de chez %(friend)s.")
    return ok(at.say(words, name=name, where=where, friend=look.name))


async def _find_look(at: Patient) -> AskedLook | None:
    if at.instance is None:
        return None
    async with connection(at.instance.pool) as conn:
        return next((one for one in await looks.list_current(conn) if one.seen is not None), None)


async def check_mail_domain(at: Patient) -> Finding:
    """Whether whoever answers our mails reaches somebody, and whether the domain is one at all (MX)."""
    sender = find_sender(at)
    if sender is None:
        return skip_unsent(at)
    try:
        records = (await at.own_names(sender.domain, "MX"))[:MOST_HOSTS]
        hosts = [one.rpartition(" ")[2] for one in records] or [sender.domain]
        reached = [host for host in hosts if host and await list_addresses(at.names, host)]
    except Unanswered:
        return skip_unasked(at)
    if reached:
        return ok(at.say(N_("Qui répond à nos courriels arrive à %(host)s."), host=reached[0]))
    return _tell_unreached(at, sender, refusing=not any(hosts))


def _tell_unreached(at: Patient, sender: Sender, *, refusing: bool) -> Finding:
    words = (
        N_("%(domain)s dit ne recevoir aucun courriel : qui répond aux nôtres, ou en refuse un, ne nous le dit pas.")
        if refusing
        else N_("Aucun serveur ne reçoit les courriels de %(domain)s (MX) : beaucoup refusent ceux qui en viennent.")
    )
    return Finding(
        severity="warning" if refusing else "error",
        what=at.say(words, domain=sender.domain),
        mend=at.say(N_("Chez qui vous avez pris ce nom, nommez le serveur qui reçoit vos courriels :")),
        record=f"{sender.domain}. MX 10 {write_own_name(sender)}",
    )


async def check_reverse(at: Patient) -> Finding:
    """Whether the address that sends our mails has a name that leads back to it (PTR), where that is ours to say."""
    sender = find_sender(at)
    if sender is None:
        return skip_unsent(at)
    if not sender.is_here:
        return skip_needless(
            at.say(N_("Le nom de l’adresse qui envoie (PTR) est l’affaire de %(host)s."), host=sender.server)
        )
    try:
        return await _check_reverse(at, sender)
    except Unanswered:
        return skip_unasked(at)


async def _check_reverse(at: Patient, sender: Sender) -> Finding:
    addresses = await list_public(at.names, sender.server)
    for address in addresses:
        names = (await at.names(ip_address(address).reverse_pointer, "PTR"))[:MOST_HOSTS]
        back = [one for one in names if address in await list_addresses(at.names, one.lower())]
        if back:
            continue
        words = (
            N_("%(address)s, d’où partent nos courriels, porte un nom qui ne mène pas à elle : %(names)s.")
            if names
            else N_("%(address)s, d’où partent nos courriels, ne porte pas de nom (PTR) : beaucoup les refusent.")
        )
        return Finding(
            severity="warning" if names else "error",
            what=at.say(words, address=address, names=", ".join(names)),
            mend=at.say(N_("Chez l’hébergeur de la machine (« reverse DNS »), donnez-lui ce nom :")),
            record=f"{ip_address(address).reverse_pointer}. PTR {write_own_name(sender)}",
        )
    if not addresses:
        words = N_("D’ici, %(host)s n’a pas d’adresse publique : celle d’où partent nos courriels ne se voit pas.")
        return skip_needless(at.say(words, host=sender.server))
    return ok(at.say(N_("L’adresse d’où partent nos courriels porte un nom qui mène à elle (PTR).")))
