"""The background of maps, as a cooperative chooses it in its settings: ours, or pictures of another host."""

import re
from dataclasses import replace

from models.preferences import Preferences
from web.forms.form import Form

TILES_LIMIT, CREDIT_LIMIT = 500, 200

HIGHEST_PORT = 65_535

OURS, ELSEWHERE = "drawn", "tiles"

_TILES = re.compile(
    r"https://(?:\{s\}\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?::([0-9]{2,5}))?"
    r"/[^\s\"'<>\\^`|]*"
)
"""Over https only, of a host with a name: what a content policy can name, and nothing that would end it."""

_HOLDER = re.compile(r"\{([^{}]*)\}")


def read_tiles(form: Form, chosen: Preferences) -> Preferences:
    """The settings with the background that was chosen; its address is kept only where it is one."""
    if form.choice("map_background", (OURS, ELSEWHERE), default=OURS) == OURS:
        return replace(chosen, map_tiles="", map_credit="")
    tiles = form.text("map_tiles", limit=TILES_LIMIT, missing="Donnez l’adresse du fond de carte, ou gardez le nôtre.")
    holders = _HOLDER.findall(tiles)
    if tiles and not (_is_address(tiles) and set(holders) <= set("sxyzr") and set("xyz") <= set(holders)):
        form.fail(
            "map_tiles",
            "Ce n’est pas l’adresse d’un fond de carte : elle commence par https:// et contient {z}, {x} et {y}.",
        )
    credit = form.text("map_credit", limit=CREDIT_LIMIT, missing="Citez la source : ces fonds demandent d’être nommés.")
    return replace(chosen, map_tiles=tiles, map_credit=credit)


def _is_address(tiles: str) -> bool:
    """Whether a content policy can name its host, at a port that there is."""
    found = _TILES.fullmatch(tiles)
    return found is not None and 0 < int(found[1] or 443) <= HIGHEST_PORT


def fill_in_tiles(chosen: Preferences) -> dict[str, str]:
    """The choice as it is typed."""
    return {
        "map_background": ELSEWHERE if chosen.map_tiles else OURS,
        "map_tiles": chosen.map_tiles,
        "map_credit": chosen.map_credit,
    }
