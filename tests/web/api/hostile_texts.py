"""What a hostile or broken server sends: every field of the wrong kind, of no size, or dangerous."""

from typing import Any

from federation.json.fields import PUBLIC

HOST = "evil.test"

SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a><iframe src="//x">'

ENDLESS = "<b>x</b>\u202e:x: " * 1500

JUNK: tuple[Any, ...] = (5, -1.5, True, {}, {"a": {"b": []}}, [], [[]], "", " ", "\u0000", "x" * 20_000, 10**40)
"""Values that stand where others are expected."""

PERSON: dict[str, Any] = {
    "name": ENDLESS,
    "summary": SCRIPT * 50,
    "url": "javascript:alert(1)",
    "published": "yesterday",
    "icon": {"type": "Image", "url": "javascript:alert(1)"},
    "image": [{"type": "Image", "url": f"https://{HOST}/{'h' * 3000}.svg", "width": 10**20}],
    "discoverable": "maybe",
    "manuallyApprovesFollowers": [],
    "attachment": [
        {"type": "PropertyValue", "name": {"a": 1}, "value": 5},
        {"type": "PropertyValue", "name": ENDLESS, "value": SCRIPT},
        {"type": "PropertyValue"},
        "x",
        5,
    ],
    "tag": [{"type": "Emoji", "name": ":x:", "icon": {"type": "Image", "url": "javascript:alert(1)"}}, 5, {}],
    "featured": 5,
}

NOTE: dict[str, Any] = {
    "type": "Note",
    "name": SCRIPT,
    "summary": ENDLESS,
    "content": SCRIPT + "<p onclick='x'>Un <style>p{}</style><marquee>vélo</marquee> à donner</p>" + "<p>" * 500,
    "contentMap": {"fr<script>": SCRIPT, "x": 5},
    "url": ["javascript:alert(1)", {"type": "Link", "href": 5}, {"type": "Link", "mediaType": {}, "href": "data:x"}],
    "published": "0000-99-99T99:99:99Z",
    "updated": "275760-09-13T00:00:00.000Z",
    "sensitive": "true",
    "inReplyTo": {"id": "javascript:alert(1)"},
    "context": 5,
    "conversation": {},
    "replies": 5,
    "likes": {"totalItems": 10**30},
    "attachment": [
        {
            "type": "Image",
            "mediaType": "image/png",
            "url": f"https://{HOST}/a.png",
            "width": 10**18,
            "height": -5,
            "blurhash": {"x": 1},
            "name": ENDLESS,
            "focalPoint": ["a", 10**9],
        },
        {"type": "Document", "mediaType": "video/mp4", "url": "data:video/mp4,x", "duration": -1},
        {"type": "Document", "mediaType": 5, "url": {"href": f"https://{HOST}/b"}, "width": "wide", "name": 5},
        {"type": "Image", "url": "javascript:alert(1)"},
        {"type": "Image"},
        f"https://{HOST}/c.png",
        5,
        *({"type": "Image", "mediaType": "image/png", "url": f"https://{HOST}/{n}.png"} for n in range(40)),
    ],
    "tag": [
        {"type": "Emoji", "name": ":x:", "icon": {"type": "Image", "url": "javascript:alert(1)"}},
        {"type": "Hashtag", "name": "#<script>alert(1)</script>", "href": "javascript:x"},
        {"type": "Hashtag", "name": "#vélo", "href": 5},
        {"type": "Hashtag", "name": "#" + "a" * 5000},
        {"type": "Hashtag", "name": "#"},
        {"type": "Hashtag", "name": 5},
        {"type": "Mention", "href": "javascript:x", "name": "@x"},
        {"type": "Mention", "href": {}, "name": []},
        {"type": ["Hashtag", 5], "name": ["#x"]},
        5,
        *({"type": "Hashtag", "name": f"#t{n}"} for n in range(300)),
    ],
}

LISTING: dict[str, Any] = NOTE | {
    "type": ["Note", "Proposal"],
    "name": ENDLESS,
    "inReplyTo": None,
    "purpose": "offer",
    "unitBased": "perhaps",
    "proposalStatus": ["Open", 5],
    "endTime": "never",
    "location": {"type": "Place", "name": SCRIPT, "latitude": 10**9, "longitude": "east", "radius": -1, "address": 5},
    "publishes": {
        "type": "Intent",
        "action": "transfer",
        "name": SCRIPT,
        "resourceConformsTo": "javascript:x",
        "resourceQuantity": {"hasUnit": {}, "hasNumericalValue": "1e400"},
        "hasBeginning": 5,
    },
    "reciprocal": {"type": "Intent", "action": 5, "resourceQuantity": {"hasNumericalValue": "-12.5.5"}},
}


def make_note(author: str, base: dict[str, Any], number: int, **changes: Any) -> dict[str, Any]:
    """One such object by this author, for everybody."""
    return base | {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"https://{HOST}/notes/{number}",
        "attributedTo": author,
        "to": [PUBLIC],
        **changes,
    }


def spoil(base: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """The same object, each time with another piece of junk in this field."""
    return [base | {field: junk} for junk in JUNK]
