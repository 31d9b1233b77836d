"""Why something that came from elsewhere was left alone, in the language of members: the log has it in English."""

from collections.abc import Callable

from inbox.errors import CAUSES as NO_ROOM
from inbox.posts.message_requests import NOBODY
from inbox.posts.votes import CAUSES as NO_VOTE
from web.rendering.render import N_

FOR_NOBODY = N_("Elle ne concernait personne d’ici.")
GONE = N_("Ce dont elle parle n’est pas ici, ou n’y est plus.")
NOT_PUBLIC = N_("Elle n’était pas pour tout le monde.")
UNSEEN = N_("Les deux personnes ne se voient pas.")
ANOTHERS = N_("Elle parle de ce qui est à quelqu’un d’autre que la personne qui l’a envoyée.")
UNPROVEN = N_("Le site d’où elle vient ne la confirme pas.")
UNKNOWN_KIND = N_("C’est une sorte de message que nous ne montrons pas.")
TOO_LATE = N_("Elle est arrivée trop tard : autre chose a été dit depuis.")
NOT_AGREED = N_("Elle ne va pas avec l’échange dont elle parle : rien n’y a changé.")
VOTE = N_("C’est un vote, et ce sondage ne pouvait pas le compter.")
OURS = N_("Elle vient d’ici.")
NO_QUOTE = N_("Cette citation n’a pas été demandée ou accordée comme il faut.")
NO_MOVE = N_("Ce déménagement de compte n’a pas pu être suivi.")
HIDDEN = N_("Votre coop ne montre pas ce qu’écrit cette personne.")

REASONS: dict[str, str] = {
    "Nobody here follows its author, is named in it, or is answered by it.": N_(
        "Personne d’ici ne suivait son auteur à ce moment-là."
    ),
    "Nobody here follows who shares this.": N_("Personne d’ici ne suivait la personne qui l’a fait passer."),
    "Its author is nobody whose posts are kept here.": N_("Personne d’ici ne suivait son auteur à ce moment-là."),
    "This was deleted before it came.": N_("Elle avait déjà été retirée quand elle est arrivée."),
    "This was undone before it came.": N_("Elle avait déjà été reprise quand elle est arrivée."),
    "Nobody let it in.": N_("La personne d’ici à qui elle était écrite ne l’a pas laissée entrer."),
    NOBODY: N_("Elle venait d’une personne inconnue, et personne d’ici ne l’a laissée entrer."),
    "Its server is not welcome here.": N_("Votre coop a mis ce site à l’écart."),
    "This is an edit of an old post that is not here.": N_(
        "C’était la correction d’un ancien message que nous n’avons pas."
    ),
    "Nobody here knows its server, whose notes become no listings.": N_(
        "Personne ici ne connaît ce site, et ses messages ne deviennent pas des annonces."
    ),
    NO_ROOM["hour"]: N_("Personne ici ne connaît ce site, et il avait trop envoyé en une heure."),
    NO_ROOM["domain"]: N_("Personne ici ne connaît ce site, et trop de ses annonces attendent déjà."),
    NO_ROOM["all"]: N_("Personne ici ne connaît ce site, et trop d’annonces d’inconnus attendent déjà."),
    NO_ROOM["long"]: N_("Personne ici ne connaît ce site, et elle était trop longue pour attendre ici."),
    "This server has reported enough for one day.": N_("Ce site a déjà fait beaucoup de signalements aujourd’hui."),
    "Whoever sends this is suspended here.": HIDDEN,
    "Whoever wrote this is suspended here.": HIDDEN,
    "The two do not see each other.": UNSEEN,
    "Whoever asks does not see this listing.": UNSEEN,
    "This is not shown here.": UNKNOWN_KIND,
    "What stands there is not shown here.": UNKNOWN_KIND,
    "This shares something that is not shown here.": UNKNOWN_KIND,
    "What is shared here is not for everybody.": NOT_PUBLIC,
    "What is shared is not for everybody, or is gone.": NOT_PUBLIC,
    "This is not for everybody.": NOT_PUBLIC,
    "Only one's own public posts can be pinned.": NOT_PUBLIC,
    "This follows nobody here.": FOR_NOBODY,
    "This asks nobody here.": FOR_NOBODY,
    "This blocks nobody here.": FOR_NOBODY,
    "This reports nobody here.": FOR_NOBODY,
    "Nobody here asked to follow this actor.": FOR_NOBODY,
    "Whoever sends this is not known here.": FOR_NOBODY,
    "What is liked is not here.": GONE,
    "What was deleted is not here.": GONE,
    "What is to be quoted is not here.": GONE,
    "This object is of this server.": OURS,
    "This is somebody else's.": ANOTHERS,
    "This object is somebody else's, or was deleted.": ANOTHERS,
    "Only whoever did it can undo it.": ANOTHERS,
    "Only an account itself tells what it is like.": ANOTHERS,
    "Only its own server says what becomes of this.": ANOTHERS,
    "Only one's own posts can be pinned.": ANOTHERS,
    "This is not the collection of whoever sent it.": ANOTHERS,
    "This is by somebody else than whoever sends it, and not for everybody.": ANOTHERS,
    "Its own server does not say that this is deleted.": UNPROVEN,
    "Its own server does not say that this private post is deleted.": UNPROVEN,
    "Its own server still shows it.": UNPROVEN,
    "Nobody here asked to quote this.": NO_QUOTE,
    "A yes to a quote names its stamp, at the server of whoever is quoted.": NO_QUOTE,
    "The post that quotes is somebody else's.": NO_QUOTE,
    "The post that should quote this says something else.": NO_QUOTE,
    "This is no post that could quote anything.": NO_QUOTE,
    "Only an account itself moves.": NO_MOVE,
    "Nothing is taken of the new address here.": NO_MOVE,
    "The new address does not say that it is the same person.": NO_MOVE,
    "The new address is nobody to follow.": NO_MOVE,
    "This account moved a few days ago.": NO_MOVE,
    "A vote in a poll is not changed.": VOTE,
    "This is a vote of somebody else.": VOTE,
    "This vote was counted before.": VOTE,
    "This votes in a poll, and is no post.": VOTE,
    "This votes in no poll of ours.": VOTE,
    "Whoever votes may not see this poll.": VOTE,
    **dict.fromkeys(NO_VOTE.values(), VOTE),
    "Something newer is known of this agreement.": TOO_LATE,
    "This crossed with the end of the agreement.": TOO_LATE,
    "What is agreed is not asked for again.": TOO_LATE,
    "An Accept of terms carries the agreement in its result, in the name of whoever accepts.": NOT_AGREED,
    "Its id and the Offer with which it began are of two agreements.": NOT_AGREED,
    "No was said to this very request already: whoever still wants it asks anew.": NOT_AGREED,
    "Nobody here said yes to these terms.": NOT_AGREED,
    "Only the server of the listing's owner has the word about this agreement.": NOT_AGREED,
    "Terms are offered to whoever published the listing.": NOT_AGREED,
    "These terms are for another listing.": NOT_AGREED,
    "These terms are for nothing that is offered here.": NOT_AGREED,
    "These terms cannot be: ": NOT_AGREED,
    "This Offer is about another agreement.": NOT_AGREED,
    "This Offer is of a server that has no part in the agreement.": NOT_AGREED,
    "This accepts terms of an exchange that is not kept here.": NOT_AGREED,
    "This agreement is in no state known here.": NOT_AGREED,
    "This answers no terms of theirs that are known here.": NOT_AGREED,
    "This is about no agreement of theirs that is known here.": NOT_AGREED,
    "This is said to be of the future.": NOT_AGREED,
    "This is the id of another agreement, or of another server.": NOT_AGREED,
    "This refuses terms of an exchange that is not kept here.": NOT_AGREED,
    "This report names other people than the agreement.": NOT_AGREED,
}
"""By what `inbox.errors.Ignored` says, which stays in the row of what was received; one that goes on ends with a colon.

A test holds that every sentence of `inbox` stands here.
"""


def explain_ignored(say: Callable[..., str], kept: str) -> str:
    """The sentence for what was kept. What failed, or was kept by another version, stays as the log has it."""
    found = REASONS.get(kept) or REASONS.get(f"{kept.partition(': ')[0]}: ")
    return say(found) if found else say(N_("Le journal de la plateforme dit, en anglais : %(kept)s"), kept=kept)
