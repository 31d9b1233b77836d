"""The pictures of members: whether those that the database names are where they should be."""

import asyncio
import time
from weakref import WeakKeyDictionary

from federation.instance import Instance
from models.posts.media.media_files import list_newest_keys
from models.store.database import Pool, connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

LOOKED_FOR = 20
"""The newest so many: a folder that is not the right one has none of them."""

ASKED_EACH = 900.0
"""Seconds for which they are remembered while all are there: among many of other servers the database reads long."""

_newest: WeakKeyDictionary[Pool, tuple[float, list[str]]] = WeakKeyDictionary()


async def check_pictures(at: Patient) -> Finding:
    """Whether they are there: a disk of their own may be away, a folder may have been emptied."""
    if at.instance is None:
        return skip(at)
    media = at.settings.data / "media"
    if media.exists() and not media.is_dir():
        return Finding(
            severity="error",
            what=at.say(N_("%(path)s n’est pas un dossier : aucune photo ne peut être gardée ni montrée."), path=media),
            mend=at.say(N_("Mettez de côté ce qui a pris sa place ; la plateforme refait le dossier :")),
            command=f"mv {media} {media}-",
        )
    missing, looked_for = await count_missing(at.instance)
    if not is_other_folder(missing, looked_for):
        return ok(at.say(N_("Les photos des membres sont là.")))
    return Finding(
        severity="error",
        what=at.say(
            N_("Les photos des membres ne sont pas dans %(path)s : il en manque %(missing)s sur %(count)s."),
            path=media,
            missing=missing,
            count=looked_for,
        ),
        mend=at.say(
            N_(
                "Si elles sont sur un disque à part, rattachez-le (mount -a). Sinon, rapportez-les de la dernière "
                "sauvegarde, sans toucher à la base :"
            )
        ),
        command=f"cp -an FOLDER/media/. {media} && chown -R --reference={at.settings.data} {media}",
    )


async def count_missing(instance: Instance, *, anew: bool = False) -> tuple[int, int]:
    """How many of the newest pictures are not here, and of how many; which those are is remembered, if not `anew`."""
    known = None if anew else _newest.get(instance.pool)
    asked_at, keys = known or (-ASKED_EACH, [])
    missing = await asyncio.to_thread(_count_missing, instance, keys)
    if missing or time.monotonic() - asked_at > ASKED_EACH:
        async with connection(instance.pool) as conn:
            keys = await list_newest_keys(conn, LOOKED_FOR)
        _newest[instance.pool] = time.monotonic(), keys
        missing = await asyncio.to_thread(_count_missing, instance, keys)
    return missing, len(keys)


def _count_missing(instance: Instance, keys: list[str]) -> int:
    return sum(instance.store.find(key) is None for key in keys)


def is_other_folder(missing: int, looked_for: int) -> bool:
    """Whether most are missing: a few may go in ways that concern nobody."""
    return missing * 2 > looked_for
