"""A bike and its book: what it is, its lines by year, on the screen and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from aiohttp import web

from models.repairs.bikes import awaited_files, entries, files, sent_files
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.entries import MOST_ENTRIES, BikeEntry
from models.repairs.bikes.files import BikeFile
from models.repairs.frame_numbers.numbers import is_frame_number
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message
from web.pages.exchanges.thread.book_proposals import ORGANS, OUTCOMES
from web.pages.repairs.bikes.bike_form import get_bike
from web.pages.repairs.bikes.bike_words import LEFT, map_under_way
from web.pages.repairs.bikes.my_bikes import HOME
from web.pages.repairs.bikes.reminders_page import load_upkeep
from web.rendering.render import N_, render, say
from web.security.session import require_account

SAID = {
    "added": N_("Votre vélo est noté. Son carnet n’est qu’à vous."),
    "changed": N_("C’est enregistré."),
    "written": N_("C’est écrit dans le carnet."),
    "kilometres": N_("C’est noté."),
    "reminder": N_("C’est noté : nous vous le rappellerons."),
    "later": N_("Remis à dans un mois."),
    "remove": N_("Ce rappel est retiré."),
    "struck": N_("La ligne est effacée."),
    "kept": N_("C’est rangé dans le carnet."),
    "given": N_("C’est noté : le vélo est donné. Son carnet reste ici."),
    "sold": N_("C’est noté : le vélo est vendu. Son carnet reste ici."),
    "scrapped": N_("C’est noté : le vélo n’est plus. Son carnet reste ici."),
    "back": N_("Le vélo est de nouveau avec les vôtres."),
    "gone": N_("Ce vélo est parti avec son carnet : rien n’a changé."),
    "stolen": N_("C’est noté : on vous l’a volé. Portez plainte aussi : le numéro de cadre y aide."),
    "files_again": N_("C’est redemandé : regardez de nouveau dans une minute."),
    "files_stopped": N_("C’est noté : nous n’attendons plus ces fichiers."),
    "found": N_("Bonne nouvelle ! Il n’est plus noté comme volé."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """A line of the book with its pictures and its invoice."""

    entry: BikeEntry
    photos: list[BikeFile]
    invoices: list[BikeFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookYear:
    """The lines of a year, the newest first."""

    year: int
    lines: list[BookLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All of it: the picture of the bike, its lines, and how many there are."""

    picture_id: int | None
    years: list[BookYear]
    count: int


async def load_book(conn: Connection, bike: Bike) -> Book:
    """The book of this bike."""
    lines = await entries.list_of_bike(conn, bike.id)
    held = await files.list_of_bike(conn, bike.id)
    own = [one.id for one in held if one.entry_id is None]
    years = groupby(_draw_lines(lines, held), lambda line: line.entry.done_on.year)
    return Book(
        picture_id=own[-1] if own else None,
        years=[BookYear(year=year, lines=[*of]) for year, of in years],
        count=len(lines),
    )


def _draw_lines(lines: Sequence[BikeEntry], held: Sequence[BikeFile]) -> list[BookLine]:
    of_entry: dict[int | None, list[BikeFile]] = {}
    for one in held:
        of_entry.setdefault(one.entry_id, []).append(one)
    return [
        BookLine(
            entry=line,
            photos=[one for one in of_entry.get(line.id, ()) if one.kind == "photo"],
            invoices=[one for one in of_entry.get(line.id, ()) if one.kind == "invoice"],
        )
        for line in lines
    ]


async def show_book(request: web.Request) -> web.Response:
    """GET /mes-velos/ID."""
    return await _show(request, "repairs/bikes/book.html")


async def show_printed(request: web.Request) -> web.Response:
    """GET /mes-velos/ID/imprimer: one bike, all lines, no menu."""
    return await _show(request, "repairs/bikes/printed.html")


async def _show(request: web.Request, template: str) -> web.Response:
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account)
        book, upkeep = await load_book(conn, bike), await load_upkeep(conn, bike)
        under_way = (await map_under_way(conn, {bike.id: bike})).get(bike.id)
        awaited = awaited_files.tell_state(await awaited_files.list_of_bikes(conn, [bike.id]))
        parted = await sent_files.find_parted(conn, bike.id)
    return await render(
        request,
        template,
        bike=bike,
        book=book,
        upkeep=upkeep,
        under_way=under_way,
        awaited=awaited,
        parted=parted,
        full=book.count >= MOST_ENTRIES,
        numbered=is_frame_number(bike.frame_number),
        home=f"{HOME}/{bike.id}",
        organs={code: say(request, words) for code, words in ORGANS.items()},
        outcomes={code: say(request, words) for code, words in OUTCOMES.items()},
        left_words={how: say(request, words) for how, words in LEFT.items()},
        said=find_flash_message(request, SAID),
    )
