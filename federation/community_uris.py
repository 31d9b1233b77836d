"""Addresses of what a community has beside its actor: who is in which circle of it, and its charter."""

from typing import Literal, get_args

Circle = Literal["members", "moderators", "managers", "requests", "kept"]
"""The collections of a community: those who are in, of these who moderate and who manage, who asks to come in, and
who agreed that the cooperatives which hold it know her."""

CIRCLES: tuple[Circle, ...] = get_args(Circle)


def circle_uri(community_uri: str, circle: Circle) -> str:
    """One of the collections of a community, of whichever server."""
    return f"{community_uri}/{circle}"


def read_circle(uri: str) -> tuple[str, Circle] | None:
    """Of which community this is a collection, and which; None for an address of another kind."""
    base, _, name = uri.rpartition("/")
    circle = next((one for one in CIRCLES if one == name), None)
    return (base, circle) if base and circle else None


def charter_uri(community_uri: str, version: int) -> str:
    """One version of the charter of a community of ours."""
    return f"{community_uri}/charter/{version}"
