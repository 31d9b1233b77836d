"""What we call ourselves to other servers."""

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from models.settings import Site

NAME = "declic"


@lru_cache(maxsize=1)
def read_version() -> str:
    """The version that is installed."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "0"


def build_user_agent(site: Site) -> str:
    """The `User-Agent` of our requests: administrators elsewhere see who calls."""
    return f"Declic/{read_version()} (+{site.url})"
