"""Two cooperatives that are friends: what one proposes to the other, in an Offer (AS2's own use of Relationship)."""

from dataclasses import dataclass

from federation.errors import Unsupported
from federation.json.fields import Json, require_uri
from federation.json.jsonld_terms import EXTENSION

FRIEND_OF = f"{EXTENSION}friendOf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Friendship:
    """`subject`, who proposes it, and `object`, who is asked: both are the actors of cooperatives."""

    subject: str
    object: str


def read_friendship(document: Json) -> Friendship:
    """Raises Malformed where a side is missing, Unsupported for any other relationship."""
    if require_uri(document, "relationship") != FRIEND_OF:
        raise Unsupported("Only friendship can be proposed here.")
    return Friendship(subject=require_uri(document, "subject"), object=require_uri(document, "object"))


def write_friendship(value: Friendship) -> Json:
    """As it stands inside the Offer; it has no address of its own."""
    return {"type": "Relationship", "subject": value.subject, "relationship": FRIEND_OF, "object": value.object}
