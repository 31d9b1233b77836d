"""`AiohttpTransport`: the only client that calls other servers."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from federation.errors import Cause, FetchFailed
from federation.http_client.address_guard import Guard, GuardedResolver, to_ascii
from federation.http_client.answers import (
    LOST,
    Answer,
    Fetched,
    ask_for_newer,
    build_answer,
    build_failure,
    explain,
    find_target,
    read_body,
    require_success,
)
from federation.http_client.doors import Door, try_doors
from federation.http_client.outgoing_request import ANSWER_LIMIT, OutgoingRequest
from federation.http_client.protocols import (
    ACTIVITY_JSON,
    AP_ACCEPT,
    MEBIBYTE,
    HostPolicy,
    SignatureSchemeMemory,
    Transport,
)
from federation.http_client.signature_memory import Lenient
from federation.http_client.signing_threads import SigningThreads
from federation.http_client.tls import make_context
from federation.signatures import Envelope, sign
from federation.signatures.signer import SignatureScheme, Signer
from federation.software import build_user_agent
from federation.synchronization import HEADER
from federation.uris import origin_of, same_origin
from models.errors import Unavailable
from models.limits import REDIRECTS
from models.settings import Settings, Site
from models.store.limit_memory import MemoryCounter

__all__ = [
    "ACTIVITY_JSON",
    "AP_ACCEPT",
    "MEBIBYTE",
    "AiohttpTransport",
    "Answer",
    "Fetched",
    "Transport",
]

TOTAL_SECONDS = 30
IDLE_SECONDS = 10
MESSAGE_SECONDS = 10
"""A service of apps that is slower is tried again later: it may not keep other jobs waiting."""

MOST_HOPS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REPEATED = frozenset({307, 308})
_TRIED_IN_BOTH = frozenset({400, 401})
"""tags.pub answers 400 to a signature that it does not know, so that has to count (RS9)."""


class AiohttpTransport:
    """The real `Transport`: guarded, bounded, never following a redirect by itself. Close it in the end."""

    def __init__(
        self, settings: Settings, *, schemes: SignatureSchemeMemory | None = None, hosts: HostPolicy | None = None
    ) -> None:
        """Opens nothing yet: the first request does, since aiohttp wants to be inside the event loop."""
        site = settings.site
        self._guard = Guard(own_host=site.host, test_federation=settings.test_federation)
        self._settings = settings
        self._memory = Lenient(schemes)
        self._hosts = hosts
        self._led = MemoryCounter()
        self._user_agent = build_user_agent(site)
        self._threads = SigningThreads[CIMultiDict[str]]()
        self._client: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End all connections."""
        if self._client is not None:
            await self._client.close()
        self._threads.close()

    async def get_document(
        self,
        uri: str,
        *,
        accept: str = AP_ACCEPT,
        signer: Signer | None = None,
        limit: int = MEBIBYTE,
        etag: str = "",
        modified: str = "",
    ) -> Fetched:
        """As `Transport` says: at most three redirects, each address vetted, each request signed for its host."""
        url, seen = uri.partition("#")[0], set[str]()
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                while url not in seen and len(seen) <= MOST_HOPS:
                    seen.add(url)
                    headers = CIMultiDict({"Accept": accept} | ask_for_newer(etag, modified))
                    request = OutgoingRequest(method="GET", url=url, headers=headers, signer=signer, limit=limit)
                    fetched, _ = await self._ask_as_liked(request, None)
                    if fetched.status not in _REDIRECTS:
                        return fetched if (etag or modified) and fetched.status == 304 else require_success(fetched)
                    url = self._follow(fetched)
        except LOST as error:
            raise explain(error, url) from error
        raise FetchFailed(Cause.REDIRECT, urlsplit(url).netloc)

    async def get_directly(self, url: str, *, accept: str = AP_ACCEPT, signer: Signer | None = None) -> Fetched:
        """As `Transport` says."""
        headers = CIMultiDict({"Accept": accept, "Cache-Control": "no-cache"})
        request = OutgoingRequest(method="GET", url=url, headers=headers, signer=signer, limit=MEBIBYTE)
        return await self._ask_within(request, TOTAL_SECONDS)

    async def try_doors(self, origin: str) -> list[Door]:
        """As `Transport` says: by connections of their own, each vetted at its socket, that ask nothing."""
        await self._require_allowed(self._guard.require_url(origin))
        return await try_doors(self._guard, origin, self._settings.ca_file)

    async def post_activity(
        self,
        inbox: str,
        body: bytes,
        signer: Signer,
        *,
        scheme: SignatureScheme | None = None,
        synchronization: str | None = None,
    ) -> Answer:
        """As `Transport` says: two knocks at most; a 307 or 308 within the origin is followed once (RS11)."""
        headers = CIMultiDict({"Content-Type": ACTIVITY_JSON})
        if synchronization is not None:
            headers[HEADER] = synchronization
        request = OutgoingRequest(method="POST", url=inbox, headers=headers, body=body, signer=signer)
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                fetched, used = await self._ask_as_liked(request, scheme)
        except (*LOST, FetchFailed) as error:  # also an address that is not called, a redirect out of https
            return build_failure(error, inbox)
        return build_answer(fetched, used)

    async def post_question(self, url: str, body: bytes, signer: Signer, *, seconds: float) -> Fetched:
        """As `Transport` says: signed as an activity is, read as a document is."""
        headers = CIMultiDict({"Content-Type": ACTIVITY_JSON, "Accept": AP_ACCEPT})
        request = OutgoingRequest(method="POST", url=url, headers=headers, body=body, signer=signer, answered=True)
        return await self._ask_within(replace(request, seconds=seconds), seconds)

    async def post_message(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """As `Transport` says: one request, guarded like all others; a redirect is an answer like any other."""
        asked = CIMultiDict({"Content-Type": "application/octet-stream", **headers})
        request = OutgoingRequest(method="POST", url=url, headers=asked, body=body, peer=False)
        try:
            async with asyncio.timeout(MESSAGE_SECONDS):
                fetched = await self._send(request, SignatureScheme.CAVAGE)
        except (*LOST, FetchFailed) as error:
            return build_failure(error, url)
        return build_answer(fetched, SignatureScheme.CAVAGE)

    async def _ask_within(self, request: OutgoingRequest, seconds: float) -> Fetched:
        try:
            async with asyncio.timeout(seconds):
                fetched, _ = await self._ask_as_liked(request, None)
        except LOST as error:
            raise explain(error, request.url) from error
        return require_success(fetched)

    def _follow(self, fetched: Fetched) -> str:
        """Where a redirect leads. Raises FetchFailed where others led us too often in the last minute (B-14).

        Whoever owns a thousand names could otherwise send us to one server a thousand times.
        """
        target = find_target(fetched)
        if not same_origin(target, fetched.url) and not self._led.spend(REDIRECTS, self._guard.require_url(target)):
            raise FetchFailed(Cause.TOO_MANY_FETCHES, urlsplit(target).netloc, retry=True, retry_after=60)
        return target

    async def _ask_as_liked(
        self, request: OutgoingRequest, scheme: SignatureScheme | None
    ) -> tuple[Fetched, SignatureScheme]:
        """Ask in the way that this host likes, and in the other one when that may be why it refuses (RS9, RS10).

        A 400 says so only of a host that is not known yet: elsewhere it is about what was sent. The first answer stands
        after it, unless the second one is better: whoever does not know the other way may stumble over it. After a 401
        an answer that is not about signatures is the one to what was asked.
        """
        host = self._guard.require_url(request.url)
        if request.signer is None:
            return await self._ask(request, SignatureScheme.CAVAGE), SignatureScheme.CAVAGE
        first = scheme or await self._memory.find(host)
        fetched = await self._ask(request, first)
        if fetched.status not in _TRIED_IN_BOTH or (fetched.status == 400 and await self._memory.is_known(host)):
            return fetched, first
        again = await self._ask(request, first.other)
        if again.status < 400:
            await self._memory.keep(host, first.other)
            return again, first.other
        if fetched.status == 400 or again.status in _TRIED_IN_BOTH:
            return fetched, first
        return again, first.other

    async def _ask(self, request: OutgoingRequest, scheme: SignatureScheme) -> Fetched:
        """One request, sent once more to where a 307 or 308 within the origin points when it is a POST."""
        fetched = await self._send(request, scheme)
        if request.method != "POST" or fetched.status not in _REPEATED:
            return fetched
        target = find_target(fetched)
        if not same_origin(target, request.url):
            return fetched
        return await self._send(replace(request, url=target), scheme)

    async def _send(self, request: OutgoingRequest, scheme: SignatureScheme) -> Fetched:
        """One request, signed now. A kept connection may have been closed meanwhile, so a lost one is tried anew."""
        host = self._guard.require_url(request.url)
        if request.peer:
            await self._require_allowed(host)
        url = to_ascii(request.url)
        headers = request.headers.copy()
        headers["Host"] = origin_of(str(url)).partition("://")[2]
        headers["User-Agent"] = self._user_agent
        headers["Accept-Encoding"] = "gzip"
        if request.signer is not None:
            bare = Envelope(method=request.method, path=url.raw_path_qs, headers=headers, body=request.body)
            headers = await self._sign(bare, str(url.origin()), request.signer, scheme)
        try:
            return await self._exchange(request, url, headers)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            return await self._exchange(request, url, headers)

    async def _exchange(self, request: OutgoingRequest, url: URL, headers: CIMultiDict[str]) -> Fetched:
        client = self._open()
        patience = client.timeout
        if request.seconds is not None:
            patience = aiohttp.ClientTimeout(
                total=request.seconds, sock_connect=IDLE_SECONDS, sock_read=request.seconds
            )
        async with client.request(
            request.method, url, headers=headers, data=request.body or None, allow_redirects=False, timeout=patience
        ) as response:
            body = b""
            if (request.method == "GET" or request.answered) and response.status not in _REDIRECTS:
                body = await read_body(response, request.limit)
            elif (response.content_length or 0) <= ANSWER_LIMIT:  # a longer answer closes the connection
                with suppress(*LOST):  # its status is known: what is torn off behind it changes nothing
                    await response.content.read(ANSWER_LIMIT)
            return Fetched(url=request.url, status=response.status, headers=response.headers, body=body)

    async def _sign(self, request: Envelope, origin: str, signer: Signer, scheme: SignatureScheme) -> CIMultiDict[str]:
        """The signed headers, made in a thread."""
        target = Site(url=origin, host=request.headers["Host"])
        at = datetime.now(UTC)
        return await self._threads.sign(lambda: sign(request, target, signer, scheme=scheme, at=at))

    def _open(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=GuardedResolver(self._guard),
                    socket_factory=self._guard.open_socket,
                    ssl=make_context(self._settings.ca_file),
                    limit=512,
                    limit_per_host=16,
                    keepalive_timeout=60,
                    ttl_dns_cache=60,
                ),
                timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=IDLE_SECONDS, sock_read=IDLE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept-Encoding", "Accept", "Content-Type"),
                auto_decompress=False,
                trust_env=False,
            )
        return self._client

    async def _require_allowed(self, host: str) -> None:
        """Raise FetchFailed for hosts that the cooperative does not deal with, wherever the way there came from."""
        try:
            welcome = self._hosts is None or await self._hosts.allows(host)
        except Unavailable:  # the database is away: nobody knows, so nothing is asked for now
            raise FetchFailed(Cause.RECENTLY_FAILED, host, retry=True) from None
        if not welcome:
            raise FetchFailed(Cause.SET_ASIDE, host)
