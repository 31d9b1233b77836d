"""What was just done, told once on the page that one is led to: its address says which sentence, by `?fait=`."""

from collections.abc import Mapping

from aiohttp import web

from web.forms.old_names import rename_code
from web.rendering.render import say

DONE = "fait"


def redirect_with_message(path: str, done: str, *, part: str = "") -> web.HTTPSeeOther:
    """The way to a page, or to one part of it, that tells what was done; `done` is a key of the page's sentences."""
    return web.HTTPSeeOther(f"{path}{'&' if '?' in path else '?'}{DONE}={done}{part and '#'}{part}")


def find_flash_message(request: web.Request, sentences: Mapping[str, str]) -> str:
    """What the address says was done, in the reader's language; nothing where it says nothing that is known."""
    sentence = sentences.get(rename_code(request.query.get(DONE, ""), request.path))
    return say(request, sentence) if sentence else ""
