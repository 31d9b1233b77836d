"""A draft as others will see it, on its small ad and on its page."""

from dataclasses import dataclass

from markupsafe import Markup

from federation.texts.html_cleaner import from_text
from models.listings.categories import split_chosen
from models.listings.listings import ListingDetails, ListingDraft
from models.people.accounts import Account
from models.preferences import Subcategory
from web.pages.components.listing_cards import ListingCard, Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A draft as others will see it."""

    card: ListingCard
    details: ListingDetails
    description: Markup
    place: str
    photos: list[Picture]
    distance: float | None = None


def make_preview(
    account: Account, draft: ListingDraft, photos: list[Picture], own_category: Subcategory | None = None
) -> Preview:
    """What the form says, as it would be published by this account, in that sub-category where there is one."""
    said = {name: getattr(draft, name) for name in ListingDetails.__slots__ if hasattr(draft, name)}
    shared, _ = split_chosen(draft.category)
    own = {"subcategory": own_category.slug, "subcategory_label": own_category.label} if own_category else {}
    details = ListingDetails(**said | {"category": shared} | own)
    card = ListingCard(
        id=0,
        details=details,
        href="#apercu",
        place=draft.place_name or "",
        distance=None,
        author=account.name or account.username,
        picture=photos[0] if photos else None,
        plate=None,
        language=None,
    )
    return Preview(
        card=card,
        details=details,
        description=Markup(from_text(draft.text)),  # noqa: S704 - escaped by from_text
        place=draft.place_name or "",
        photos=photos,
    )
