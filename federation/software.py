"""What we call ourselves to other servers."""

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, metadata, version

from models.settings import Site

NAME = "declic"


@lru_cache(maxsize=1)
def read_version() -> str:
    """The version that is installed."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "0"


@lru_cache(maxsize=1)
def read_repository() -> str | None:
    """Where the source is published, as the package says; None as long as it says nothing."""
    try:
        links = metadata(NAME).get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    named = {name.strip().lower(): address.strip() for name, _, address in (link.partition(",") for link in links)}
    return named.get("repository") or named.get("source")


def build_user_agent(site: Site) -> str:
    """The `User-Agent` of our requests: administrators elsewhere see who calls."""
    return f"Declic/{read_version()} (+{site.url})"
