"""The sound of what is broken: one recording beside the photos of a call, taken in as apps send theirs."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from federation.instance import Instance
from federation.media.uploads import FilmUpload, save_film
from federation.media_store import Spool, StoreFull
from federation.sandbox import films
from federation.sandbox.pictures import RefusedPicture, shown_name
from models.errors import Conflict
from models.posts.media import media, uploads
from models.posts.media.media import Media
from models.store.database import connection, transaction
from web.forms.form import Form
from web.forms.multipart import Upload
from web.http.row_ids import find_id
from web.pages.components.attachments import Attachment, list_attachments
from web.pages.components.listing_cards import Picture

FIELD, KEPT, DROPPED = "sound", "sound_kept", "sound_dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFiles:
    """What goes with a call: its photos, and the sound with what plays it."""

    photos: list[Picture]
    sound: Media | None = None
    played: Attachment | None = None

    @property
    def media_ids(self) -> tuple[int, ...]:
        """Of all of them, the photos first."""
        return (*(photo.id for photo in self.photos), *([self.sound.id] if self.sound is not None else []))


NO_FILES = CallFiles(photos=[])


def is_begun(form: Form) -> bool:
    """Whether a sound comes, or came before."""
    return bool(form.files(FIELD)) or bool(form.typed(KEPT))


async def add_sound(
    instance: Instance, form: Form, owner_id: int, photos: list[Picture], spool: Spool, *, take: bool
) -> CallFiles:
    """The photos with the sound: a new one where it is to be taken, else the one that the form had.

    What cannot be used is an error at the field, and nothing is kept of it.
    """
    sound = await _find_kept(instance, form, owner_id)
    sent = next((one for one in form.files(FIELD) if not one.empty), None) if take else None
    if sent is not None and sent.path is not None:
        sound = await _save(instance, form, owner_id, sent, sent.path, spool) or sound
    played = list_attachments(instance.site, [sound])[0] if sound is not None else None
    return CallFiles(photos=photos, sound=sound, played=played)


async def _find_kept(instance: Instance, form: Form, owner_id: int) -> Media | None:
    id = find_id(form.typed(KEPT))
    if id is None or form.flag(DROPPED):
        return None
    return next(iter(await list_sounds(instance, owner_id, [id])), None)


async def list_sounds(instance: Instance, owner_id: int, ids: list[int]) -> list[Media]:
    """Her own sounds among these that wait for a post, in this order."""
    async with connection(instance.pool) as conn:
        found = await media.list_by_ids(conn, ids[: uploads.MAX_ATTACHED])
    kept = [found[id] for id in ids if id in found]
    return [one for one in kept if one.type == "audio" and one.owner_id == owner_id and one.post_id is None]


async def _save(instance: Instance, form: Form, owner_id: int, sent: Upload, path: Path, spool: Spool) -> Media | None:
    kind = films.find_kind(await asyncio.to_thread(_read_head, path))
    name = shown_name(sent.filename)
    if kind is None or kind == "gif":
        form.fail(FIELD, "« %(name)s » n’est pas un son que l’on sait lire ici.", name=name)
        return None
    try:
        made = await save_film(instance, FilmUpload(path=path, kind=kind, name=sent.filename), spool, owner_id=owner_id)
    except RefusedPicture as refusal:
        form.refuse(FIELD, refusal)
        return None
    except Conflict:
        form.fail(FIELD, "Beaucoup de fichiers attendent déjà une annonce. Publiez-les, ou effacez un brouillon.")
        return None
    except StoreFull:
        form.fail(FIELD, "La plateforme n’a plus de place pour les sons : prévenez votre coop.")
        return None
    if made is not None and made.type == "audio":
        return made
    await _drop(instance, owner_id, made)
    form.fail(FIELD, "« %(name)s » est une vidéo : ici, un son seulement.", name=name)
    return None


def _read_head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(films.HEAD)


async def _drop(instance: Instance, owner_id: int, made: Media | None) -> None:
    """What came is no sound: nothing stays of it."""
    if made is not None:
        async with transaction(instance.pool) as conn:
            await uploads.delete_upload(conn, made.id, owner_id)
