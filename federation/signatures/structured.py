"""Structured fields (RFC 9651) as far as signatures need them, read strictly."""

from typing import TYPE_CHECKING, Any

from federation.errors import SignatureInvalid
from models.lazy import LazyModule

if TYPE_CHECKING:
    import http_sf
else:
    http_sf = LazyModule("http_sf")

_LONGEST = 8192


def read_dictionary(name: str, value: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    """The members of a dictionary header, each as its value and parameters. Raises SignatureInvalid."""
    if len(value) > _LONGEST:
        raise SignatureInvalid(f"The {name} header is too long.")
    try:
        members: Any = http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse_twice)
    except (ValueError, TypeError):
        raise SignatureInvalid(f"The {name} header cannot be read.") from None
    return dict(members)


def write_inner_list(items: list[Any], parameters: dict[str, Any]) -> str:
    """The canonical text of an inner list, as RFC 9421 signs it."""
    return http_sf.ser({"list": (items, parameters)}).removeprefix("list=")


def _refuse_twice(key: str, context: str) -> None:
    raise ValueError(f"{key} twice in a {context}")
