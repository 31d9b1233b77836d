"""What the name service says of the domain of our mails: SPF and DMARC, by which others know which are ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from types import MappingProxyType

from federation.http_client.address_guard import is_public
from federation.uris import to_a_label
from models.domains import find_domain
from models.errors import Invalid
from web.actions.doctor.findings import Finding, Patient, Severity, ok, skip_needless, skip_unasked
from web.actions.doctor.name_records import NameService, Unanswered, list_public
from web.actions.doctor.spf import SpfFound, SpfState, examine_spf, open_to_nobody
from web.mail.smtp import read_smtp_url
from web.rendering.render import N_

LONGEST_TERM = 100
"""Of a term that is wrong no more is shown: it may stand in a record of others."""

HERE = frozenset({"localhost", "127.0.0.1", "::1"})

POLICIES = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends our mails: the domain of their address, the server that takes them from us, and whether it is here."""

    domain: str
    server: str
    is_here: bool
    selector: str


def find_sender(at: Patient) -> Sender | None:
    """None where no mail is sent, or its domain is none that others could ask about."""
    if at.settings.smtp_url is None:
        return None
    server = read_smtp_url(at.settings.smtp_url, at.settings.site)
    try:
        domain = to_a_label(parseaddr(server.sender)[1].rpartition("@")[2])
    except Invalid:
        return None
    name = at.settings.site.host.partition(":")[0]
    if "." not in domain or _is_address(domain):
        return None
    here = server.host in HERE or server.host == name
    return Sender(domain=domain, server=name if here else server.host, is_here=here, selector=server.dkim_selector)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def skip_unsent(at: Patient) -> Finding:
    """No mail, so nothing of it to be looked at."""
    return skip_needless(at.say(N_("Aucun courriel ne part d’ici au nom d’un domaine public.")))


SPF_WORDS: Mapping[SpfState, tuple[Severity, str, str]] = MappingProxyType(
    {
        SpfState.MISSING: (
            "error",
            N_(
                "Rien ne dit qui peut envoyer des courriels au nom de %(domain)s (SPF) : beaucoup finissent dans les "
                "indésirables."
            ),
            N_("Chez qui vous avez pris ce nom, ajoutez cette ligne :"),
        ),
        SpfState.SEVERAL: (
            "error",
            N_("%(domain)s a plusieurs lignes SPF : elles ne valent plus rien ensemble."),
            N_("Chez qui vous avez pris ce nom, n’en gardez qu’une, qui réunit ce que disent les autres."),
        ),
        SpfState.BROKEN: (
            "error",
            N_("La ligne SPF de %(domain)s ne se lit pas : « %(term)s » n’y veut rien dire, ou ne mène à rien."),
            N_("Chez qui vous avez pris ce nom, corrigez ce terme ou retirez-le, et laissez les autres."),
        ),
        SpfState.TOO_MANY: (
            "error",
            N_("La ligne SPF de %(domain)s demande plus de dix recherches : elle ne vaut plus rien."),
            N_("Retirez-en ce qui ne sert plus, ou mettez des adresses (ip4:, ip6:) à la place des noms."),
        ),
        SpfState.OPEN: (
            "warning",
            N_("La ligne SPF de %(domain)s laisse le monde entier écrire en son nom (« %(term)s »)."),
            N_("Remplacez-la, chez qui vous avez pris ce nom, par :"),
        ),
        SpfState.UNCOVERED: (
            "warning",
            N_("La ligne SPF de %(domain)s ne nomme pas %(server)s, qui envoie nos courriels."),
            N_(
                "Si ce serveur envoie depuis d’autres adresses, son aide dit quoi ajouter (include:). Sinon, remplacez "
                "la ligne, chez qui vous avez pris ce nom, par :"
            ),
        ),
    }
)


async def check_spf(at: Patient) -> Finding:
    """Whether others learn that our mail server may write in this name."""
    sender = find_sender(at)
    if sender is None:
        return skip_unsent(at)
    try:
        addresses = await list_public(at.names, sender.server)
        found = await examine_spf(at.names, at.own_names, sender.domain, addresses)
    except Unanswered:
        return skip_unasked(at)
    values = {"domain": sender.domain, "server": sender.server, "term": found.term[:LONGEST_TERM]}
    if _does(found, sender, addresses):
        return ok(at.say(N_("SPF : %(domain)s dit qui peut envoyer ses courriels."), **values))
    severity, what, mend = SPF_WORDS[found.state]
    line = _write_spf(found, sender)
    if found.state is SpfState.OPEN and not line:
        mend = N_(
            "Retirez de votre ligne, chez qui vous avez pris ce nom, ce qui mène à ce terme (include:, redirect=)."
        )
    return Finding(
        severity="error" if found.state is SpfState.UNCOVERED and sender.is_here else severity,
        what=at.say(what, **values),
        mend=at.say(mend),
        record=line and f'{sender.domain}. TXT "{line}"',
    )


def _does(found: SpfFound, sender: Sender, addresses: list[str]) -> bool:
    """Whether nothing is known to be wrong: from which addresses a relay sends, only what it has included says."""
    if found.state is SpfState.UNCOVERED:
        return not addresses or (not sender.is_here and found.includes)
    return found.state in (SpfState.COVERED, SpfState.UNSURE)


def _write_spf(found: SpfFound, sender: Sender) -> str:
    """The line that would do: the one that is there, mended, or a new one; nothing where that cannot be known."""
    if found.state is SpfState.MISSING:
        return f"v=spf1 mx {_write_term(sender)} ~all"
    if found.state is SpfState.OPEN:
        return open_to_nobody(found)
    if found.state is SpfState.UNCOVERED:
        first, *terms = found.record.split()
        return " ".join([first, _write_term(sender), *terms])
    return ""


def _write_term(sender: Sender) -> str:
    """What names our mail server in SPF; dots where that is an address that others do not see."""
    if not _is_address(sender.server):
        return f"a:{sender.server}"
    address = ip_address(sender.server)
    return f"ip{address.version}:{address}" if is_public(address) else "…"


def write_own_name(sender: Sender) -> str:
    """The mail server in a record about this machine; dots where it is another one, or bears no name."""
    return f"{sender.server}." if sender.is_here and not _is_address(sender.server) else "…"


def read_tags(record: str) -> dict[str, str]:
    """`v=DKIM1; p=…` (RFC 6376 §3.2); the first of each name."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip())
    return found


async def check_dmarc(at: Patient) -> Finding:
    """Whether others are told what to do with mails that are not ours."""
    sender = find_sender(at)
    if sender is None:
        return skip_unsent(at)
    try:
        records = await _list_dmarc(at.own_names, sender.domain)
    except Unanswered:
        return skip_unasked(at)
    trouble = _judge_dmarc(records)
    if trouble is None:
        return ok(
            at.say(N_("DMARC : %(domain)s dit quoi faire des courriels qui ne sont pas de lui."), domain=sender.domain)
        )
    severity, what = trouble
    return Finding(
        severity=severity,
        what=at.say(what, domain=sender.domain),
        mend=at.say(N_("Chez qui vous avez pris ce nom, il faut une ligne et une seule ; pour commencer :")),
        record=f'_dmarc.{sender.domain}. TXT "v=DMARC1; p=none"',
    )


async def _list_dmarc(ask: NameService, domain: str) -> list[str]:
    """At the domain itself, else at the registered one above it (RFC 7489 §6.6.3)."""
    for name in dict.fromkeys((domain, find_domain(domain))):
        found = [one for one in await ask(f"_dmarc.{name}", "TXT") if one.strip().lower().startswith("v=dmarc1")]
        if found:
            return found
    return []


def _judge_dmarc(records: list[str]) -> tuple[Severity, str] | None:
    if not records:
        return "warning", N_("Rien ne dit quoi faire des courriels qui se font passer pour %(domain)s (DMARC).")
    if len(records) > 1:
        return "error", N_("%(domain)s a plusieurs lignes DMARC : elles ne valent plus rien ensemble.")
    if read_tags(records[0]).get("p", "").lower() not in POLICIES:
        return "error", N_("La ligne DMARC de %(domain)s ne dit pas quoi faire (p=none, quarantine ou reject).")
    return None
