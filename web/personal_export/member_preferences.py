"""What she chose and what is kept about her account: one JSON of our own, and no secret in it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import orjson

from models.access import passkeys, sessions, tokens
from models.exchanges import agenda, own_exchanges
from models.listings import listing_drafts
from models.news import mail_preferences, staff_preferences
from models.people import member_locations, phone_numbers
from models.people.arrivals import sign_up_messages, waiting_accounts
from models.people.documents import acceptances
from models.people.dues import dues
from models.people.invitations import entries, invitations
from models.people.team import duty
from models.personal_data import personal_export
from models.places import places
from models.posts import scheduled_posts
from models.posts.polls import votes
from models.relations import featured_tags as featured
from models.relations import followed_tags, lists
from models.relations.blocking import filters
from models.repairs.diagnostic import drafts as diagnostic_drafts
from models.repairs.frame_numbers import inquiries, sightings
from models.repairs.tours import orders as tour_orders
from models.searches.alerts import alerts, match_choices
from models.servers import territory_proposals
from models.store.database import Connection, connection
from web.personal_export.records import ArchiveOwner, list_own_pages
from web.personal_export.zip_writer import ZipWriter

MOST_INQUIRIES = 4_000
"""Ten a day, for the year that they are kept."""

ALWAYS = (datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))


async def write_preferences(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    """The account and its devices, the settings of her reading, what waits to be published; what she voted, apart."""
    async with connection(owner.instance.pool) as conn:
        kept: dict[str, Any] = {
            "account": await _describe_account(conn, owner),
            "devices": await _list_devices(conn, owner.actor.id),
            "reading": await _list_reading(conn, owner.actor.id),
            "mails": {kind: one.rhythm for kind, one in (await mail_preferences.load(conn, owner.actor.id)).items()},
            "team": await _describe_team(conn, owner),
            "documents": [asdict(one) for one in await acceptances.list_acceptances(conn, owner.actor.id)],
            "invitations": await _list_invitations(conn, owner.actor.id),
            "kept_days": await _list_kept_days(conn, owner.actor.id),
            "waiting_for": [asdict(one) for one in await own_exchanges.list_waited_for(conn, owner.actor.id)],
            "tours": [asdict(one) for one in await tour_orders.list_own(conn, owner.actor.id)],
            "drafts": [asdict(one) for one in await listing_drafts.list_kept(conn, owner.actor.id)],
            "frame_numbers": await _describe_frame_numbers(conn, owner.actor.id),
            "territories": await _list_territories(conn, owner.actor.id),
            "request": await _describe_request(conn, owner.actor.id),
        }
        cast = [
            {"poll": one.uri, "answers": one.answers, "at": one.voted_at}
            for one in await votes.list_own_votes(conn, owner.actor.id)
        ]
    await parcel.add("votes.json", orjson.dumps(cast, option=orjson.OPT_INDENT_2))
    kept["scheduled"] = [
        {"at": one.scheduled_at, "status": one.wish}
        async for rows in list_own_pages(owner, _list_scheduled)
        for one in rows
    ]
    await parcel.add("preferences.json", orjson.dumps(kept, option=orjson.OPT_INDENT_2))


async def _describe_team(conn: Connection, owner: ArchiveOwner) -> dict[str, Any]:
    """What she is told of and did as one of the team, and the diagnostic that she began to write."""
    draft = await diagnostic_drafts.find(conn, owner.actor.id)
    return {
        "told": await staff_preferences.load_own(conn, owner.account),
        "on_duty": [{"week": one.week, "role": one.role} for one in await duty.list_own(conn, owner.actor.id)],
        "diagnostic": asdict(draft) if draft is not None else None,
    }


async def _describe_frame_numbers(conn: Connection, actor_id: int) -> dict[str, Any]:
    """What she asked, of which only the endings are kept, and who asked about a bike that was stolen from her."""
    asked = await inquiries.list_own(conn, actor_id, limit=MOST_INQUIRIES)
    answers = await inquiries.map_answers(conn, [one.id for one in asked])
    return {
        "asked": [
            {"at": one.asked_at, "ending": one.ending, "may_write": one.may_write, "answers": answers[one.id]}
            for one in asked
        ],
        "told": await sightings.list_own(conn, actor_id, limit=MOST_INQUIRIES),
    }


async def _list_invitations(conn: Connection, actor_id: int) -> dict[str, Any]:
    """By whom she came, and whom she invited."""
    inviter = await entries.find_inviter(conn, actor_id)
    made = await invitations.list_links(conn, made_by=actor_id)
    return {
        "invited_by": inviter.username if inviter is not None else None,
        "made": [
            {"note": one.note, "places": one.places, "used": one.used, "made": one.created_at, "until": one.expires_at}
            for one in made
        ],
    }


async def _list_territories(conn: Connection, actor_id: int) -> list[dict[str, Any]]:
    """What she proposed the cooperative to follow, and what became of it."""
    return [
        {"host": one.host, "reason": one.reason, "at": one.created_at, "state": one.state, "answer": one.answer}
        for one in await territory_proposals.list_own(conn, actor_id)
    ]


async def _list_kept_days(conn: Connection, actor_id: int) -> list[dict[str, Any]]:
    """Days of her listings that she keeps to herself, whenever they are."""
    kept = await agenda.list_kept(conn, actor_id, *ALWAYS)
    return [{"listing": one.title, "url": one.url, "from": one.begins_at, "until": one.ends_at} for one in kept]


async def _describe_request(conn: Connection, actor_id: int) -> dict[str, Any] | None:
    """What she answered and wrote to the team, while she waits to be let in."""
    asked = await waiting_accounts.find_request(conn, actor_id)
    if asked is None:
        return None
    return {
        "asked": asked.asked_at,
        "answers": asked.answers,
        "messages": [
            {"from": "team" if one.role else "me", "words": one.words, "at": one.written_at}
            for one in await sign_up_messages.list_of(conn, asked.id)
        ],
    }


async def _list_scheduled(
    conn: Connection, actor_id: int, *, before: int | None, limit: int
) -> list[scheduled_posts.Scheduled]:
    return await scheduled_posts.list_own(conn, actor_id, before=before, since=None, after=None, limit=limit)


async def _describe_account(conn: Connection, owner: ArchiveOwner) -> dict[str, Any]:
    account = owner.account
    commune = None
    if account.default_commune_code:
        commune = await places.find_commune(conn, account.default_commune_code)
    return {
        "username": account.username,
        "email": account.email,
        "phone": await phone_numbers.find_phone(conn, account.actor_id),
        "dues": await _describe_dues(conn, account.actor_id),
        "away_until": owner.actor.away_until,
        "roles": account.roles,
        "authority": account.authority,
        "language": account.language,
        "created": account.created_at,
        "confirmed": account.confirmed_at,
        "last_seen": account.last_seen_at,
        "commune": commune.name if commune else None,
        "home": await member_locations.find_location(conn, account.actor_id),
        "locked": owner.actor.locked,
        "discoverable": owner.actor.discoverable,
        "indexable": owner.actor.indexable,
        "also_known_as": owner.actor.also_known_as,
    }


async def _describe_dues(conn: Connection, actor_id: int) -> dict[str, Any] | None:
    noted = await dues.find(conn, actor_id)
    if noted is None:
        return None
    euros = None if noted.cents is None else noted.cents / 100
    return {"valid_until": noted.valid_until, "euros": euros, "noted": noted.noted_at}


async def _list_devices(conn: Connection, actor_id: int) -> dict[str, Any]:
    return {
        "browsers": [
            {"browser": one.user_agent, "since": one.created_at, "seen": one.seen_at}
            for one in await sessions.list_of(conn, actor_id)
        ],
        "applications": [
            {"name": one.application_name, "scopes": one.scopes, "since": one.created_at, "used": one.used_at}
            for one in await tokens.list_of(conn, actor_id)
        ],
        "passkeys": [
            {"name": one.name, "since": one.created_at, "used": one.used_at}
            for one in await passkeys.list_of(conn, actor_id)
        ],
    }


async def _list_reading(conn: Connection, actor_id: int) -> dict[str, Any]:
    return {
        "notes_about_people": dict(await personal_export.list_remarks(conn, actor_id)),
        "lists": [
            {"title": one.title, "replies": one.replies_policy, "exclusive": one.exclusive}
            for one in await lists.list_owned(conn, actor_id)
        ],
        "filters": [asdict(one) for one in await filters.list_all(conn, actor_id)],
        "alerts": [asdict(one) for one in await alerts.list_own(conn, actor_id)],
        "matches": asdict(await match_choices.find(conn, actor_id)),
        "followed_tags": [one.name for one in await followed_tags.list_followed(conn, actor_id, limit=1000)],
        "featured_tags": [one.name for one in await featured.list_featured(conn, actor_id)],
    }
