"""Who wants to be told of calls: what she repairs, how far she goes, and when she is left alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.repairs.calls import watches
from models.repairs.calls.told import UNKNOWN_FAULT
from models.repairs.calls.watches import FURTHEST, USUAL_FURTHEST, RepairWatch
from models.store.database import Connection, transaction
from outbox.listings.listing_limits import BIKES, INTERVENTIONS
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.rendering.render import N_
from web.security.session import require_account

HERE = "/depannage"

SAID = {
    "notify": N_("C’est noté : nous vous préviendrons des pannes près de chez vous."),
    "no_place": N_("C’est noté. Il reste à dire où vous êtes : sans cela, nous ne savons pas ce qui est proche."),
    "pause": N_("C’est noté : nous vous laissons en paix jusque-là."),
    "stop": N_("C’est noté : nous ne vous préviendrons plus des pannes."),
}

ORGANS = tuple(one for one in INTERVENTIONS if one not in (UNKNOWN_FAULT, "other"))
"""What somebody may say that she repairs; of what nobody can name yet all are told."""

KINDS = tuple(one for one in BIKES if one is not None)

PAUSES = {"week": timedelta(days=7), "month": timedelta(days=31), "season": timedelta(days=92)}

KEPT = "kept"
"""A pause that goes on as it was."""

HOURS = tuple(str(hour) for hour in range(24))


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchChoice:
    """What a member chose, and what she may choose; `placed` where it is known what is near her."""

    watch: RepairWatch | None
    placed: bool
    paused: bool
    usual: int = USUAL_FURTHEST
    furthest: tuple[int, ...] = FURTHEST
    organs: tuple[str, ...] = ORGANS
    bikes: tuple[str, ...] = KINDS


async def load_choice(conn: Connection, account: Account | None) -> WatchChoice | None:
    """For the form of this member; None for whoever has no account."""
    if account is None:
        return None
    me, watch = await actors.get(conn, account.actor_id), await watches.find(conn, account.actor_id)
    return WatchChoice(watch=watch, placed=is_placed(account, me), paused=watch is not None and _is_paused(watch))


def is_placed(account: Account, me: Actor) -> bool:
    """Whether it is known what is near her: her place, or the commune that she named when she joined."""
    return me.latitude is not None or account.default_commune_code is not None


def _is_paused(watch: RepairWatch) -> bool:
    return watch.paused_until is not None and watch.paused_until > datetime.now(UTC)


async def post_watch(request: web.Request) -> web.Response:
    """POST /depannage/prevenir: be told of calls nearby, how, or not."""
    account = require_account(request)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        if not form.flag("notify"):
            await watches.remove(conn, account.actor_id)
            done = "stop"
        else:
            watch = _read_watch(form, await watches.find(conn, account.actor_id))
            await watches.save(conn, account.actor_id, watch)
            me = await actors.get(conn, account.actor_id)
            done = "pause" if _is_paused(watch) else "notify" if is_placed(account, me) else "no_place"
    raise redirect_with_message(HERE, done, part="prevenir")


def _read_watch(form: Form, held: RepairWatch | None) -> RepairWatch:
    """As it was chosen; what is not in the form, or cannot be, is as usual."""
    usual = held or RepairWatch(by_mail=True, at_night=False)
    pause = form.choice("pause", ("", KEPT, *PAUSES))
    paused_until = datetime.now(UTC) + PAUSES[pause] if pause in PAUSES else None
    return RepairWatch(
        by_mail=form.flag("email"),
        at_night=form.flag("at_night"),
        organs=list(form.many("organs", ORGANS)),
        bike_types=list(form.many("bike_types", KINDS)),
        furthest=int(form.choice("furthest", tuple(map(str, FURTHEST)), default=str(usual.furthest))),
        paused_until=usual.paused_until if pause == KEPT else paused_until,
        quiet_from=int(form.choice("quiet_from", HOURS, default=str(usual.quiet_from))),
        quiet_until=int(form.choice("quiet_until", HOURS, default=str(usual.quiet_until))),
    )
