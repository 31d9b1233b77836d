"""`FakeFediverse`: the rest of the network for tests; it answers from a dict and remembers what was posted."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.doors import Door
from federation.http_client.transport import AP_ACCEPT, MEBIBYTE, Answer, Fetched
from federation.signatures import Envelope, SignatureScheme, Signer, sign
from models.settings import Site

ACTIVITY_JSON = "application/activity+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One delivery that somebody of ours made."""

    inbox: str
    body: bytes
    key_id: str
    scheme: SignatureScheme | None
    synchronization: str | None = None

    @property
    def activity(self) -> dict[str, Any]:
        """The body as JSON."""
        activity: dict[str, Any] = json.loads(self.body)
        return activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What was handed to the service of an app."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of another server who can sign: `document` is served at `uri`."""

    uri: str
    signer: Signer
    document: dict[str, Any]

    @property
    def inbox(self) -> str:
        """Where this person receives."""
        return f"{self.uri}/inbox"


@dataclass(slots=True)
class FakeFediverse:
    """A `Transport` without a network.

    `documents` maps addresses to what is found there: a mapping (sent as activity+json), a `Fetched`, or an
    exception to raise; `late` has what is raised there before that, one after the other. `answers` maps inboxes to
    the answers that they give, one after the other; the last one stays; `replies` maps addresses to what is said
    there to a question, `doors` origins to their doors. `fetched`, `posts` and `tried` record what was asked.
    """

    documents: dict[str, Mapping[str, Any] | Fetched | Exception] = field(default_factory=dict)
    late: dict[str, list[Exception]] = field(default_factory=dict)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    signers: list[str | None] = field(default_factory=list)
    etags: list[str] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    direct: list[str] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    replies: dict[str, Callable[[dict[str, Any]], Mapping[str, Any]]] = field(default_factory=dict)
    doors: dict[str, Sequence[Door] | Exception] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)

    async def post_message(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """What `answers` has for this address, else that it was taken."""
        self.messages.append(Message(url=url, body=body, headers=dict(headers)))
        answers = self.answers.get(url, [])
        return (answers.pop(0) if len(answers) > 1 else answers[0]) if answers else Answer(status=201)

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
        """What `documents` has; FetchFailed with NOT_FOUND otherwise."""
        self.fetched.append(uri)
        self.signers.append(None if signer is None else signer.key_id)
        self.etags.append(etag)
        self.modified.append(modified)
        if self.late.get(uri):
            raise self.late[uri].pop(0)
        found = self.documents.get(uri.partition("#")[0])
        if isinstance(found, Exception):
            raise found
        if isinstance(found, Fetched):
            return found
        if found is None:
            raise FetchFailed(Cause.NOT_FOUND, urlsplit(uri).netloc, answer=404)
        kind = ACTIVITY_JSON if ACTIVITY_JSON in accept else "application/json"
        headers = CIMultiDict({"Content-Type": kind})
        return Fetched(url=uri, status=200, headers=headers, body=json.dumps(found).encode())

    async def get_directly(self, url: str, *, accept: str = AP_ACCEPT, signer: Signer | None = None) -> Fetched:
        """The same, and a redirect is no answer."""
        self.direct.append(url)
        fetched = await self.get_document(url, accept=accept, signer=signer)
        if fetched.status >= 300:
            raise FetchFailed(Cause.REDIRECT, urlsplit(url).netloc, answer=fetched.status)
        return fetched

    async def try_doors(self, origin: str) -> list[Door]:
        """What `doors` has for this origin, else one that opens and has no certificate."""
        self.tried.append(origin)
        found = self.doors.get(origin, [Door(address="203.0.113.7", is_v6=False, tried=True)])
        if isinstance(found, Exception):
            raise found
        return list(found)

    async def post_activity(
        self,
        inbox: str,
        body: bytes,
        signer: Signer,
        *,
        scheme: SignatureScheme | None = None,
        synchronization: str | None = None,
    ) -> Answer:
        """Record the delivery; 202 unless `answers` says otherwise."""
        self.posts.append(
            Post(inbox=inbox, body=body, key_id=signer.key_id, scheme=scheme, synchronization=synchronization)
        )
        waiting = self.answers.get(inbox)
        if not waiting:
            return Answer(status=202, scheme=scheme or SignatureScheme.CAVAGE)
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    async def post_question(self, url: str, body: bytes, signer: Signer, *, seconds: float) -> Fetched:
        """Record the question; what `replies` makes of it is the answer, else 404."""
        posted = Post(inbox=url, body=body, key_id=signer.key_id, scheme=None)
        self.posts.append(posted)
        reply = self.replies.get(url)
        if reply is None:
            raise FetchFailed(Cause.NOT_FOUND, urlsplit(url).netloc, answer=404)
        headers = CIMultiDict({"Content-Type": ACTIVITY_JSON})
        return Fetched(url=url, status=200, headers=headers, body=json.dumps(reply(posted.activity)).encode())

    async def close(self) -> None:
        """Nothing to close."""

    def add_person(
        self, username: str = "bob", host: str = "henin.test", *, scheme: str = "https", **changes: Any
    ) -> Person:
        """Somebody at `host`, with a key, an actor document and WebFinger; `changes` go into the document."""
        uri = f"{scheme}://{host}/users/{username}"
        signer = make_signer(f"{uri}#main-key")
        document = build_actor_document(uri, username, signer) | changes
        self.documents[uri] = document
        self.add_webfinger(f"{username}@{host}", uri, scheme=scheme)
        return Person(uri=uri, signer=signer, document=document)

    def add_webfinger(self, handle: str, actor: str, *, subject: str | None = None, scheme: str = "https") -> None:
        """What the host of `handle` answers when it is asked for it."""
        host = handle.partition("@")[2]
        uri = f"{scheme}://{host}/.well-known/webfinger?resource={quote(f'acct:{handle}', safe='')}"
        link = {"rel": "self", "type": ACTIVITY_JSON, "href": actor}
        self.documents[uri] = Fetched(
            url=uri,
            status=200,
            headers=CIMultiDict({"Content-Type": "application/jrd+json"}),
            body=json.dumps({"subject": subject or f"acct:{handle}", "links": [link]}).encode(),
        )


def build_actor_document(uri: str, username: str, signer: Signer) -> dict[str, Any]:
    """The document of an actor as Mastodon writes it, with the public half of this signer's key."""
    origin = "/".join(uri.split("/")[:3])
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": uri,
        "type": "Person",
        "preferredUsername": username,
        "name": username.capitalize(),
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "followers": f"{uri}/followers",
        "following": f"{uri}/following",
        "featured": f"{uri}/featured",
        "url": f"{origin}/@{username}",
        "endpoints": {"sharedInbox": f"{origin}/inbox"},
        "publicKey": {"id": signer.key_id, "owner": uri, "publicKeyPem": public_pem(signer)},
    }


def make_signer(key_id: str, number: int = 0) -> Signer:
    """A signer with one of a few test keys: making one takes 30 ms, so they are made once."""
    return Signer(key_id=key_id, private_key=test_key(number))


@lru_cache(maxsize=8)
def test_key(number: int = 0) -> rsa.RSAPrivateKey:
    """The RSA key with this number."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


test_key.__test__ = False  # type: ignore[attr-defined]  # the mark by which pytest leaves a function alone


def public_pem(signer: Signer) -> str:
    """The public half of a signer's key."""
    pem = signer.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode("ascii")


def sign_post(
    site: Site,
    path: str,
    activity: Mapping[str, Any] | bytes,
    signer: Signer,
    *,
    scheme: SignatureScheme = SignatureScheme.CAVAGE,
    at: datetime | None = None,
    kind: str = ACTIVITY_JSON,
) -> Envelope:
    """A POST to an inbox of `site` as a peer would sign it; `path` is such as `/inbox`, `kind` its Content-Type."""
    body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
    headers = CIMultiDict({"Host": site.host, "Content-Type": kind})
    bare = Envelope(method="POST", path=path, headers=headers, body=body)
    signed = sign(bare, site, signer, scheme=scheme, at=at or datetime.now(UTC))
    return Envelope(method="POST", path=path, headers=signed, body=body)


def sign_get(
    site: Site,
    path: str,
    signer: Signer,
    *,
    method: str = "GET",
    scheme: SignatureScheme = SignatureScheme.CAVAGE,
    at: datetime | None = None,
) -> Envelope:
    """A signed GET (or HEAD) of `path` at `site` as a peer would make it."""
    bare = Envelope(method=method, path=path, headers=CIMultiDict({"Host": site.host}))
    signed = sign(bare, site, signer, scheme=scheme, at=at or datetime.now(UTC))
    return Envelope(method=method, path=path, headers=signed)
