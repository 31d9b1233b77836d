"""A village where there is something to see on each page, and those who look at it in a browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, Response

from federation.own_keys.secret_box import PLAIN
from models import preferences
from models.exchanges import exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import unavailabilities
from models.listings.listings import Listing
from models.listings.unavailabilities import midnight
from models.meetings import agenda
from models.meetings.meetings import FullMeeting
from models.meetings.registrations import Wish
from models.people import absences, actors
from models.people.opening_hours import Closure, OpeningInterval, make_hours, write_hours
from models.people.team import place_keepers
from models.personal_data import deletion_requests, export_archives
from models.posts.polls import polls
from models.posts.polls.polls import NewPoll
from models.relations import endorsements, follows
from models.repairs.bikes import awaited_files, bikes, entries, handovers
from models.repairs.bikes.awaited_files import NewAwaitedFile
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bookings import appointment_books, shop_calendars
from models.repairs.bookings.appointment_books import WalkIn
from models.repairs.bookings.shop_calendars import CalendarReading
from models.repairs.bookings.slots import SlotRules
from models.repairs.results.notes import RepairNote
from models.repairs.shops import staff
from models.servers import territory_proposals, waiting_posts
from models.store.database import Connection, Pool, connection, execute, transaction
from models.traffic import returned_posts
from outbox.exchanges.agreements.agreements import request
from outbox.exchanges.repair_results import note_result
from outbox.meetings.by_hand import write_down
from outbox.meetings.meetings import publish
from outbox.meetings.registrations import register
from outbox.repairs.bookings.appointments import BookDraft, note_walk_in, open_book
from outbox.threads import messages
from outbox.threads.agreement_context import Said
from tests.bikes import make_bike, make_result
from tests.dues import furnish_dues
from tests.factories import (
    make_activity,
    make_agreement,
    make_listing,
    make_local_actor,
    make_meeting,
    make_member,
    make_remote_actor,
)
from tests.figures import add_sample_figures
from tests.frame_numbers import add_sample_questions
from tests.friend_looks import add_sample_looks
from tests.invitations import make_samples
from tests.outbox.meetings.sample_meetings import make_draft
from tests.own_pages import add_own_page
from tests.points import fill_ledger
from tests.repair_figures import add_sample_results
from tests.repair_shops import DETAILS, add_sample_shops, make_shop
from tests.sample_cases import add_sample_cases
from tests.sample_communities import add_sample_community
from tests.sample_directory import add_sample_directory
from tests.sample_held_posts import add_held_posts
from tests.sample_message_requests import add_message_requests
from tests.sample_team import add_sample_team
from tests.sample_tour import add_sample_tour
from tests.sample_village import Village
from tests.subcategories import SUBCATEGORIES
from tests.web.live_site import Live, serve_village
from tests.web.looks import NARROWEST
from tests.web.shown_pages import PAGES, READERS, Reader, Visit


@asynccontextmanager
async def serve_furnished(pool: Pool, data: Path) -> AsyncIterator[Live]:
    """The village, with everything that its pages can show."""
    async with serve_village(pool, data) as live:
        async with transaction(pool) as conn:
            await add_sample_directory(conn)
            await furnish_departures(conn, live.village)
            await fill_ledger(conn, live.village)
            await furnish_dues(conn, live.village)
            await make_samples(conn, live.village.admin, 77)
            await add_own_page(conn, 77)
            await preferences.write(conn, {"subcategories": SUBCATEGORIES})
            await furnish_days(conn, live.village)
            await add_sample_cases(conn, live.village)
            await furnish_unknown_hosts(conn)
            await furnish_territories(conn, live.village)
            await add_sample_team(conn, live.village)
            await add_team(conn, live.village)
            await add_message_requests(conn, live.village)
            await furnish_returned(conn, live.village)
            await ask_bob(conn, live.village)
            await add_held_posts(conn, live.village)
            await add_sample_community(conn, live.village)
            await add_sample_shops(conn, live.village)
            await add_sample_questions(conn, live.village)
            await add_sample_looks(conn, live.village)
            await add_sample_results(conn)
            await add_sample_figures(conn)
            await add_sample_tour(conn, live.village)
            await answer_call(conn, live.village)
            cafe = await add_cafe(conn, live.village)
            book = await add_book(conn, live.village)
            bike = await add_bike(conn, live.village)
            leaving = await add_leaving(conn, live.village, bike)
            visit = await add_visit(conn, live.village, book)
            for held in await follows.list_following(conn, live.village.alice.id):
                await endorsements.save(conn, actor_id=held.follower_id, target_id=held.followed_id)
        yield replace(
            live, village=replace(live.village, cafe=cafe, book=book, bike=bike, leaving=leaving, visit=visit)
        )


async def furnish_returned(conn: Connection, village: Village) -> None:
    """After a restoration Alice's tent stands again."""
    await returned_posts.note_restored(conn, village.tent.uri, village.alice.id, "henin.test")


async def furnish_territories(conn: Connection, village: Village) -> None:
    """Two members propose one territory, of which nothing is known; another one was turned down."""
    await territory_proposals.save(conn, village.alice.id, "velos-nord.example", "Leur coop prête des vélos cargo.")
    await territory_proposals.settle(conn, ["velos-nord.example"], "declined", "Elle n’ouvre qu’au printemps.")
    await territory_proposals.save(conn, village.alice.id, "ressourcerie.example", "Ils ont une presse à pommes.")
    await territory_proposals.save(conn, village.hocine.id, "ressourcerie.example", "C’est à vingt minutes à vélo.")


async def add_leaving(conn: Connection, village: Village, bike_id: int) -> int:
    """A bike of Maryse's that is on its way to Bob's server, and pictures that come from there for another."""
    leaving = await make_bike(conn, village.alice, "Le triporteur", bike_type="cargo")
    line = EntryDetails(done_on=date(2026, 5, 3), title="Frein avant réglé", repairer="Karim")
    await entries.add(conn, leaving, line)
    await handovers.begin(conn, await bikes.get_own(conn, village.alice.id, leaving), named=True, with_invoices=True)
    handover = await handovers.find_of_bike(conn, leaving)
    assert handover is not None and await handovers.take(conn, handover.id, village.bob.id)
    await handovers.mark_sent(conn, handover, f"{village.alice.uri}/activities/book")
    for number in range(3):
        told = NewAwaitedFile(
            uri=f"{village.bob.uri}/files/{number}",
            sender_id=village.bob.id,
            receiver_id=village.alice.id,
            bike_id=bike_id,
            entry_id=None,
            result_id=None,
            kind="invoice" if number == 2 else "photo",
            file_size=9,
            digest=bytes(32),
        )
        await awaited_files.add(conn, told)
    for one in await awaited_files.claim_due(conn):
        await awaited_files.mark_failed(conn, one, "away")
    return leaving


async def add_bike(conn: Connection, village: Village) -> int:
    """A bike of Maryse's with lines of two years, one that left, and what somebody says of the brakes."""
    bike = await make_bike(conn, village.alice, brand="Gitane", model="Mixte", frame_number="AB1234567", made_in=1998)
    left = await make_bike(conn, village.alice, "Le pliant", bike_type="folding")
    await bikes.mark_left(conn, left, "sold")
    parts = ("Chaîne 8 vitesses", "Attache rapide")
    chain = EntryDetails(
        done_on=date(2026, 5, 3), title="Chaîne changée", parts=parts, repairer="Karim", kilometres=4200
    )
    tyre = EntryDetails(done_on=date(2025, 9, 12), title="Pneu arrière", organ="flat-tyre", outcome="fixed", minutes=25)
    await entries.add(conn, bike, chain)
    await entries.add(conn, bike, tyre)
    await make_result(conn, village.alice, organ="brakes", repairer_id=village.hocine.id)
    return bike


async def add_book(conn: Connection, village: Village) -> Listing:
    """A workshop of Maryse's takes appointments: Yun asks for the first time, and somebody rang up for the second."""
    here = village.site.url
    addresses: dict[str, Any] = {"uri": f"{here}/users/atelier", "url": f"{here}/@atelier", "host": village.site.host}
    comes = replace(DETAILS, commune_codes=["59355", "59350", "59328"])
    made = await make_shop(conn, "atelier", details=comes, name="L’atelier de la gare", **addresses)
    week = [OpeningInterval(day=day, opens=time(9), closes=time(12, 30)) for day in range(6)]
    await actors.save_place(conn, made.id, "5 rue de la Gare", write_hours(make_hours(week, [])))
    await staff.save(conn, made.id, village.alice.id, "manager")
    rules = SlotRules(slot_minutes=60, notice_hours=1, ahead_days=30)
    draft = BookDraft(rules=rules, capacity=2, title="Réparer son vélo à l’atelier", text="Venez avec le vélo, propre.")
    place = await actors.get(conn, made.id)
    book = await open_book(conn, village.site, place, draft)
    [first, second, *_] = await appointment_books.list_slots(conn, book, at=datetime.now(UTC))
    terms = Terms(begins_at=first.begins_at, ends_at=first.ends_at)
    yun = await actors.get_local(conn, READERS["keeper"])
    await request(conn, village.site, yun, book, terms, Said(text="La roue arrière est voilée."))
    walk_in = WalkIn(begins_at=second.begins_at, ends_at=second.ends_at, name="M. Petit", phone="06 39 98 00 00")
    await note_walk_in(conn, place, walk_in)
    secret = PLAIN + b"https://agenda.example/secret/basic.ics"
    await shop_calendars.save_address(conn, made.id, secret, host="agenda.example")
    due = await shop_calendars.find_due(conn, made.id)
    assert due is not None
    await shop_calendars.save_reading(conn, due, CalendarReading(ranges=[], unread=1))
    await shop_calendars.note_failure(conn, due, "login_page")
    return book


async def add_visit(conn: Connection, village: Village, book: Listing) -> Agreement:
    """Nadia came an hour ago, and the workshop noted what came out, which she has not confirmed yet."""
    begins_at, nadia = datetime.now(UTC) - timedelta(hours=1), await actors.get_local(conn, READERS["admin"])
    held = await make_agreement(
        conn, book, nadia, state="agreed", begins_at=begins_at, ends_at=datetime.now(UTC), agreed_at=begins_at
    )
    note = RepairNote(
        organ="brakes",
        outcome="fixed",
        minutes=25,
        parts=("Câble de frein arrière", "Gaine"),
        learnt="La gaine était percée : à regarder chaque automne.",
        brand="Gazelle",
        repaired_on=begins_at.date(),
    )
    return await note_result(conn, village.site, await actors.get(conn, book.post.author_id), held, note)


async def answer_call(conn: Connection, village: Village) -> None:
    """Maryse and Awa each would repair Hocine's wheel."""
    for name, words in (("alice", "Je passe à 18 h avec une clé à rayons."), (READERS["welcome"], "Demain matin ?")):
        helper = await actors.get_local(conn, name)
        thread = await exchanges.open(
            conn, listing_id=village.call.id, owner_id=village.hocine.id, partner_id=helper.id
        )
        await messages.write(conn, village.site, helper, thread, messages.Words(text=words))


async def add_cafe(conn: Connection, village: Village) -> FullMeeting:
    """A repair café every month with a picture of who comes: Maryse has a seat, Hocine waits, Odette was written down.

    Another one is elsewhere.
    """
    draft = make_draft(
        title="Café réparation de mai",
        text="Un grille-pain, une lampe, un ourlet, une roue : on l’ouvre ensemble, on cherche, on essaie.\n\n"
        "Apportez l’objet, propre et vide, avec son chargeur et ses vis.",
        rrule="FREQ=MONTHLY;BYDAY=1SA",
        capacity=3,
    )
    cafe = await publish(conn, village.site, village.coop, draft)
    [first, *_] = await agenda.list_entries(conn, cafe.id)
    await register(conn, village.site, village.alice, cafe.id, Wish(message="Un grille-pain qui ne chauffe plus"))
    await write_down(conn, village.coop, first.occurrence.id, "Odette", Wish(people=2, message="Un ourlet"))
    await register(conn, village.site, village.hocine, cafe.id, Wish(message="Une roue voilée"))
    await make_meeting(conn, village.henin, title="Troc de plants", registration="everybody", venue="Halle aux grains")
    return cafe


async def add_team(conn: Connection, village: Village) -> None:
    """One of each role; Yun runs Nadia's place."""
    await make_member(conn, READERS["welcome"], roles=["welcome"], name="Awa")
    await make_member(conn, READERS["moderator"], roles=["moderator"], name="Medhi")
    yun = await make_member(conn, READERS["keeper"], roles=["keeper"], name="Yun")
    await place_keepers.add(conn, village.admin.id, yun.id)


async def furnish_departures(conn: Connection, village: Village) -> None:
    """Hocine leaves in two weeks and takes his data along, as Nadia does; Michel has left, which one server ignores."""
    await export_archives.ask(conn, village.hocine.id)
    ready = await export_archives.ask(conn, village.admin.id)
    assert ready and await export_archives.finish(conn, ready, file_key=f"{'0' * 32}.zip", byte_size=12_345_678)
    await deletion_requests.begin(conn, village.hocine.id, after=timedelta(days=14), paused_ids=[])
    michel = await make_local_actor(conn, "michel")
    await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", michel.id)
    farewell = await make_activity(conn, michel, type="Delete", object_uri=michel.uri)
    for host, state in (("henin.test", "failed"), ("arras.test", "done")):
        await execute(
            conn,
            """
            INSERT INTO delivery (activity_id, actor_id, inbox, host, state, error, cause)
            VALUES ($1, $2, 'https://' || $3::text || '/inbox', $3, $4, 'HTTP 500', 'server-error')
            """,
            farewell,
            michel.id,
            host,
            state,
        )


async def ask_bob(conn: Connection, village: Village) -> None:
    """What Bob says at his own place is a poll."""
    asked = NewPoll(
        options=("Samedi", "Dimanche"),
        votes=(2, 1),
        multiple=False,
        voters=3,
        ends_at=datetime.now(UTC) + timedelta(days=2),
        closed_at=None,
    )
    await polls.save_remote(conn, village.distant_note.id, asked)


async def furnish_unknown_hosts(conn: Connection) -> None:
    """Two hosts that nobody knows wait; of one of them more came than is kept."""
    for host, count in (("annonces-gratuites-et-pas-cheres.example", 3), ("bricole.example", 1)):
        author = await make_remote_actor(conn, "mallory", host)
        for number in range(count):
            words = "<p>Comme neuve, vendue cause double emploi. Ne tardez pas, tout part très vite en ce moment.</p>"
            post = {"audience": "unlisted", "to_uris": ("https://www.w3.org/ns/activitystreams#Public",)}
            listing = await make_listing(conn, author, title=f"Montre {number}", description=words, post=post)
            await waiting_posts.keep(conn, listing.id, host, "network", wanted=False)
    await waiting_posts.note_refusal(conn, "bricole.example", "hour")


async def furnish_days(conn: Connection, village: Village) -> None:
    """Nadia looks after a place that is closed for a while; Maryse keeps some days of her tent."""
    week = [OpeningInterval(day=day, opens=time(14), closes=time(18, 30)) for day in (2, 5)]
    hours = make_hours(week, [Closure(first=date(2030, 8, 1), last=date(2030, 8, 21))])
    await execute(conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", village.admin.id)
    await actors.save_place(conn, village.admin.id, "12 rue de la Mairie", write_hours(hours))
    now = datetime.now(UTC)
    await absences.set_away(conn, village.admin.id, now + timedelta(days=9))
    for ahead in (3, 20, 40):
        begins_at = midnight((now + timedelta(days=ahead)).date())
        await unavailabilities.add(conn, village.tent.id, begins_at, begins_at + timedelta(days=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """One page for each reader, who opens one address after another in it: what a browser keeps it reads once.

    What its console complains about, and what breaks in the server, is kept until somebody asks.
    """

    live: Live
    chromium: Browser
    pages: dict[Reader, Page] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    async def open(self, visit: Visit) -> Page | None:
        """The page at its reader's, on the narrowest screen; None where nothing opens for whoever tries the door."""
        shown, page = PAGES[visit.name], await self._find_page(visit.reader)
        await page.set_viewport_size(NARROWEST)
        self.broken.clear()
        answer = await page.goto(self.live.url + shown.find_path(self.live.village))
        assert answer is not None
        if visit.tries and (answer.status != shown.status or answer.request.redirected_from):
            assert answer.status < 500
            return None
        assert answer.status == shown.status
        return page

    async def close(self) -> None:
        """They only looked, and leave nothing behind."""
        for page in self.pages.values():
            await page.context.close()

    async def _find_page(self, reader: Reader) -> Page:
        if reader not in self.pages:
            page = self.pages[reader] = await take_page(self.live, self.chromium, reader)
            listen(page, self.broken)
        return self.pages[reader]


def listen(page: Page, broken: list[str]) -> None:
    """Write down what the console of this page complains about, and what it loads in vain."""

    def hear(message: ConsoleMessage) -> None:
        about = message.location["url"]
        own = message.text.startswith("Failed to load resource") and about == page.url  # its status is looked at
        if message.type in ("error", "warning") and not own:
            broken.append(f"console: {message.text} ({about})")

    def note(answer: Response) -> None:
        if answer.status >= 400 and not answer.request.is_navigation_request():
            broken.append(f"{answer.status}: {answer.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: broken.append(f"script: {error}"))
    page.on("response", note)


async def take_page(live: Live, chromium: Browser, reader: Reader) -> Page:
    """An empty page in a browser of this reader's own."""
    context = await chromium.new_context(locale="fr-FR")
    if READERS[reader]:
        async with connection(live.instance.pool) as conn:
            actor = await actors.get_local(conn, READERS[reader])
        await live.log_in(context, actor)
    return await context.new_page()
