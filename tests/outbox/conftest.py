"""The tests of this folder use one warm database one after another."""

from tests.warm_databases import database_url, lent_database, pool

__all__ = ["database_url", "lent_database", "pool"]
