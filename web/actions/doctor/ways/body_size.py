"""Whether the web server in front of Déclic lets photos and films through: both are offered, a photo is sent."""

from federation.errors import Cause, FetchFailed
from federation.http_client.own_front import offer_body
from federation.sandbox import films, pictures
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok, skip_lost
from web.actions.doctor.last_looks import look_or_recall
from web.actions.doctor.own_commands import WEB_SERVER
from web.actions.doctor.ways.front_server import PATH, open_front
from web.rendering.render import N_

MEBIBYTE = 1024 * 1024

LITTLE = 1024

ROOM = MEBIBYTE
"""For what else stands in a form with a picture."""

LEAVE, DONE, TOO_LARGE, BROKEN_OFF = 100, 200, 413, 502
"""The last is how Caddy 2.6 (Debian 12) answers what is too large: it breaks off what it had begun to pass on."""

CLOSED, UNKNOWN = 0, -1
"""No answer: the door was closed on us, or something else happened, which says nothing of the size."""


async def check_body_size(at: Patient) -> Finding:
    """Whether a photo as large as we take comes through, and a film, as far as that is said beforehand."""
    if at.instance is None:
        return skip(at)
    return await look_or_recall(at, "body_size", at.settings.url, _look)


async def _look(at: Patient) -> Finding:
    photo = await _try_photo(at)
    if photo is None:
        return skip_lost(at)
    film = await _post(at, films.MAX_BYTES + ROOM, sent=False) if photo else UNKNOWN
    if photo and film != TOO_LARGE:
        megabytes = pictures.MAX_BYTES // MEBIBYTE
        return ok(at.say(N_("Les photos passent jusqu’à %(size)s\u00a0Mo."), size=megabytes))
    size, words = (
        (films.MAX_BYTES, N_("Le serveur web refuse ce qui fait %(size)s\u00a0Mo : des films n’arrivent pas."))
        if photo
        else (pictures.MAX_BYTES, N_("Le serveur web refuse ce qui fait %(size)s\u00a0Mo : des photos n’arrivent pas."))
    )
    return Finding(
        severity="warning" if photo else "error",
        what=at.say(words, size=size // MEBIBYTE),
        mend=at.say(
            N_(
                "Avec nginx, il faut la ligne « client_max_body_size 100m; », avec Caddy « max_size 100MB » dans "
                "« request_body ». Voyez ce qui y est\u00a0:"
            )
        ),
        command=WEB_SERVER,
    )


async def _try_photo(at: Patient) -> bool | None:
    """Whether it comes through; None where that cannot be seen. nginx refuses what is too large by its head alone."""
    size = pictures.MAX_BYTES + ROOM
    status = await _post(at, size, sent=False)
    if status == LEAVE:
        status = await _post(at, size)
    if status in (CLOSED, BROKEN_OFF):  # on this size, or on everything
        return False if await _post(at, LITTLE) == DONE else None
    return {DONE: True, TOO_LARGE: False}.get(status)


async def _post(at: Patient, size: int, *, sent: bool = True) -> int:
    """What so many bytes are answered; some servers close the door on what is too large."""
    try:
        return await offer_body(await open_front(at, PATH), size, sent=sent)
    except FetchFailed as failed:
        return CLOSED if failed.cause is Cause.CONNECTION_LOST else UNKNOWN
