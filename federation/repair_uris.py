"""The addresses of what shops and cooperatives tell of repairs, and where other servers ask ours."""

from models.settings import Site


def prices_uri(actor_id: str) -> str:
    """The collection of what the shop with this id takes."""
    return f"{actor_id}/prices"


def repair_shops_uri(site: Site) -> str:
    """The collection of the shops that our cooperative lists."""
    return f"{site.url}/users/coop/repair_shops"


def stolen_bikes_uri(site: Site) -> str:
    """Where friend cooperatives ask ours about one frame number."""
    return f"{site.url}/users/coop/stolen_bikes"


def looks_uri(site: Site) -> str:
    """Where friend cooperatives ask ours to look at them from outside."""
    return f"{site.url}/users/coop/looks"


def held_copies_uri(site: Site) -> str:
    """Where a server made again of a backup reads what this one holds of it."""
    return f"{site.url}/users/instance/held_copies"
