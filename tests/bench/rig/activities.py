"""What 200 actors say, each in order: Create, Like, Announce, Update, Delete, Follow, Undo, as others write them."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from federation.signatures import Signer
from models.settings import Site
from tests.bench.load import Request
from tests.bench.rig.hosts import HOSTS
from tests.bench.sink import Documents, address
from tests.fediverse import ACTIVITY_JSON, build_actor_document, make_signer, sign_post

CONTEXT = ["https://www.w3.org/ns/activitystreams", {"toot": "http://joinmastodon.org/ns#"}]
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

WEIGHTS = {"Create": 40, "Like": 18, "Announce": 12, "Update": 8, "Delete": 6, "Follow": 8, "Undo": 8}
"""What a hundred activities are, as long as there is something to update, delete, follow or take back."""

CHANGED = "Toujours là."
"""What an update adds."""

Activity = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom they speak to: a server, one person of it, and what she wrote."""

    site: Site
    person: str
    notes: Sequence[str]
    inbox: str = "/inbox"


def build_documents(port: int) -> Documents:
    """What the hosts answer when they are asked: the actor, and where he is found."""
    found: Documents = {}
    for number in range(HOSTS):
        author = Author(number=number, port=port)
        found[address(number)] = {
            "/users/bob": (ACTIVITY_JSON, json.dumps(build_actor_document(author.uri, "bob", author.signer))),
            "/.well-known/webfinger": ("application/jrd+json", json.dumps(author.describe_handle())),
            "/users/bob/followers": (
                ACTIVITY_JSON,
                json.dumps({"id": f"{author.uri}/followers", "type": "Collection"}),
            ),
        }
    return found


@dataclass(slots=True, kw_only=True)
class Author:
    """One of the 200, with what he has said so far."""

    number: int
    port: int
    draw: random.Random = field(init=False)
    notes: list[Activity] = field(default_factory=list)
    undone: list[Activity] = field(default_factory=list)
    follows: bool = False

    def __post_init__(self) -> None:
        """The same numbers give the same words."""
        self.draw = random.Random(self.number)

    @property
    def host(self) -> str:
        """His server."""
        return f"{address(self.number)}:{self.port}"

    @property
    def uri(self) -> str:
        """His actor id."""
        return f"https://{self.host}/users/bob"

    @property
    def signer(self) -> Signer:
        """Eight key pairs among the 200: verifying costs the same, making 200 takes a while."""
        return make_signer(f"{self.uri}#main-key", self.number % 8)

    def describe_handle(self) -> dict[str, Any]:
        """What WebFinger says of him."""
        link = {"rel": "self", "type": ACTIVITY_JSON, "href": self.uri}
        return {"subject": f"acct:bob@{self.host}", "links": [link]}

    def follow(self, target: Target) -> Activity:
        """He begins to follow the person."""
        self.follows = True
        return self._keep(self._say("Follow", target.person, to=[target.person]))

    def accept(self, follow: Activity) -> Activity:
        """His answer to a Follow."""
        return self._say("Accept", follow, to=[follow["actor"]])

    def go_on(self, target: Target) -> Activity:
        """The next thing that he says."""
        possible = [name for name in WEIGHTS if self._may(name)]
        [name] = self.draw.choices(possible, [WEIGHTS[one] for one in possible])
        match name:
            case "Like" | "Announce":
                return self._keep(self._say(name, self.draw.choice(target.notes), published=_now()))
            case "Follow":
                return self.follow(target)
            case "Create":
                return self._create()
            case "Update":
                return self._update()
            case "Delete":
                return self._delete()
            case _:
                return self._undo()

    def _may(self, name: str) -> bool:
        match name:
            case "Update" | "Delete":
                return bool(self.notes)
            case "Undo":
                return bool(self.undone)
            case "Follow":
                return not self.follows
            case _:
                return True

    def _make_id(self, what: str) -> str:
        return f"{self.uri}/{what}/{UUID(int=self.draw.getrandbits(128), version=4)}"

    def _say(self, type: str, object: Any, **more: Any) -> Activity:
        activity = {"@context": CONTEXT, "id": self._make_id("activities"), "type": type, "actor": self.uri}
        return activity | {"object": object, "to": [PUBLIC], "cc": [f"{self.uri}/followers"]} | more

    def _keep(self, activity: Activity) -> Activity:
        self.undone.append(activity)
        return activity

    def _create(self) -> Activity:
        id, now = self._make_id("notes"), _now()
        content = (
            f"<p><strong>🔁 Prêt : remorque vélo {len(self.notes)}</strong></p><p>Trois jours, caution 50 €.</p>" * 3
        )
        note: Activity = {
            "id": id,
            "type": "Note",
            "attributedTo": self.uri,
            "published": now,
            "to": [PUBLIC],
            "url": id,
        }
        note |= {
            "cc": [f"{self.uri}/followers"],
            "published": now,
            "content": content,
            "contentMap": {"fr": content},
            "attachment": [],
        }
        note["tag"] = [{"type": "Hashtag", "name": "#Prêt", "href": f"https://{self.host}/tags/pret"}]
        self.notes.append(note)
        return self._say("Create", note, published=now)

    def _update(self) -> Activity:
        note = self.draw.choice(self.notes)
        note |= {"content": note["content"] + f"<p>{CHANGED}</p>", "updated": _now()}
        return self._say("Update", dict(note), published=_now())

    def _delete(self) -> Activity:
        note = self.notes.pop(self.draw.randrange(len(self.notes)))
        return self._say("Delete", {"id": note["id"], "type": "Tombstone"})

    def _undo(self) -> Activity:
        activity = self.undone.pop(self.draw.randrange(len(self.undone)))
        self.follows = self.follows and activity["type"] != "Follow"
        return self._say("Undo", {name: value for name, value in activity.items() if name != "@context"})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def sign(author: Author, target: Target, activity: Activity) -> bytes:
    """The request as it goes over the wire."""
    envelope = sign_post(target.site, target.inbox, activity, author.signer)
    headers = dict(envelope.headers) | {"User-Agent": "generator/1"}  # GoToSocial answers 418 to whoever has none
    return Request("POST", target.inbox, headers, envelope.body).to_bytes()


def write_lanes(authors: Sequence[Author], target: Target, count: int, *, lanes: int = 16) -> list[list[bytes]]:
    """So many activities round the authors; what one says stays in one lane, in order."""
    found: list[list[bytes]] = [[] for _ in range(lanes)]
    for serial in range(count):
        author = authors[serial % len(authors)]
        found[author.number % lanes].append(sign(author, target, author.go_on(target)))
    return found
