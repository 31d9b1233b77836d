"""To whose members something is addressed: the collections that stand for everybody who is in a community."""

from collections.abc import Iterable

from federation.community_uris import read_circle


def read_members_of(addressed: Iterable[str]) -> list[str]:
    """The communities to whose members something is addressed, by their ids."""
    circles = (read_circle(uri) for uri in addressed)
    return [circle[0] for circle in circles if circle is not None and circle[1] == "members"]
