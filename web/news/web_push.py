"""Notifications to the apps of our people: one job for each app, so that a service that is away delays no other."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import structlog

from federation.instance import Instance
from federation.media.built_in_pictures import find_icon_url
from federation.media.media_uris import thumbnail_url
from federation.texts.html_cleaner import to_text
from federation.web_push import MOST_BYTES, Claims, PushMessage, encrypt, load_key
from models import posts, preferences
from models.errors import DeclicError
from models.listings import listings
from models.news import notifications, push_subscriptions
from models.news.notifications import Notification, NotificationType
from models.news.told import PUSH
from models.people import accounts, actors
from models.people.actors import Actor
from models.posts.media import media
from models.repairs.calls import quiet_hours, watches
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection, connection, transaction
from web.news.leading_mentions import strip_leading_mentions

ONE = "push_one"

ENDED = frozenset({404, 410})
"""The service does not know the app any more."""

LATER = frozenset({408, 425, 429})

LONGEST = 140

log = structlog.get_logger(__name__)

AS: dict[NotificationType, str] = {
    "repair_call": "status",
    "reserve_next": "status",
    "saved_search": "status",
    "match": "status",
    "sign_up": "admin.sign_up",
    "sign_up_message": "admin.sign_up",
    "held_post": "admin.report",
    "second_asked": "admin.report",
    "appeal": "admin.report",
    "handed_over": "admin.report",
    "letters_waiting": "admin.report",
    "servers_stuck": "admin.report",
    "mails_stuck": "admin.report",
    "chores_failing": "admin.report",
    "backup_overdue": "admin.report",
    "community_unmanaged": "admin.report",
    "coop_friendship": "admin.report",
    "territory_proposed": "admin.report",
    "community_hold_asked": "admin.report",
    "decision": "moderation_warning",
}
"""By which name apps know what is ours: the alert that somebody chose there (models/news/push_subscriptions)."""

TITLES: dict[NotificationType, tuple[str, str]] = {
    "mention": ("{name} vous a écrit", "{name} wrote to you"),
    "status": ("{name} vient de publier", "{name} just posted"),
    "reblog": ("{name} a partagé votre publication", "{name} boosted your post"),
    "follow": ("{name} vous suit", "{name} follows you"),
    "follow_request": ("{name} aimerait vous suivre", "{name} would like to follow you"),
    "favourite": ("{name} s’intéresse à votre publication", "{name} likes your post"),
    "poll": ("Un sondage est terminé", "A poll has ended"),
    "update": ("{name} a modifié une publication", "{name} edited a post"),
    "quote": ("{name} cite votre publication", "{name} quotes your post"),
    "admin.report": ("Un signalement attend l’équipe de la coop", "A report waits for the cooperative’s team"),
    "admin.sign_up": ("{name} vient de rejoindre la coop", "{name} just joined the cooperative"),
    "sign_up": ("Quelqu’un demande à devenir membre", "Somebody asks to become a member"),
    "sign_up_message": ("Qui demande à devenir membre vous écrit", "Who asks to become a member writes to you"),
    "held_post": ("Une publication attend l’équipe de la coop", "A post waits for the cooperative’s team"),
    "second_asked": ("Une décision attend votre accord", "A decision waits for your agreement"),
    "appeal": ("Une décision est contestée", "A decision is contested"),
    "handed_over": ("{name} vous passe la main", "{name} hands over to you"),
    "letters_waiting": ("Un message d’une personne inconnue attend", "A message of a stranger waits"),
    "servers_stuck": ("Une autre plateforme ne reçoit plus rien", "Another platform receives nothing any more"),
    "mails_stuck": ("Des courriels ne partent pas", "Mails do not leave"),
    "chores_failing": ("La plateforme n’arrive pas à faire une tâche", "The platform fails at a task"),
    "backup_overdue": ("Les sauvegardes demandent un regard", "The backups need a look"),
    "coop_friendship": ("Une coop voisine attend un mot de la vôtre", "A neighbouring co-op waits for a word of yours"),
    "territory_proposed": ("Un membre propose un territoire", "A member proposes a territory"),
    "community_unmanaged": ("Une communauté n’a personne pour la gérer", "A community has nobody who manages it"),
    "community_hold_asked": ("Une communauté demande quelque chose à la coop", "A community asks the cooperative"),
    "community_hold_answered": ("Une coop a répondu à {name}", "A cooperative has answered {name}"),
    "community_moved": ("{name} vit maintenant ailleurs", "{name} lives elsewhere now"),
    "community_asked": ("On demande à entrer dans {name}", "Somebody asks to come into {name}"),
    "community_accepted": ("{name} vous accueille", "{name} welcomes you"),
    "community_refused": ("{name} a répondu à votre demande", "{name} has answered your request"),
    "community_invited": ("{name} vous invite", "{name} invites you"),
    "community_charter": ("La charte de {name} change", "The charter of {name} changes"),
    "community_removed": ("Vous n’êtes plus dans {name}", "You are no longer in {name}"),
    "community_role": ("Votre rôle dans {name} a changé", "Your role in {name} has changed"),
    "community_report": ("Un signalement vous attend dans {name}", "A report waits for you in {name}"),
    "community_hidden": ("{name} a retiré quelque chose de vous", "{name} has hidden something of yours"),
    "community_shown": ("{name} montre de nouveau quelque chose de vous", "{name} shows something of yours again"),
    "bike_asked": ("On a demandé le numéro de votre vélo volé", "Somebody asked about your stolen bike’s number"),
    "territory_answered": ("La coop a répondu à votre proposition", "The cooperative has answered your proposal"),
    "shutdown": ("{name} va fermer sa plateforme", "{name} will close its platform"),
    "shutdown_over": ("{name} ne ferme plus sa plateforme", "{name} does not close its platform any more"),
    "posts_returned": ("{name} a retrouvé de vos publications", "{name} found posts of yours again"),
    "repair_call": ("{name} est en panne près de chez vous", "{name} has broken down near you"),
    "reserve_next": ("C’est de nouveau libre chez {name}", "It is free again at {name}’s"),
    "saved_search": ("Une de vos alertes a trouvé quelque chose", "One of your alerts found something"),
    "match": ("Une annonce va avec une des vôtres", "A listing fits one of yours"),
    "decision": ("L’équipe a pris une décision qui vous concerne", "The team has decided something about you"),
    "decision_ended": ("Ce que l’équipe avait décidé ne vaut plus", "What the team had decided is over"),
    "appeal_answered": ("L’équipe a répondu à votre recours", "The team has answered your appeal"),
}
"""French, English."""

WORDLESS: frozenset[NotificationType] = frozenset({
    "admin.report", "sign_up", "sign_up_message", "held_post", "second_asked", "appeal", "handed_over",
    "letters_waiting", "servers_stuck", "mails_stuck", "chores_failing", "backup_overdue",
    "coop_friendship", "territory_proposed",
    "community_unmanaged", "community_hold_asked", "decision", "decision_ended", "appeal_answered",
})  # fmt: skip
"""What waits for the team is said by its title: a telephone shows it to whoever holds it."""


class PushServiceUnavailable(DeclicError):
    """The service of an app does not take messages now."""

    status = 503
    retry = True


async def push_notification(instance: Instance, payload: dict[str, int]) -> None:
    """Ask for a message to each app that wants this notification. May run twice.

    About a repair call nobody is told in her quiet hours: it waits until they are over.
    """
    async with transaction(instance.pool) as conn:
        rest = await _find_rest(conn, payload["id"], datetime.now(UTC))
        if rest is None:
            return
        if rest > timedelta(0):
            await jobs.enqueue(conn, PUSH, payload, wait=rest)
            return
        for id in await push_subscriptions.list_wanting(conn, payload["id"]):
            key = f"{ONE}:{payload['id']}:{id}"
            await jobs.enqueue(conn, ONE, {"id": payload["id"], "subscription": id}, key=key)


async def _find_rest(conn: Connection, notification_id: int, at: datetime) -> timedelta | None:
    """How long the push of a notification waits; None for one about a call that is no longer open, or of which she does
    not want to be told now.
    """
    told = await notifications.find(conn, notification_id)
    if told is None or told.type != "repair_call" or told.post_id is None:
        return timedelta(0)
    listing = await listings.find_by_post(conn, told.post_id)
    if listing is None or listing.details.status != "open":
        return None
    watch = await watches.find(conn, told.recipient_id)
    urgency = (listing.details.repair or {}).get("urgency")
    if watch is None or (watch.paused_until is not None and watch.paused_until > at):
        return None
    return quiet_hours.find_rest(watch, urgency, at)


async def push_one(instance: Instance, payload: dict[str, int]) -> None:
    """Send one message to one app. Raises PushServiceUnavailable where it is to be tried again."""
    async with connection(instance.pool) as conn:
        subscription = await push_subscriptions.find_wanting(conn, payload["id"], payload["subscription"])
        notification = await notifications.find(conn, payload["id"])
        if subscription is None or notification is None:
            return
        message = await write_message(conn, instance.site, notification)
        contact = (await preferences.load(conn)).contact_email
    claims = Claims(contact=f"mailto:{contact}" if contact else instance.site.url, at=datetime.now(UTC))
    envelope = encrypt(subscription, message, await load_key(instance), claims)
    await _post(instance, subscription, envelope)


async def _post(instance: Instance, subscription: push_subscriptions.PushSubscription, envelope: PushMessage) -> None:
    answer = await instance.transport.post_message(subscription.endpoint, envelope.body, envelope.headers)
    if answer.delivered:
        return
    if answer.status in ENDED:
        async with transaction(instance.pool) as conn:
            await push_subscriptions.end(conn, subscription.id, subscription.endpoint)
    elif answer.status is None or answer.status >= 500 or answer.status in LATER:
        raise PushServiceUnavailable(answer.error)
    else:
        log.info("push_refused", status=answer.status, cause=answer.error)


async def write_message(conn: Connection, site: Site, notification: Notification) -> bytes:
    """What the app shows, as Mastodon writes it; the app's own token is not kept here, so it is left empty."""
    account = await accounts.get(conn, notification.recipient_id)
    english = account.language == "en"
    actor = await actors.get(conn, notification.actor_id)
    french_title, english_title = TITLES.get(notification.type, ("{name}", "{name}"))
    value: dict[str, Any] = {
        "access_token": "",
        "preferred_locale": account.language,
        "notification_id": str(notification.id),
        "notification_type": AS.get(notification.type, notification.type),
        "icon": await _find_icon(conn, site, actor),
        "title": _cut((english_title if english else french_title).format(name=actor.display_name)),
        "body": _cut(await _find_words(conn, notification, actor)),
    }
    message = orjson.dumps(value)
    return message if len(message) <= MOST_BYTES else orjson.dumps(value | {"icon": "", "body": ""})


async def _find_words(conn: Connection, notification: Notification, actor: Actor) -> str:
    """The beginning of the post that it is about, as far as the reader may see it; of a follow, who it is."""
    if notification.type in WORDLESS:
        return ""
    if notification.post_id is None:
        return to_text(actor.summary)
    post = await posts.find_visible(conn, notification.post_id, notification.recipient_id)
    if post is None or post.warning:
        return post.warning if post else ""
    [post] = await strip_leading_mentions(conn, [post])
    return to_text(post.content)


async def _find_icon(conn: Connection, site: Site, actor: Actor) -> str:
    icon = await media.find(conn, actor.icon_media_id) if actor.icon_media_id else None
    return (thumbnail_url(site, icon) if icon else None) or find_icon_url(site, actor) or ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
