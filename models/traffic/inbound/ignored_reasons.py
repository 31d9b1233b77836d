"""Why an activity that came in was left alone: the codes that stand in the row of what was received.

Whoever reads them gets a sentence in her language: `web/pages/servers/ignored_reasons`.
"""

from typing import Literal

IgnoredReason = Literal[
    "book_not_awaited",  # A bike or its book that nobody here said yes to, or of somebody else than who offered it
    "book_without_room",  # A bike for somebody who has too many noted already
    "friendship_not_ours",  # A friendship that is not between a cooperative that says it itself, and ours
    "friendship_without_room",  # More proposals of friendship wait than are kept, of all or of its domain
    "friendship_not_awaited",  # An answer to a friendship that ours did not propose, or no longer
    "concerns_nobody",  # Nobody here follows its author, is named in it, or is answered by it
    "sharer_not_followed",  # Nobody here follows who shares this
    "author_not_kept",  # Its author is nobody whose posts are kept here
    "deleted_before",  # This was deleted before it came
    "undone_before",  # This was undone before it came
    "not_let_in",  # Nobody let it in
    "stranger_not_accepted",  # Nobody whom this is for takes what strangers write, or too much of it waits already
    "server_not_welcome",  # Its server is not welcome here
    "edit_of_unknown_post",  # This is an edit of an old post that is not here
    "note_of_unknown_server",  # Nobody here knows its server, whose notes become no listings
    # Nobody here knows its server, which sent more listings within an hour than are kept of such a one
    "unknown_server_hour",
    "unknown_server_domain",  # Nobody here knows its server, of which as many listings wait as are kept of such a one
    "unknown_server_all",  # Nobody here knows its server, and as many listings of such ones wait as are kept
    "unknown_server_long",  # Nobody here knows its server, and it is longer than what is kept of such a one
    "too_many_reports",  # This server has reported enough for one day
    "sender_suspended",  # Whoever sends this is suspended here
    "author_suspended",  # Whoever wrote this is suspended here
    "blocked",  # The two do not see each other
    "listing_not_visible",  # Whoever asks does not see this listing
    "kind_not_shown",  # This is not shown here
    "fetched_kind_not_shown",  # What stands there is not shown here
    "shared_kind_not_shown",  # This shares something that is not shown here
    "shared_not_public",  # What is shared here is not for everybody
    "shared_not_public_or_gone",  # What is shared is not for everybody, or is gone
    "not_public",  # This is not for everybody
    "pinned_not_public",  # Only one's own public posts can be pinned
    "follows_nobody",  # This follows nobody here
    "follow_id_taken",  # This is the id of what somebody else asked, or of another follow
    "asks_nobody",  # This asks nobody here
    "blocks_nobody",  # This blocks nobody here
    "reports_nobody",  # This reports nobody here
    "follow_not_asked",  # Nobody here asked to follow this actor
    "sender_unknown",  # Whoever sends this is not known here
    "liked_not_here",  # What is liked is not here
    "deleted_not_here",  # What was deleted is not here
    "quoted_not_here",  # What is to be quoted is not here
    "object_is_ours",  # This object is of this server
    "not_by_outbox_owner",  # This is somebody else's
    "not_own_object",  # This object is somebody else's, or was deleted
    "undo_of_others",  # Only whoever did it can undo it
    "update_of_other_actor",  # Only an account itself tells what it is like
    "not_own_server",  # Only its own server says what becomes of this
    "pinned_not_own",  # Only one's own posts can be pinned
    "not_own_collection",  # This is not the collection of whoever sent it
    "delegated_not_public",  # This is by somebody else than whoever sends it, and not for everybody
    "deletion_not_confirmed",  # Its own server does not say that this is deleted
    "private_deletion_not_confirmed",  # Its own server does not say that this private post is deleted
    "still_shown",  # Its own server still shows it
    "quote_not_asked",  # Nobody here asked to quote this
    "quote_without_stamp",  # A yes to a quote names its stamp, at the server of whoever is quoted
    "quoting_not_own",  # The post that quotes is somebody else's
    "quoting_differs",  # The post that should quote this says something else
    "quoting_no_post",  # This is no post that could quote anything
    "move_of_other_actor",  # Only an account itself moves
    "move_target_refused",  # Nothing is taken of the new address here
    "move_not_confirmed",  # The new address does not say that it is the same person
    "move_target_unknown",  # The new address is nobody to follow
    "moved_lately",  # This account moved a few days ago
    "views_nobody",  # This says of no call of ours how many were told of it
    "view_outdated",  # Something newer is known of how many were told, or this is of a day to come
    "vote_changed",  # A vote in a poll is not changed
    "vote_not_own",  # This is a vote of somebody else
    "vote_counted",  # This vote was counted before
    "vote_as_post",  # This votes in a poll, and is no post
    "vote_no_poll",  # This votes in no poll of ours
    "vote_poll_not_visible",  # Whoever votes may not see this poll
    "vote_over",  # This votes in a poll that is over
    "vote_mine",  # This votes in a poll of its own author
    "vote_none",  # This votes for nothing
    "vote_unknown",  # This votes for what is no answer of the poll
    "vote_several",  # This votes for several answers of a poll that takes one
    "vote_voted",  # Whoever votes has chosen this before, or something else in a poll that takes one answer
    "agreement_outdated",  # Something newer is known of this agreement
    "agreement_ended",  # This crossed with the end of the agreement
    "agreement_settled",  # What is agreed is not asked for again
    # An Accept of terms carries the agreement in its result, in the name of whoever accepts
    "accept_without_agreement",
    "agreement_and_offer_differ",  # Its id and the Offer with which it began are of two agreements
    "request_refused_before",  # No was said to this very request already: whoever still wants it asks anew
    "terms_not_accepted",  # Nobody here said yes to these terms
    "not_owner_of_agreement",  # Only the server of the listing's owner has the word about this agreement
    "offer_not_to_owner",  # Terms are offered to whoever published the listing
    "terms_for_other_listing",  # These terms are for another listing
    "terms_for_no_listing",  # These terms are for nothing that is offered here
    "terms_impossible",  # These terms cannot be
    "offer_of_other_agreement",  # This Offer is about another agreement
    "offer_of_other_server",  # This Offer is of a server that has no part in the agreement
    "accepts_unknown_exchange",  # This accepts terms of an exchange that is not kept here
    "agreement_state_unknown",  # This agreement is in no state known here
    "offer_answers_nothing",  # This answers no terms of theirs that are known here
    "agreement_unknown",  # This is about no agreement of theirs that is known here
    "agreement_from_future",  # This is said to be of the future
    "agreement_id_taken",  # This is the id of another agreement, or of another server
    "refuses_unknown_exchange",  # This refuses terms of an exchange that is not kept here
    "joins_nobody",  # This is about no community or meeting of ours that whoever sends it may know of
    "membership_not_asked",  # Nobody here asked this community for that, or was invited by it
    "membership_not_allowed",  # Whoever sends this may not decide it in this community, or it is so no longer
    "not_inside",  # This stays inside a community in which whoever sends it is not, or whose charter she did not accept
    "nobody_inside",  # This stays inside a community in which nobody here is
    "not_passed_on_by_home",  # What stays inside a community comes from its home
    "not_vouched_for",  # What a community passes on carries no proof of its author
    "member_unknown",  # This is about somebody who is not known here
    "join_of_others",  # This is the id of what somebody else asked
    "accepts_unknown_join",  # This answers nothing that somebody here asked of this server
    "address_not_awaited",  # Nobody waits for an address in what is agreed
    "report_names_others",  # This report names other people than the agreement
    "report_unknown",  # Nobody reported that, or somebody else
    "report_without_result",  # Of this report nothing but what came out of a repair can be changed
    "result_out_of_time",  # What it is the result of was not agreed, came to nothing, or has not begun
    "result_outdated",  # Something newer is known of what came out
    "result_too_late",  # What came out is noted anew for a week
]
"""What each means stands beside it."""

WITH_CAUSE: frozenset[IgnoredReason] = frozenset({"terms_impossible"})
"""Codes behind which a cause stands, after a colon: what the verb said that refused."""
