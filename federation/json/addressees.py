"""To whom a document is addressed: whether Public is among those."""

from federation.json.fields import PUBLIC, Json, audience


def is_for_everybody(document: Json) -> bool:
    """Whether Public is among the addressees of an activity or an object."""
    return PUBLIC in (*audience(document.get("to")), *audience(document.get("cc")))
