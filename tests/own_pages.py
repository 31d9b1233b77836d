"""A page that the cooperative wrote itself, of which there are two versions."""

from models.people.documents import own_pages, versions
from models.people.documents.versions import NewVersion
from models.store.database import Connection, execute

VALUES = "# Ensemble\n**On prête**, on donne, on répare.\n\n- [Les annonces](/annonces)\n- Les ateliers\n"


async def add_own_page(conn: Connection, id: int) -> None:
    """« Nos valeurs », published, in the menu."""
    await execute(
        conn, "INSERT INTO own_page (id, slug, language, placed) VALUES ($1, 'nos-valeurs', 'fr', 'menu')", id
    )
    for follows, text in enumerate(("# Ensemble\nOn prête.", VALUES)):
        new = NewVersion(
            kind=own_pages.name_kind(id),
            title="Nos valeurs",
            text=text,
            summary="",
            due_at=None,
            published_by=None,
            follows=follows,
        )
        await versions.publish(conn, new)
    await own_pages.show(conn, id, 2)
