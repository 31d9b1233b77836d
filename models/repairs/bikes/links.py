"""Which bike of hers a call or an appointment is about, so that what comes of it finds the right book."""

from models.store.database import Connection, execute, fetch_value


async def link_listing(conn: Connection, listing_id: int, bike_id: int) -> None:
    """This call is about this bike."""
    await execute(
        conn,
        """
        INSERT INTO bike_link (bike_id, listing_id) VALUES ($1, $2)
        ON CONFLICT (listing_id) DO UPDATE SET bike_id = EXCLUDED.bike_id
        """,
        bike_id,
        listing_id,
    )


async def link_agreement(conn: Connection, agreement_id: int, bike_id: int) -> None:
    """This appointment is about this bike."""
    await execute(
        conn,
        """
        INSERT INTO bike_link (bike_id, agreement_id) VALUES ($1, $2)
        ON CONFLICT (agreement_id) DO UPDATE SET bike_id = EXCLUDED.bike_id
        """,
        bike_id,
        agreement_id,
    )


async def find_appointment(conn: Connection, exchange_id: int, cyclist_id: int) -> int | None:
    """The appointment with a repair shop that she has, or asks for, in this thread."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT g.id FROM agreement g JOIN repair_shop s ON s.actor_id = g.owner_id
        WHERE g.exchange_id = $1 AND g.partner_id = $2 AND is_live_state(g.state) ORDER BY g.id DESC LIMIT 1
        """,
        exchange_id,
        cyclist_id,
    )
    return found


async def is_own_appointment(conn: Connection, agreement_id: int, cyclist_id: int) -> bool:
    """Whether this is an appointment of hers with a repair shop."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM agreement g JOIN repair_shop s ON s.actor_id = g.owner_id
                WHERE g.id = $1 AND g.partner_id = $2)
            """,
            agreement_id,
            cyclist_id,
        )
    )


async def find_bike(conn: Connection, owner_id: int, agreement_id: int | None) -> int | None:
    """The bike of hers that this agreement is about, if she said so when she asked or called."""
    if agreement_id is None:
        return None
    found: int | None = await fetch_value(
        conn,
        """
        SELECT b.id FROM agreement g JOIN bike_link l ON l.agreement_id = g.id OR l.listing_id = g.listing_id
        JOIN bike b ON b.id = l.bike_id
        WHERE g.id = $1 AND b.owner_id = $2 AND b.left_at IS NULL ORDER BY l.agreement_id NULLS LAST LIMIT 1
        """,
        agreement_id,
        owner_id,
    )
    return found
