"""The addresses of what repair shops and cooperatives tell of shops: posted prices, and who is listed."""

from models.settings import Site


def prices_uri(actor_id: str) -> str:
    """The collection of what the shop with this id takes."""
    return f"{actor_id}/prices"


def repair_shops_uri(site: Site) -> str:
    """The collection of the shops that our cooperative lists."""
    return f"{site.url}/users/coop/repair_shops"
