"""Whether stores that speak S3 take a copy of a backup, give it back as it was, and let it go."""

import secrets

import obstore
from obstore import exceptions
from obstore.store import S3Store

from models.backup_places import read_places
from models.settings import SettingsError
from web.actions.doctor.findings import Finding, Patient, ok
from web.actions.object_stores import open_store
from web.rendering.render import N_

TRIAL = "declic-doctor-"
"""How the name of what is tried begins: no backup is called so, and it is gone at once."""

SECONDS = 8


async def check_copy_stores(at: Patient) -> Finding:
    """A few bytes there, back, and gone: what a backup will want of its store tonight."""
    try:
        places = [one for one in read_places(at.settings) if one.kind == "s3"]
    except SettingsError:
        places = []  # which the check of copies says
    if not places:
        return Finding(severity="skipped", what=at.say(N_("Aucune copie de sauvegarde ne va dans un magasin S3.")))
    for place in places:
        store = open_store(place, timeout=f"{SECONDS}s", retries=0, retry_seconds=SECONDS)
        if (failed := await _try(at, store, str(place))) is not None:
            return failed
    where = ", ".join(map(str, places))
    return ok(at.say(N_("%(where)s prend ce qu’on y met, le rend tel quel et l’efface."), where=where))


async def _try(at: Patient, store: S3Store, where: str) -> Finding | None:
    name, data = f"{TRIAL}{secrets.token_hex(8)}", secrets.token_bytes(64)
    step = N_("Le magasin %(where)s ne prend rien (%(why)s) : la prochaine sauvegarde n’y arrivera pas.")
    try:
        await obstore.put_async(store, name, data)
        step = N_("Le magasin %(where)s ne rend pas ce qu’on y met (%(why)s) : une sauvegarde n’en reviendrait pas.")
        if bytes(await (await obstore.get_async(store, name)).bytes_async()) != data:
            return _tell(at, step, where, at.say(N_("ce n’est pas ce qui y a été mis")))
        step = N_("Le magasin %(where)s n’efface rien (%(why)s) : les vieilles copies vont s’y entasser.")
        await obstore.delete_async(store, name)
    except (exceptions.BaseError, OSError) as error:
        why = " ".join(str(error).partition("Debug source")[0].split())[:200]
        return _tell(at, step, where, why)
    return None


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
