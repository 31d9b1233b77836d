"""What all activities share, as decoded from JSON."""

from typing import Any

from federation.errors import Malformed, Unsupported
from federation.json.fields import Json, audience, each, moment, uri


def read_actor_uri(value: object) -> str:
    """The one actor of an activity. Raises Unsupported for several, Malformed for none."""
    if isinstance(value, str) and (found := uri(value)) is not None:  # as nearly all write it
        return found
    members = list(each(value))
    addresses = {uri(member) for member in members}
    if len(addresses) > 1:
        raise Unsupported("This activity has more than one actor.")
    address = addresses.pop() if addresses else None
    if address is None:
        raise Malformed("This activity has no actor.")
    return address


def read_header(document: Json) -> dict[str, Any]:
    """What all activities share."""
    return {
        "id": uri(document.get("id")) or "",
        "actor": read_actor_uri(document.get("actor")),
        "to": audience(document.get("to")),
        "cc": audience(document.get("cc")),
        "audience": uri(document.get("audience")),
        "published": moment(document.get("published")),
        "raw": document,
    }
