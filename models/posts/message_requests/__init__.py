"""What strangers wrote to our people: it waits until each of them lets it in or sends it away (B-57)."""

from models.posts.message_requests.deciding import (
    accept,
    decide,
    drop,
    drop_host,
    list_pairs,
    list_related_pairs,
    settle,
)
from models.posts.message_requests.reading import (
    count_senders,
    find,
    find_sender,
    is_waiting,
    list_hosts,
    list_of,
    list_senders,
)
from models.posts.message_requests.saving import (
    forget_barred,
    forget_old,
    forget_person,
    forget_unwelcome,
    has_room,
    hold,
    keep,
    take_back,
)
from models.posts.message_requests.values import KEPT_DAYS, NewRequest, Request, Sender, WaitingServer

__all__ = [
    "KEPT_DAYS",
    "NewRequest",
    "Request",
    "Sender",
    "WaitingServer",
    "accept",
    "count_senders",
    "decide",
    "drop",
    "drop_host",
    "find",
    "find_sender",
    "forget_barred",
    "forget_old",
    "forget_person",
    "forget_unwelcome",
    "has_room",
    "hold",
    "is_waiting",
    "keep",
    "list_hosts",
    "list_of",
    "list_pairs",
    "list_related_pairs",
    "list_senders",
    "settle",
    "take_back",
]
