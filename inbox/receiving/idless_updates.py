"""An Update without an id (WordPress tells so of changed profiles): nothing to keep, but a reason to look.

What it says is not taken. In its place stands an Update that names the object and nothing else, which is fetched from
its origin like any object that is only named.
"""

import time

from federation.errors import Unsupported
from federation.json.fields import Json, each, uri

SECONDS = 300
"""A thing is looked at for such a reason once in so long."""


def write_hint(document: Json, actor_uri: str) -> Json:
    """The Update that is processed in its place; the same within five minutes. Raises Unsupported without an object."""
    object_uri = uri(next(each(document.get("object")), None))
    if object_uri is None:
        raise Unsupported("This Update has no id, and what it is about has none either.")
    turn = int(time.time()) // SECONDS
    addressed: Json = {key: document[key] for key in ("to", "cc") if key in document}
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{object_uri.partition('#')[0]}#hints/{turn}",
        "type": "Update",
        "actor": actor_uri,
        **addressed,
        "object": object_uri,
    }
