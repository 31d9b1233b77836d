"""What is looked for and found: open listings by words, place, days and what they are; for pages and for programs."""

from models.searches.catalogue import CatalogueFilter, list_catalogue
from models.searches.network import COUNT_LIMIT, Found, NetworkFilter, count_network, list_network

__all__ = [
    "COUNT_LIMIT",
    "CatalogueFilter",
    "Found",
    "NetworkFilter",
    "count_network",
    "list_catalogue",
    "list_network",
]
