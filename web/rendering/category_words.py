"""What the cooperative calls a category: its own words for its readers, else the shared ones."""

from collections.abc import Callable, Mapping

from models.listings import categories
from models.listings.categories import Category
from models.listings.listings import ListingDetails
from models.preferences import Preferences


def find_labels(chosen: Preferences) -> Mapping[str, str]:
    """Its own words beside those of `own_words`: under a key that is no sentence, since two may be called alike."""
    return {_key(slug): label for slug, label in chosen.category_labels.items()}


def name_category(category: Category, translate: Callable[[str], str], language: str) -> str:
    """Its name for a reader of this language; `translate` says own words where her language has them."""
    key = _key(category.slug)
    said = translate(key)
    return category.label(language) if said == key or not _is_ours(category) else said


def find_category(details: ListingDetails) -> Category | None:
    """What a listing is about; of one from elsewhere, in its own words where they are not the shared ones."""
    if details.category_uri and details.category in (None, categories.OTHER.slug):
        return categories.read_category(details.category_uri)
    return categories.find(details.category or "")


def _is_ours(category: Category) -> bool:
    """Whether it is a shared one, and not one from elsewhere that stands under "autres" by its own name."""
    return category.uri.endswith(f"#{category.slug}")


def _key(slug: str) -> str:
    return f"#{slug}"
