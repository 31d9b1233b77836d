"""What is looked for and found: open listings by words, place, days and what they are; for pages and for programs."""

from models.searches.catalogue import CatalogueFilter, list_catalogue
from models.searches.cursors import Cursor
from models.searches.fitting import fit_query
from models.searches.network import COUNT_LIMIT
from models.searches.pages import Found, NetworkPage, count_network, list_network, search_network
from models.searches.queries import NetworkFilter, Order, Query, read_query

__all__ = [
    "COUNT_LIMIT",
    "CatalogueFilter",
    "Cursor",
    "Found",
    "NetworkFilter",
    "NetworkPage",
    "Order",
    "Query",
    "count_network",
    "fit_query",
    "list_catalogue",
    "list_network",
    "read_query",
    "search_network",
]
