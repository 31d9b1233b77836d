"""What we ask of every signature, however it is written: whom it names, when it was made and for which host."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import lru_cache

from federation.errors import SignatureInvalid
from federation.signatures.envelope import Envelope
from federation.uris import host_of
from models.errors import Invalid
from models.settings import Site

ACCEPT_SIGNATURE = 'sig1=("@method" "@target-uri" "content-digest");created;keyid'
"""The `Accept-Signature` header of our 401 answers (RS8)."""

MARGIN = timedelta(hours=1, minutes=5)
"""How far a signature's time may be from ours, either way (SG8)."""

LONGEST = timedelta(hours=12)
"""How long `expires` may stretch that."""

GRACE = timedelta(seconds=60)
"""How long after `expires` a request may still arrive."""

BODILESS = frozenset({"GET", "HEAD"})

ALSO_SIGNED = ("collection-synchronization",)
"""What we sign besides, where a request of ours has it (FEP-8fcf)."""

_LONGEST_DATE = 40
"""Longer ones are not kept in memory."""

_HTTP_DATE = re.compile(r"(?:[A-Za-z]{3,9},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|UT|Z|[+-]\d{4})")


def require_key_id(key_id: object) -> str:
    """A key id that is a web address; `acct:` is not (SG12). Raises SignatureInvalid."""
    if not isinstance(key_id, str):
        raise SignatureInvalid("The signature names no key.")
    try:
        host_of(key_id)
    except Invalid:
        raise SignatureInvalid("The key id of the signature is not a web address.") from None
    return key_id


def require_our_host(envelope: Envelope, site: Site) -> str:
    """The Host header, which has to be ours (SG10). Raises SignatureInvalid."""
    hosts = envelope.headers.getall("host", [])
    if len(hosts) != 1:
        raise SignatureInvalid("The request names no host.")
    host = hosts[0].strip().lower()
    default = ":443" if site.url.startswith("https:") else ":80"
    if host != site.host and host.removesuffix(default) != site.host:
        raise SignatureInvalid("The request is signed for another host.")
    return host


def read_date(text: str) -> datetime:
    """An HTTP date as peers write it: without weekday or with `-0000` too (SG11). Raises SignatureInvalid."""
    return _parse_date(text) if len(text) <= _LONGEST_DATE else _parse_date.__wrapped__(text)


@lru_cache(maxsize=512)
def _parse_date(text: str) -> datetime:
    """Kept, since all that is sent within one second says the same."""
    parsed = parsedate_tz(text) if _HTTP_DATE.fullmatch(text.strip()) else None
    if parsed is None:
        raise SignatureInvalid("The Date header is not an HTTP date.")
    try:
        moment = datetime(*parsed[:6], tzinfo=UTC)
    except ValueError:
        raise SignatureInvalid("The Date header is not a date.") from None
    return moment - timedelta(seconds=parsed[9] or 0)


def read_timestamp(seconds: object) -> datetime:
    """Seconds since 1970 as a moment. Raises SignatureInvalid."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 10**11:
        raise SignatureInvalid("A time in the signature is not one.")
    return datetime.fromtimestamp(seconds, UTC)


def require_time(made: datetime, expires: datetime | None, at: datetime) -> None:
    """Refuse signatures from too far ahead or too long ago (SG8). Raises SignatureInvalid."""
    if made > at + MARGIN:
        raise SignatureInvalid("The signature comes from the future; one of the two clocks is wrong.")
    until = made + MARGIN if expires is None else min(expires + GRACE, made + LONGEST)
    if at > until:
        raise SignatureInvalid("The signature is too old; one of the two clocks may be wrong.")
