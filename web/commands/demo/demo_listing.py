"""What the members of the demo put in the list: texts are short, warm, and say "vous"."""

from dataclasses import dataclass, field
from typing import Any

from models.listings.listings import ListingKind, ListingMode


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoListing:
    """A listing; `photos` are file names with what they show, `days` is how long it stands."""

    author: str
    kind: ListingKind
    mode: ListingMode
    title: str
    text: str
    category: str
    days: int = 60
    photos: tuple[tuple[str, str], ...] = ()
    more: dict[str, Any] = field(default_factory=dict)
