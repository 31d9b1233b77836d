-- What each view, function and trigger holds, and why it does so in SQL: to be read in the database itself (`\d+`,
-- `\df+`) and in schema.sql. Whoever makes a new one comments on it in the same migration.

COMMENT ON VIEW full_actor IS
    'An actor as it is read, without the document as received, which is large: one list of columns for all readers.';
COMMENT ON VIEW full_post IS
    'A post as it is read, without the object as received, which is large: one list of columns for all readers.';
COMMENT ON VIEW full_listing IS
    'A listing together with its post, as it is read, in any state and tombstones too: one join for all readers.';
COMMENT ON VIEW full_agreement IS
    'An agreement as it is read: one list of columns for all readers.';
COMMENT ON VIEW barred IS
    'Who may not see whom, both ways, because one blocks the other or the server of the other: a view, so that '
    'every statement that shows something asks the same question.';
COMMENT ON VIEW hidden IS
    'Whom the lists of a reader leave out, which are those of `barred` and whom she mutes now: a view, so that no '
    'list forgets one of the two.';
COMMENT ON VIEW shown_notification IS
    'What somebody is told of, without what those did who are suspended, blocked or muted since: decided when it is '
    'read, so that lifting a block brings it back; OFFSET 0 keeps the question about `barred` a look-up.';
COMMENT ON VIEW listed_notification IS
    'Shown notifications that have a line of their own on pages, because messages, thanks and notices of a thread '
    'stand on the line of the thread; one that only pages tell is not read because an app was read up to there.';
COMMENT ON VIEW shown_filtered_notification IS
    'What a policy of its recipient set apart, without what was taken back and what those did who are suspended, '
    'blocked or muted since: the list and its count must agree.';
COMMENT ON VIEW unread_exchange IS
    'Threads with something that one of the two has not read, unless she muted the thread or hides from the other: '
    'a view, so that the list and the numbers beside it agree.';
COMMENT ON VIEW shown_message_request IS
    'What strangers wrote to a member and she may let in, without whoever is gone, suspended, blocked or muted: the '
    'list, its count and letting in see the same.';
COMMENT ON VIEW watching_repairer IS
    'Members who are told of repair calls nearby and can be told now, with the place that distances count from: '
    'whom a new call is told to and who is counted on pages are the same people.';

COMMENT ON FUNCTION fold(text) IS
    'A text in small letters without accents, for searching and comparing; IMMUTABLE, unlike unaccent(), because '
    'indexes are built with it.';
COMMENT ON FUNCTION fold_plurals(text) IS
    'Takes off the plurals that the French stemmer leaves (vélos, clous, jeux), in what is looked through and in '
    'what is asked for; the column `listing.search` is generated with it.';
COMMENT ON FUNCTION domains_of(text) IS
    'A host and every domain above it, with and without its port, because what is decided about one of them counts '
    'for it; used by views and functions of the same rule.';
COMMENT ON FUNCTION is_welcome(text) IS
    'Whether the cooperative deals with this host: never when it or a domain above it is set aside, else always, or '
    'only friends and listed ones where federation is limited; a trigger asks it too.';
COMMENT ON FUNCTION is_known(text) IS
    'Whether what this host publishes may stand in public lists, because people here had to do with it, or the '
    'cooperative or a friend of it named it: asked by triggers and statements, some for many hosts at once.';
COMMENT ON FUNCTION may_have_private(text) IS
    'Whether private things may be sent to this host, which is not so once it or a domain above it was marked as '
    'one that shows them; statements that hold and free deliveries ask it.';
COMMENT ON FUNCTION is_private(bigint) IS
    'Whether an activity of ours carries a post that is not for everybody, so that it may go only where '
    '`may_have_private` allows; statements that hold and free deliveries ask it.';
COMMENT ON FUNCTION is_private_word(bigint) IS
    'Whether an activity of ours is said to one person alone, so that it has a lane of its own and waits for '
    'nothing that is said to everybody; statements that put deliveries in their lane ask it.';
COMMENT ON FUNCTION may_have_arrived(smallint, text, text) IS
    'Whether a delivery may have arrived at the peer, which is not so when it was cancelled before it was tried, or '
    'withheld: who is told that something was taken back, and what is said to have arrived, is the same.';
COMMENT ON FUNCTION place_of(text) IS
    'How pages call a server: the place of its cooperative where that is known and not suspended, else its host; '
    'the statements that tell where a post went give it with each host.';
COMMENT ON FUNCTION let_stand(text) IS
    'Everything of one host that waited out of public lists stands in them from now on, each in its place, and how '
    'much it was; called by a trigger and by a chore.';
COMMENT ON FUNCTION end_access(bigint, bytea) IS
    'Ends all sessions of an account but one, its log-ins half done, grants and tokens, and tells whoever holds '
    'streams open; in SQL because triggers do it, by whichever way an account ends.';
COMMENT ON FUNCTION was_read_in_an_app(bigint, bigint) IS
    'Whether a member read this private note in an app, where its conversation is read: then no mail tells her of '
    'it any more.';
COMMENT ON FUNCTION was_told_in_an_app(bigint, bigint) IS
    'Whether a member read in an app the note that tells her of this event of a thread: then no mail tells her of '
    'it any more.';
COMMENT ON FUNCTION note_unused_files() IS
    'Names the files of a media row that is gone or has got another file, so that a chore removes them: nothing '
    'that deletes rows, cascades too, may forget files.';
COMMENT ON FUNCTION suspend_with_server() IS
    'An actor whose host is not welcome is suspended from its first moment, and marked so that it comes back with '
    'its server.';
COMMENT ON FUNCTION end_access_of_actor() IS
    'Ends the access of an account whose actor was suspended or deleted, see `end_access`.';
COMMENT ON FUNCTION end_access_of_account() IS
    'Ends the access of an account that was disabled, see `end_access`.';
COMMENT ON FUNCTION finish_held() IS
    'Ends a delivery that was held for members once none of them may let it in any more, and cuts its body: '
    'whichever way requests go, cascades too.';
COMMENT ON FUNCTION require_balanced_points() IS
    'A movement of points has two lines that sum to zero, or its transaction fails: accounts must be right whatever '
    'program writes.';
COMMENT ON FUNCTION keep_points() IS
    'Movements of points are never changed nor removed, only corrected by another one: accounts must be right '
    'whatever program writes.';
COMMENT ON FUNCTION sort_notification() IS
    'A new notification is told, set apart or dropped as its recipient chose for strangers, and the strictest '
    'answer counts; in SQL because notifications are written in many places, some for hundreds of people in one '
    'statement.';
COMMENT ON FUNCTION know_followed() IS
    'The server of whom somebody here follows, or asked to follow, is known from now on: see `is_known`.';
COMMENT ON FUNCTION know_answered() IS
    'The servers of those whom somebody here names or answers are known from now on: see `is_known`.';
COMMENT ON FUNCTION know_agreed() IS
    'The server of the other side is known once somebody here put terms before it, or both said yes: see '
    '`is_known`.';
COMMENT ON FUNCTION stand_when_known() IS
    'What waited of a host stands as soon as the host is known, in the same transaction: see `let_stand`.';

COMMENT ON TRIGGER media_files ON media IS
    'Files of removed media are noted for removal, cascades from posts and actors included.';
COMMENT ON TRIGGER media_files_replaced ON media IS
    'A file that another one takes the place of is noted for removal.';
COMMENT ON TRIGGER actor_of_unwelcome_host ON actor IS
    'Nobody of a server that is set aside appears, whichever way the actor came.';
COMMENT ON TRIGGER access_of_suspended ON actor IS
    'Whoever is suspended or deleted is out of every session and app at once, whichever way it was done.';
COMMENT ON TRIGGER access_of_disabled ON account IS
    'Whoever is disabled is out of every session and app at once, whichever way it was done.';
COMMENT ON TRIGGER known_host_stands ON known_host IS
    'What a host published before it was known stands in public lists once it is.';
COMMENT ON TRIGGER follow_makes_known ON follow IS
    'Following somebody makes the server known; follows are written in several places.';
COMMENT ON TRIGGER post_makes_known ON post IS
    'Writing to somebody or answering makes the server known, notices of ours excepted.';
COMMENT ON TRIGGER request_makes_known ON agreement IS
    'Asking for something, or offering terms, makes the server of the other side known.';
COMMENT ON TRIGGER agreement_makes_known ON agreement IS
    'Countering terms or agreeing makes the server of the other side known.';
COMMENT ON TRIGGER message_request_gone ON message_request IS
    'A held delivery ends with the last request that it was held for.';
COMMENT ON TRIGGER points_movement_balanced ON points_movement IS
    'Checked at the end of the transaction, when both lines are there.';
COMMENT ON TRIGGER points_line_balanced ON points_line IS
    'Checked at the end of the transaction, so that no third line is added later.';
COMMENT ON TRIGGER points_movement_kept ON points_movement IS
    'The ledger is only ever added to.';
COMMENT ON TRIGGER points_line_kept ON points_line IS
    'The ledger is only ever added to.';
COMMENT ON TRIGGER sorted_notification ON notification IS
    'Every new notification passes the policy of its recipient, wherever it is written.';
