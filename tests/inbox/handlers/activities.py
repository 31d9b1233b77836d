"""Activities as values, made from the JSON that somebody would send."""

import itertools
from typing import Any

from federation.vocabulary.activities.activities import Activity
from federation.vocabulary.activities.activity_readers import read_activity
from models.people.actors import Actor

_numbers = itertools.count(1)


def by(actor: Actor, type: str, object: Any, **changes: Any) -> Any:
    """An activity by this actor with an id of its own."""
    id = f"{actor.uri}/activities/{next(_numbers)}"
    found: Activity = read_activity({"id": id, "type": type, "actor": actor.uri, "object": object} | changes)
    return found


def note_by(actor: Actor, **changes: Any) -> dict[str, Any]:
    """A public note by this actor."""
    public = "https://www.w3.org/ns/activitystreams#Public"
    id = f"{actor.uri}/notes/{next(_numbers)}"
    return {"id": id, "type": "Note", "attributedTo": actor.uri, "to": [public], "content": "<p>Bonjour</p>"} | changes
