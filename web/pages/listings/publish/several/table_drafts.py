"""From the lines of a table to drafts, by the rules of the publish form, with the photos that they name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from multidict import MultiDict

from models.errors import Invalid
from models.listings.listings import ListingDraft
from models.people.actors import Actor
from models.places.places import fold_name
from models.posts.media.media import Media
from models.store.database import Connection
from outbox.listings.listing_defaults import find_end
from outbox.listings.listing_limits import require_draft
from web.forms.form import Form
from web.pages.listings.publish.listing_form import ListingFormContext, note_refusal, read_draft
from web.pages.listings.publish.several.listing_table import HEADS, Column, ListingTable, TableFault, TableLine
from web.pages.listings.publish.several.table_photos import Photos, fold_file
from web.pages.listings.publish.where_fields import AROUND_HOME, AT_PLACE, IN_COMMUNE
from web.rendering.render import N_

COLUMNS: Mapping[str, Column] = {
    "where": "place", "at_place": "place", "home": "place", "place": "commune", "max_duration": "duration",
}  # fmt: skip
"""Fields of the form that the table calls otherwise."""

QUARTERS = frozenset({"mon quartier", "quartier", "chez moi"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDraft:
    """A listing that the table says, and its photos in their order."""

    line: int
    draft: ListingDraft
    photos: tuple[Media, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContext:
    """Who publishes when, in which commune where a line says none, and with which photos."""

    form: ListingFormContext
    author: Actor
    at: datetime
    commune: str
    photos: Photos


async def make_drafts(
    conn: Connection, table: ListingTable, context: TableContext
) -> tuple[list[TableDraft], list[TableFault]]:
    """What would be published, and everything that is wrong, by lines."""
    drafts: list[TableDraft] = []
    faults = list(table.faults)
    said = {(one.line, one.column) for one in faults}
    taken: dict[str, int] = {}
    for line in table.lines:
        names = [fold_file(name) for name in line.photos]
        photos = tuple(context.photos[name] for name in names if name in context.photos)
        form = Form(_place(line, context), context.form.say)
        draft = await _read(conn, form, context, photos)
        _check_photos(form, line, context.photos, taken)
        drafts.append(TableDraft(line=line.line, draft=draft, photos=photos))
        for field, sentence in form.errors.items():
            fault = TableFault(line=line.line, column=_find_head(table, field), sentence=sentence)
            if (fault.line, fault.column) not in said:
                faults.append(fault)
    order = list(table.heads.values())
    faults.sort(key=lambda one: (one.line, order.index(one.column) if one.column in order else len(order)))
    return drafts, faults


def _place(line: TableLine, context: TableContext) -> MultiDict[str]:
    values = line.values.copy()
    wanted = fold_name(values.pop("at")).strip()
    values["place"] = values["place"] or context.commune
    public = {fold_name(one.name).strip(): one.username for one in context.form.known.public}
    values["where"] = AROUND_HOME if wanted in QUARTERS else AT_PLACE if wanted else IN_COMMUNE
    if values["where"] == AT_PLACE:
        values["at_place"] = public.get(wanted, wanted)
    return values


async def _read(conn: Connection, form: Form, context: TableContext, photos: tuple[Media, ...]) -> ListingDraft:
    """The draft as the form gives it, with its end; what is wrong is noted in the form."""
    ids = tuple(one.id for one in photos)
    draft = await read_draft(conn, form, replace(context.form, media_ids=ids))
    if form.ok:
        try:
            draft = await find_end(conn, context.author, require_draft(draft, at=context.at), context.at)
        except Invalid as error:
            note_refusal(form, error)
    return draft


def _check_photos(form: Form, line: TableLine, photos: Photos, taken: dict[str, int]) -> None:
    """Each photo was sent, and goes with one listing."""
    for name in line.photos:
        folded = fold_file(name)
        if folded not in photos:
            form.fail("photos", N_("« %(name)s » n’est pas parmi les photos choisies."), name=name[:60])
        elif folded in taken:
            form.fail(
                "photos", N_("« %(name)s » est déjà à la ligne %(line)s : il faut une photo par annonce."),
                name=name[:60], line=taken[folded],
            )  # fmt: skip
        taken.setdefault(folded, line.line)


def _find_head(table: ListingTable, field: str) -> str:
    """What the table calls the column of this field, else what it could."""
    wanted = COLUMNS.get(field, field)
    column = next((one for one in HEADS if one == wanted), None)
    return field if column is None else table.heads.get(column) or HEADS[column][0]
