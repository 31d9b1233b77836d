"""A member's bike with its book filled: what was done in two years, and what there is to do next."""

from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from models.moments import PARIS
from models.people import actors
from models.repairs.bikes import bikes, distances, entries, reminders
from models.repairs.bikes.bikes import BikeDetails
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bikes.reminders import Rhythm
from models.store.database import transaction

BIKE = BikeDetails(
    name="Le bleu",
    bike_type="city",
    brand="Gitane",
    model="Mixte",
    made_in=1998,
    wheel_size="28 pouces",
    notes="Pneus à 4 bars. La clé de l’antivol est dans le tiroir de l’entrée.",
    frame_number="GT98L04217",
)

LINES = (
    (640, "Pneu arrière et chambre à air", "flat-tyre", ("Pneu 37-622", "Chambre à air"), "Le Rayon libre", 3_100),
    (410, "Patins de frein avant", "brakes", ("Patins V-brake, la paire",), "Moi", 3_900),
    (150, "Chaîne changée, dérailleur réglé", "chain", ("Chaîne 8 vitesses", "Attache rapide"), "Hocine", 5_200),
    (12, "Roue arrière dévoilée", "wheel", (), "Le Rayon libre", 5_900),
)
"""How many days ago, what, on what, with which parts, by whom, and the kilometres then."""


async def fill_book(home: Instance, owner: str) -> None:
    """Of this member."""
    async with transaction(home.pool) as conn:
        member = await actors.get_local(conn, owner)
        today = datetime.now(UTC).astimezone(PARIS).date()
        bike = await bikes.add(conn, member.id, BIKE)
        for days, title, organ, parts, repairer, kilometres in LINES:
            on = today - timedelta(days=days)
            line = EntryDetails(
                done_on=on, title=title, organ=organ, outcome="fixed", parts=parts, repairer=repairer,
                kilometres=kilometres,
            )  # fmt: skip
            await entries.add(conn, bike, line)
            await distances.tell(conn, bike, on, kilometres)
        chain = Rhythm(title="Nettoyer et graisser la chaîne", organ="chain", every_months=6, every_km=500)
        await reminders.add(conn, bike, chain, on=today - timedelta(days=150), kilometres=5_200)
