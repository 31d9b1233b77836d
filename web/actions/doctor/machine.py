"""The machine: room on the disk for data and files, memory, and what other machines say."""

import asyncio
import os
import socket
from pathlib import Path

from models.store import disk_space, health_troubles
from models.store.database import connection
from models.store.disk_space import MEGABYTE
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

FEW_INODES = 20
"""A twentieth of all files that the disk may hold is little."""

LITTLE_MEMORY = 128 * MEGABYTE
"""Less that is free makes the system end programs."""

MEMORY = Path("/proc/meminfo")


async def check_disk(at: Patient) -> Finding:
    """Room for data and pictures."""
    space = await asyncio.to_thread(disk_space.measure, at.settings.data)
    free = space.free // MEGABYTE
    where = str(at.settings.data)
    if not space.holds(0):
        return Finding(
            severity="error",
            what=at.say(N_("Le disque de %(where)s est plein : il reste %(free)s\u00a0Mo."), where=where, free=free),
            mend=at.say(N_("Les photos sont refusées jusqu’à ce qu’il y ait de la place. Voyez ce qui en prend :")),
            command=f"du -xh --max-depth=2 {where} | sort -h | tail",
        )
    if space.is_low:
        return Finding(
            severity="warning",
            what=at.say(
                N_("Le disque de %(where)s est bientôt plein : il reste %(free)s\u00a0Mo."), where=where, free=free
            ),
            mend=at.say(N_("Faites de la place, ou donnez-lui un disque plus grand :")),
            command=f"du -xh --max-depth=2 {where} | sort -h | tail",
        )
    return ok(at.say(N_("Il reste %(free)s\u00a0Mo sur le disque de %(where)s."), where=where, free=free))


async def check_inodes(at: Patient) -> Finding:
    """Room for files, however small."""
    folder = at.settings.data
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = await asyncio.to_thread(os.statvfs, folder)
    if not found.f_files:
        return ok(at.say(N_("Ce disque ne compte pas les fichiers.")))
    if found.f_favail * FEW_INODES < found.f_files:
        return Finding(
            severity="warning",
            what=at.say(
                N_("Le disque ne peut presque plus recevoir de fichiers : il en reste %(count)s."), count=found.f_favail
            ),
            mend=at.say(N_("Beaucoup de petits fichiers s’y trouvent. Voyez dans quels dossiers :")),
            command=f"du --inodes -x --max-depth=2 {folder} | sort -n | tail",
        )
    return ok(at.say(N_("Le disque peut recevoir encore %(count)s fichiers."), count=found.f_favail))


def read_free_memory() -> int | None:
    """Bytes that programs may still have, as Linux reckons; None where the system does not say."""
    try:
        lines = MEMORY.read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None


async def check_memory(at: Patient) -> Finding:
    """Memory that is free."""
    free = await asyncio.to_thread(read_free_memory)
    if free is None:
        return Finding(severity="skipped", what=at.say(N_("Ce système ne dit pas combien de mémoire est libre.")))
    megabytes = free // MEGABYTE
    if free < LITTLE_MEMORY:
        return Finding(
            severity="error",
            what=at.say(N_("Il ne reste que %(free)s\u00a0Mo de mémoire libre."), free=megabytes),
            mend=at.say(N_("Le système va arrêter des programmes. Voyez lesquels prennent le plus de mémoire :")),
            command="ps -eo rss,args --sort=-rss | head",
        )
    return ok(at.say(N_("%(free)s\u00a0Mo de mémoire sont libres."), free=megabytes))


async def check_machines(at: Patient) -> Finding:
    """What the other machines of this instance found wrong with themselves."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        troubles = await health_troubles.list_troubles(conn)
    others = sorted({one.machine for one in troubles} - {health_troubles.SHARED, socket.gethostname()})
    if others:
        return Finding(
            severity="warning",
            what=at.say(
                N_("Quelque chose ne va pas sur une autre machine de la plateforme : %(names)s."),
                names=", ".join(others),
            ),
            mend=at.say(N_("Regardez là-bas :")),
            command="declic doctor",
        )
    return ok(at.say(N_("Aucune autre machine de la plateforme ne dit que quelque chose ne va pas.")))
