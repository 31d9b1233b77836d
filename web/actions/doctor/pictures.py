"""The pictures of members: whether those that the database names are where they should be."""

import asyncio

from federation.instance import Instance
from models.posts.media.media_files import list_newest_keys
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

LOOKED_FOR = 20
"""The newest so many: a folder that is not the right one has none of them."""


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


async def count_missing(instance: Instance) -> tuple[int, int]:
    """How many of the newest pictures are not here, and of how many."""
    async with connection(instance.pool) as conn:
        keys = await list_newest_keys(conn, LOOKED_FOR)
    missing = await asyncio.to_thread(lambda: [key for key in keys if instance.store.find(key) is None])
    return len(missing), len(keys)


def is_other_folder(missing: int, looked_for: int) -> bool:
    """Whether most are missing: a few may go in ways that concern nobody."""
    return missing * 2 > looked_for
