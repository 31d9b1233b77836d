"""What somebody of a host that nobody here knows publishes."""

from typing import Any

from tests.fediverse import Person
from tests.payloads import load_json

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def build_listing(person: Person, number: int = 1, **changes: Any) -> dict[str, Any]:
    """An open offer of this person for everybody; `changes` go into the document."""
    document = load_json("declic/note_loan_offer")
    for name in ("@context", "audience", "territory", "unavailabilities", "contentMap"):
        document.pop(name, None)
    id = f"{person.uri}/items/{number}"
    intent = document["publishes"] | {"id": f"{id}#primary", "name": f"Tresor {number}"}
    return (
        document
        | {
            "id": id,
            "url": id,
            "attributedTo": person.uri,
            "to": [PUBLIC],
            "cc": [f"{person.uri}/followers"],
            "content": f"<p><strong>Tresor {number}</strong></p><p>Vite, gagnez <b>mille</b> euros.</p>",
            "publishes": intent,
            "tag": [{"type": "Hashtag", "name": "#Cachette", "href": f"{id}/tag"}],
        }
        | changes
    )
