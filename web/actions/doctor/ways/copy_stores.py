"""Whether stores that speak S3 take a copy of a backup, give it back as it was, and let it go."""

import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from models.backup_places import BackupPlace, read_places
from models.lazy import LazyModule, lazily
from models.settings import SettingsError
from web.actions.doctor.findings import Finding, Patient, ok, skip_needless
from web.actions.doctor.last_looks import SOON, look_or_recall
from web.rendering.render import N_

if TYPE_CHECKING:
    import obstore
    from obstore import exceptions
    from obstore.store import S3Store
else:
    obstore, exceptions = LazyModule("obstore"), LazyModule("obstore.exceptions")

with lazily():
    from web.actions import object_stores

TRIAL = "declic-doctor"
"""The name of what is tried: no backup is called so. Where it cannot be taken away, it is written over next time."""

SECONDS = 8

PASSING = re.compile(r"status code: (?:429|50[0234])\b")
"""How obstore says that a store has too much to do, or is out of order."""


async def check_copy_stores(at: Patient) -> Finding:
    """A few bytes there, back, and gone: what a backup will want of its store tonight."""
    try:
        places = [one for one in read_places(at.settings) if one.kind == "s3"]
    except SettingsError:
        places = []  # which the check of copies says
    if not places:
        return skip_needless(at.say(N_("Aucune copie de sauvegarde ne va dans un magasin S3.")))
    where = ", ".join(map(str, places))

    async def look(patient: Patient) -> Finding:
        return await _look(patient, places, where)

    return await look_or_recall(at, "copy_stores", where, look, again=SOON)


async def _look(at: Patient, places: list[BackupPlace], where: str) -> Finding:
    for place in places:
        store = object_stores.open_store(place, timeout=f"{SECONDS}s", retries=0, retry_seconds=SECONDS)
        if (failed := await _try(at, store, str(place))) is not None:
            return failed
    return ok(at.say(N_("%(where)s prend ce qu’on y met, le rend tel quel et l’efface."), where=where))


async def _try(at: Patient, store: "S3Store", where: str) -> Finding | None:
    data = secrets.token_bytes(64)
    step = N_("Le magasin %(where)s ne prend rien (%(why)s) : la prochaine sauvegarde n’y arrivera pas.")
    try:
        await obstore.put_async(store, TRIAL, data)
        step = N_("Le magasin %(where)s ne rend pas ce qu’on y met (%(why)s) : une sauvegarde n’en reviendrait pas.")
        try:
            given = bytes(await (await obstore.get_async(store, TRIAL)).bytes_async())
        except (exceptions.BaseError, OSError):
            with suppress(exceptions.BaseError, OSError):
                await obstore.delete_async(store, TRIAL)
            raise
        if given == data:
            step = N_("Le magasin %(where)s n’efface rien (%(why)s) : les vieilles copies vont s’y entasser.")
        await obstore.delete_async(store, TRIAL)
    except (exceptions.BaseError, OSError) as error:
        return _explain(at, step, where, str(error))
    return None if given == data else _tell(at, step, where, at.say(N_("ce n’est pas ce qui y a été mis")))


def _explain(at: Patient, step: str, where: str, error: str) -> Finding:
    why = " ".join(error.partition("Debug source")[0].split())[:200]
    if not PASSING.search(why):
        return _tell(at, step, where, why)
    words = N_("Le magasin %(where)s n’a pas pu être essayé (%(why)s).")
    return Finding(severity="skipped", what=at.say(words, where=where, why=why))


def _tell(at: Patient, words: str, where: str, why: str) -> Finding:
    return Finding(
        severity="error",
        what=at.say(words, where=where, why=why),
        mend=at.say(
            N_(
                "Chez qui tient ce magasin, voyez si la clé a encore le droit de lire, d’écrire et d’effacer, et "
                "s’il y a de la place\u00a0; puis essayez\u00a0:"
            )
        ),
        command="systemctl start declic-backup.service",
    )
