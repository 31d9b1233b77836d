"""The table from an activity's type to its reader; each takes the JSON as decoded and returns the value.

All raise Malformed for what is no activity, and Unsupported for what is to be accepted and ignored.
"""

from collections.abc import Callable

from federation.errors import Malformed, Unsupported
from federation.json.fields import (
    MAX_CONTENT,
    Json,
    each,
    is_named,
    localized,
    one,
    require_uri,
    text,
    types,
    uri,
    uris,
    whole,
)
from federation.vocabulary.activities.activities import (
    Accept,
    Activity,
    Add,
    Announce,
    Block,
    Create,
    Delete,
    Flag,
    Follow,
    Like,
    Move,
    Offer,
    QuoteRequest,
    Reject,
    Remove,
    Undo,
    Update,
)
from federation.vocabulary.activities.activity_header import read_header
from federation.vocabulary.activities.participation import Invite, Join, TentativeAccept
from federation.vocabulary.activities.participation_readers import (
    MAX_PARTY,
    read_invite,
    read_join,
    read_leave,
    read_view,
)
from federation.vocabulary.agreements import read_agreement
from federation.vocabulary.bike_books import read_bike_book
from federation.vocabulary.communities import read_version
from federation.vocabulary.embedded import read_embedded
from federation.vocabulary.friendships import read_friendship
from federation.vocabulary.objects import Tombstone, read_tombstone

MAX_FLAGGED = 100
MAX_REPORT = 5_000


def read_activity(document: Json) -> Activity:
    """An activity that somebody posted: it has an id (AX22) and one actor."""
    if not types(document):
        raise Malformed("This has no type.")
    read = _find_reader(document)
    if uri(document.get("id")) is None:
        raise Unsupported("This activity has no id, so it is passing news that nobody keeps.")
    return read(document)


def require_readable(document: Json) -> Activity | None:
    """Raise what `read_activity` would for an activity that has its id and its actor; what that is, where it was read.

    An object that can be had by its address is not read for that: one that cannot be read counts as its address.
    """
    read = _find_reader(document)
    if read not in _EMBEDDING or uri(next(each(document.get("object")), None)) is None:
        return read(document)
    return None


def read_inner_activity(document: Json) -> Activity:
    """An activity inside another one; it may have lost its id, which is then empty."""
    return _find_reader(document)(document)


def is_activity(document: Json) -> bool:
    """Whether an object is an activity of a type that we know."""
    return any(name in READERS for name in types(document))


def _find_reader(document: Json) -> "Callable[[Json], Activity]":
    for name in types(document):
        if name in READERS:
            return READERS[name]
    raise Unsupported(f"{next(iter(types(document)), 'An object without type')[:100]} is no activity known here.")


def read_create(document: Json) -> Create:
    """`object` is the object itself or its address."""
    return Create(**read_header(document), object=read_embedded(document.get("object")))


def read_update(document: Json) -> Update:
    """`object` is the object as it is now, or its address."""
    return Update(**read_header(document), object=read_embedded(document.get("object")))


def read_delete(document: Json) -> Delete:
    """`object` is an address, a Tombstone or what the object was; only its id counts."""
    found = next(each(document.get("object")), None)
    tombstone = read_tombstone(found) if isinstance(found, dict) else Tombstone(id=require_uri(document, "object"))
    return Delete(**read_header(document), object=tombstone)


def read_follow(document: Json) -> Follow:
    """Somebody asks to follow."""
    return Follow(**read_header(document), object=require_uri(document, "object"))


def read_offer(document: Json) -> Offer:
    """Terms can be offered (FEP-0837), a bike with its book, and friendship; other Offers are Unsupported."""
    book = one(document.get("object"), lambda found: found if is_named(found, "BikeBook") else None)
    if book is not None:
        return Offer(**read_header(document), object=read_bike_book(book))
    friendship = one(document.get("object"), lambda found: found if is_named(found, "Relationship") else None)
    if friendship is not None:
        return Offer(**read_header(document), object=read_friendship(friendship))
    agreement = one(document.get("object"), lambda found: found if is_named(found, "Agreement") else None)
    if agreement is None:
        raise Unsupported("Only agreements, bikes and friendship can be offered here.")
    terms = read_agreement(agreement)
    return Offer(
        **read_header(document),
        object=terms,
        content=localized(document, "content", MAX_CONTENT) or "",
        in_reply_to=uri(document.get("inReplyTo")) or terms.in_reply_to,
    )


def read_accept(document: Json) -> Accept:
    """`object` is what was asked, or its address; `result` an Agreement, or where a stamp is."""
    result = one(document.get("result"), lambda found: found if is_named(found, "Agreement") else None)
    return Accept(
        **read_header(document),
        object=_read_answered(document),
        result=read_agreement(result) if result is not None else None,
        stamp=uri(document.get("result")) if result is None else None,
        charter_version=read_version(document),
    )


def read_reject(document: Json) -> Reject:
    """`object` is what was asked, or its address."""
    return Reject(
        **read_header(document),
        object=_read_answered(document),
        content=localized(document, "content", MAX_CONTENT) or "",
    )


def _read_answered(document: Json) -> Follow | Offer | QuoteRequest | Join | Invite | str:
    inner = _read_inner(document)
    if isinstance(inner, Follow | Offer | QuoteRequest | Join | Invite | str):
        return inner
    return inner.id or require_uri(document, "object")


def _read_inner(document: Json) -> "Activity | str":
    """The activity in `object`; its address alone where that is all that can be read of it."""
    found = next(each(document.get("object")), None)
    if isinstance(found, dict) and "type" in found:
        try:
            return read_inner_activity(found)
        except (Malformed, Unsupported):
            if uri(found) is None:
                raise
    return require_uri(document, "object")


def read_quote_request(document: Json) -> QuoteRequest:
    """`instrument` is the post that quotes, or its address. Raises Malformed for one that asks nothing."""
    return QuoteRequest(
        **read_header(document),
        object=require_uri(document, "object"),
        instrument=read_embedded(document.get("instrument")),
    )


def read_undo(document: Json) -> Undo:
    """`object` is the activity taken back, or its address."""
    return Undo(
        **read_header(document),
        object=_read_inner(document),
        content=localized(document, "content", MAX_CONTENT) or "",
    )


def read_like(document: Json) -> Like:
    """Somebody likes something."""
    return Like(**read_header(document), object=require_uri(document, "object"))


def read_announce(document: Json) -> Announce:
    """`object` is an address, an object, or an activity that a Group passes on."""
    header = read_header(document)
    found = next(each(document.get("object")), None)
    if isinstance(found, dict) and is_activity(found):
        return Announce(**header, object=_read_inner(document))
    return Announce(**header, object=read_embedded(found))


def read_block(document: Json) -> Block:
    """Somebody blocks somebody."""
    return Block(**read_header(document), object=require_uri(document, "object"))


def read_add(document: Json) -> Add:
    """Something is put into a collection."""
    return Add(**read_header(document), object=require_uri(document, "object"), target=require_uri(document, "target"))


def read_remove(document: Json) -> Remove:
    """Something is taken out of a collection: its `target`, or its `origin`, as ActivityStreams says it."""
    return Remove(
        **read_header(document),
        object=require_uri(document, "object"),
        target=uri(document.get("target")) or require_uri(document, "origin"),
        content=localized(document, "content", MAX_CONTENT) or "",
    )


def read_flag(document: Json) -> Flag:
    """A report; raises Malformed where it names nothing. Lemmy writes why as its `summary`."""
    objects = uris(document.get("object"), MAX_FLAGGED)
    if not objects:
        raise Malformed("This report names nothing.")
    content = text(document.get("content"), MAX_REPORT) or text(document.get("summary"), MAX_REPORT)
    return Flag(**read_header(document), objects=objects, content=content or "")


def read_move(document: Json) -> Move:
    """An account moved."""
    return Move(**read_header(document), object=require_uri(document, "object"), target=require_uri(document, "target"))


def read_tentative_accept(document: Json) -> TentativeAccept:
    """Somebody who asked to take part waits for a seat; anything else accepted so is Unsupported."""
    answered = _read_answered(document)
    if not isinstance(answered, Join | str):
        raise Unsupported("Only a Join is accepted tentatively here.")
    return TentativeAccept(
        **read_header(document),
        object=answered,
        place=whole(document.get("placeInLine"), 1, MAX_PARTY * MAX_PARTY),
        content=localized(document, "content", MAX_CONTENT) or "",
    )


READERS: dict[str, Callable[[Json], Activity]] = {
    "Accept": read_accept,
    "Add": read_add,
    "Announce": read_announce,
    "Block": read_block,
    "Create": read_create,
    "Delete": read_delete,
    "Flag": read_flag,
    "Follow": read_follow,
    "Invite": read_invite,
    "Join": read_join,
    "Leave": read_leave,
    "Like": read_like,
    "Move": read_move,
    "Offer": read_offer,
    "QuoteRequest": read_quote_request,
    "Reject": read_reject,
    "Remove": read_remove,
    "TentativeAccept": read_tentative_accept,
    "Undo": read_undo,
    "Update": read_update,
    "View": read_view,
}

_EMBEDDING = frozenset({read_create, read_update})
"""Those that take the address of an object in its stead."""
