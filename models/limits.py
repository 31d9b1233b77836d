"""Every limit on how often something may be done: how many, per what, over how long, what the refused are told.

Where each is counted: in memory (`limit_memory`), the busiest summed over all processes where it is `shared`
(`limit_sums`); in PostgreSQL, where guessing has to be counted exactly (`limit_rows`); or from the records that are
kept anyway, by the statement that its module has.
"""

import hashlib
import math
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from models.errors import Refusal

Store = Literal["memory", "shared", "rows", "records"]

MINUTE = timedelta(minutes=1)
FIVE_MINUTES = timedelta(minutes=5)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

SILENT = ""
"""Told to nobody: what would show whether an address has an account here, or what servers cannot do anything about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many (`most`) per `per` in `within`; `name` stands in its keys, so two limits never share a count.

    `refused` is what the refused read: people the sentence of this code (`web/rendering/error_messages/`), programs
    this status or answer. In memory, `slices` is into how many parts the time is cut: one is a window of the clock,
    whose end can be told; more are a window that slides, of which nobody gets two at its turn. `keys` is of how many
    something is remembered at most, since strangers choose them (B-38). `reported_from` is from how many on other
    processes are told.
    """

    name: str
    most: int
    per: str
    within: timedelta
    refused: str
    store: Store
    slices: int = 60
    keys: int = 4096
    reported_from: int = 1
    seconds: int = field(init=False)

    def __post_init__(self) -> None:
        """`seconds` is the length of its window, reckoned once: it is asked at each request."""
        object.__setattr__(self, "seconds", int(self.within.total_seconds()))

    def hash_key(self, key: str) -> bytes:
        """Under what the database counts this key, without knowing whose it is."""
        return hashlib.sha256(f"{self.name} {key}".encode()).digest()


def _each_minute(name: str, most: int, per: str, *, refused: str = SILENT, shared: bool = False) -> Limit:
    """Of one server or network, in any sixty seconds.

    Those that do less than a twentieth are not told to other processes: with twenty of them they are within the limit.
    """
    return Limit(
        name=name,
        most=most,
        per=per,
        within=MINUTE,
        refused=refused,
        store="shared" if shared else "memory",
        reported_from=max(1, most // 20),
    )


UNPROVEN_POSTS = _each_minute("unproven posts of", 600, "network", refused="429", shared=True)
"""Posts to inboxes that do not prove who sends them; what is proven is counted per server."""

POSTS = _each_minute("posts of", 600, "server", refused="429", shared=True)
"""Verified posts to inboxes of one origin."""

WRONG_SIGNATURES = _each_minute("wrong signatures of", 300, "server", refused="429", shared=True)

KEY_FETCHES = _each_minute("keys of", 30, "server asked")
"""Keys have a limit of their own: whatever else others make us fetch there, they can still be had (B-14)."""

DOCUMENT_FETCHES = _each_minute("documents of", 300, "server asked")

TOLD_FETCHES = _each_minute("told documents of", 30, "server asked")
"""What is fetched from one server because another one told us to (B-14)."""

FORWARDED_FETCHES = _each_minute("forwarded documents of", 30, "server asked")
"""What was forwarded to us and is fetched to believe it: nobody may use up what is left for keys with it."""

HANDLE_FETCHES = _each_minute("handles of", 30, "server asked")
"""WebFinger at a host that somebody named."""

REDIRECTS = _each_minute("redirects to", 30, "server asked")
"""Whoever owns a thousand names could otherwise send us to one server a thousand times."""

STREAM_MESSAGES = Limit(
    name="stream messages of",
    most=100,
    per="connection",
    within=MINUTE,
    refused="1008",
    store="memory",
    slices=60,
    keys=1,
)
"""Then the connection is closed."""


def _five_minutes(name: str, most: int, per: str, *, keys: int = 10_000) -> Limit:
    """By the clock: clients are told when it ends (`X-RateLimit-Reset`)."""
    return Limit(
        name=name,
        most=most,
        per=per,
        within=FIVE_MINUTES,
        refused="too_many_requests",
        store="shared",
        slices=1,
        keys=keys,
    )


NETWORK_READS = _five_minutes("reads of network", 300, "network", keys=4096)
SERVER_READS = _five_minutes("reads of server", 300, "server that signs", keys=4096)
"""Documents for servers, whose readers are counted by their network until they say who they are."""

SHARED = (UNPROVEN_POSTS, POSTS, WRONG_SIGNATURES, NETWORK_READS, SERVER_READS)
"""What other servers spend, summed over all processes; so is what clients do (`for_clients`)."""

APP_REQUESTS = _five_minutes("requests of account", 1500, "account or application")
ADDRESS_REQUESTS = _five_minutes("requests of address", 300, "address without a token")
WRONG_TOKENS = _five_minutes("wrong tokens of", 301, "address")
MEMBER_PAGES = _five_minutes("pages of member", 1500, "member")
VISITOR_PAGES = _five_minutes("pages of address", 600, "address")
"""Two pages a second for minutes on end: a household and a reading room stay below, and so do search engines; whoever
copies the whole site does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLimits:
    """What one `DECLIC_RATE_LIMIT` makes of the five limits of clients and readers."""

    app: Limit
    address: Limit
    wrong_tokens: Limit
    member: Limit
    visitor: Limit


def for_clients(rate_limit: int) -> ClientLimits:
    """An account has `rate_limit` requests; an address a fifth, and 2.5 times fewer pages than a member."""
    return ClientLimits(
        app=replace(APP_REQUESTS, most=rate_limit),
        address=replace(ADDRESS_REQUESTS, most=max(1, rate_limit // 5)),
        wrong_tokens=replace(WRONG_TOKENS, most=rate_limit // 5 + 1),
        member=replace(MEMBER_PAGES, most=rate_limit),
        visitor=replace(VISITOR_PAGES, most=math.ceil(rate_limit / 2.5)),
    )


Action = Literal[
    "login",
    "mail",
    "register",
    "app",
    "token",
    "territory",
    "second",
    "passkey",
    "guest",
    "guest_listing",
    "guest_ask",
    "guest_write",
    "passing_call",
    "passing_calls_here",
    "report",
    "visitor_report",
    "receipt",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """Tries by one network under one name, under one name by everybody, and by one network under any name.

    The first is what somebody meets who forgot a password; the second stops a crowd of machines without letting
    one of them lock a member out; the third is wide, since a whole workshop shares one address.
    """

    pair: Limit
    name: Limit
    network: Limit

    @property
    def all(self) -> tuple[Limit, Limit, Limit]:
        """The three."""
        return self.pair, self.name, self.network

    @property
    def refusal(self) -> Refusal:
        """What whoever tried too often is told."""
        return Refusal(self.pair.refused)


def _tries(action: Action, pair: int, name: int, network: int, *, within: timedelta, refused: str) -> Tries:
    def limit(kind: str, most: int, per: str) -> Limit:
        return Limit(name=f"{action} {kind}", most=most, per=per, within=within, refused=refused, store="rows")

    return Tries(
        pair=limit("pair", pair, "name and network"),
        name=limit("name", name, "name"),
        network=limit("network", network, "network"),
    )


TRIES: dict[Action, Tries] = {
    "login": _tries("login", 10, 100, 100, within=QUARTER, refused="too_many_tries"),
    "mail": _tries("mail", 5, 8, 60, within=HOUR, refused=SILENT),
    "register": _tries("register", 30, 1_000, 60, within=HOUR, refused="too_many_registrations"),
    "second": _tries("second", 10, 30, 100, within=QUARTER, refused="too_many_tries"),
    "passkey": _tries("passkey", 100, 10_000, 100, within=QUARTER, refused="too_many_tries"),
    "guest": _tries("guest", 5, 8, 20, within=HOUR, refused="too_many_guest_tries"),
    "guest_listing": _tries("guest_listing", 10, 40, 1_000, within=HOUR, refused="too_many_guest_tries"),
    "guest_ask": _tries("guest_ask", 30, 30, 300, within=HOUR, refused="too_many_guest_tries"),
    "guest_write": _tries("guest_write", 30, 30, 300, within=HOUR, refused="too_many_guest_messages"),
    "passing_call": _tries("passing_call", 10, 10, 10, within=DAY, refused="too_many_passing_calls"),
    "passing_calls_here": _tries("passing_calls_here", 10, 60, 10, within=DAY, refused="too_many_passing_calls"),
    "report": _tries("report", 20, 20, 100, within=HOUR, refused="too_many_reports"),
    "visitor_report": _tries("visitor_report", 5, 1_000, 5, within=HOUR, refused="too_many_reports"),
    "receipt": _tries("receipt", 3, 3, 5, within=HOUR, refused="too_many_reports"),
    "territory": _tries("territory", 10, 10, 100, within=DAY, refused="too_many_requests"),
    "app": _tries("app", 60, 2_000, 60, within=HOUR, refused="too_many_requests"),
    "token": _tries("token", 60, 1_000, 300, within=QUARTER, refused="too_many_requests"),
}
"""What anybody may try without an account, or to get into one.

Of `passing_calls_here` the name is the instance's: so many people without an account may begin a repair call in a day,
of whatever networks.
"""


FRONT_PROBES = Limit(
    name="front probes", most=1, per="secret, which holds for a minute", within=HOUR, refused=SILENT, store="rows"
)
"""What we ask at our own address to see what the web server in front of us passes on."""


POLICY_REPORTS_OF = _each_minute("policy reports of", 10, "network")
POLICY_REPORTS = replace(_each_minute("policy reports", 60, "process"), keys=1)
"""What browsers tell of our pages: enough to see that something is wrong, and no work for whoever makes them up."""


def _records(name: str, most: int, per: str, *, within: timedelta = DAY, refused: str = SILENT) -> Limit:
    return Limit(name=name, most=most, per=per, within=within, refused=refused, store="records")


REPAIR_CALLS = _records("repair calls told", 3, "author")
HOST_REPAIR_CALLS = _records("repair calls told of host", 30, "other server")
"""Beyond these a repair call is published, and nobody nearby gets a mail about it."""

FRAME_INQUIRIES = _records("frame numbers asked by", 10, "member", refused="frame_inquiries_too_many")
FRAME_INQUIRIES_HERE = _records("frame numbers asked here", 100, "server", refused="frame_inquiries_too_many_here")
FRAME_QUESTIONS = _records("frame numbers asked of us by", 100, "other server", refused="429")

LOOKS_ASKED = _records("looks asked of", 6, "friend", refused="looks_too_many")
LOOKS_GIVEN = _records("looks asked of us by", 10, "other server", refused="429")
"""Each makes a dozen requests to whoever asked."""

SCHEDULED = _records("scheduled statuses", 25, "person and day", refused="too_many_scheduled_statuses")

DETOURS = _records("messages sent by mail", 5, "thread")
"""Beyond it a message waits for the other server, which its writer is told."""

REQUESTS = _records("requests", 20, "person and listing", refused="too_many_requests_today")
"""Also when each request is taken back: the owner hears of each."""

REPORTS = _records("reports of host", 20, "other server that is no friend", refused=SILENT)

QUOTES = _records("quotes of host", 10, "registrable domain that nobody here knows", refused="Reject")
"""What comes above gets a no, or a wave would be shown here."""

VOUCHED_HOSTS = _records("hosts vouched for", 10, "list, which is read once a day")
"""So many hosts that nobody knew may one list bring, so that none can fill our table by itself (B-13)."""

INVITATION_MAILS = _records("invitation mails", 300, "cooperative", refused="too_many_invitation_mails")
"""Mail providers take more for the work of senders of unwanted mails."""

UNKNOWN_HOST_LISTINGS = _records("listings of unknown hosts", 20, "registrable domain", within=HOUR, refused="hour")
"""Hosts below a name cost nothing."""

UNKNOWN_HOST_MAILS = _records("mails about unknown hosts", 1, "cooperative")
"""Each names all that came since the last."""
