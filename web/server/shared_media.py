"""Several machines on one database share the folder of pictures: one that does not is told so when it starts."""

import structlog

from federation.instance import Instance
from web.actions.doctor.pictures import count_missing, is_other_folder

log = structlog.get_logger(__name__)


async def warn_without_pictures(instance: Instance) -> bool:
    """Whether the pictures that the database names are here, going by the newest; log it where most are not."""
    missing, looked_for = await count_missing(instance, anew=True)
    if not is_other_folder(missing, looked_for):
        return False
    log.warning(
        "pictures_missing",
        folder=str(instance.store.folder),
        missing=missing,
        of=looked_for,
        advice="Machines of one instance share this folder; after a restore, bring the pictures back.",
    )
    return True
