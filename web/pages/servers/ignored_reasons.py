"""Why something that came from elsewhere was left alone, in the reader's language: a sentence for each code."""

from collections.abc import Callable

from models.traffic.inbound.ignored_reasons import WITH_CAUSE
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
    "friendship_not_ours": N_("Une amitié qui n’est pas proposée par une coop à la nôtre, de sa propre voix."),
    "friendship_without_room": N_("Trop de propositions d’amitié attendent déjà, de partout ou de ce même nom."),
    "friendship_not_awaited": N_("La réponse à une amitié que notre coop ne propose pas, ou plus."),
    "book_not_awaited": N_("Personne d’ici n’attendait ce vélo de cette personne, ou c’était trop tard."),
    "book_without_room": N_("La personne à qui ce vélo est donné en a déjà noté trop : il reste d’où il vient."),
    "concerns_nobody": N_("Personne d’ici ne suivait son auteur à ce moment-là."),
    "sharer_not_followed": N_("Personne d’ici ne suivait la personne qui l’a fait passer."),
    "author_not_kept": N_("Personne d’ici ne suivait son auteur à ce moment-là."),
    "deleted_before": N_("Elle avait déjà été retirée quand elle est arrivée."),
    "undone_before": N_("Elle avait déjà été reprise quand elle est arrivée."),
    "not_let_in": N_("La personne d’ici à qui elle était écrite ne l’a pas laissée entrer."),
    "stranger_not_accepted": N_("Elle venait d’une personne inconnue, et personne d’ici ne l’a laissée entrer."),
    "server_not_welcome": N_("Votre coop a mis ce site à l’écart."),
    "edit_of_unknown_post": N_("C’était la correction d’un ancien message que nous n’avons pas."),
    "note_of_unknown_server": N_("Personne ici ne connaît ce site, et ses messages ne deviennent pas des annonces."),
    "unknown_server_hour": N_("Personne ici ne connaît ce site, et il avait trop envoyé en une heure."),
    "unknown_server_domain": N_("Personne ici ne connaît ce site, et trop de ses annonces attendent déjà."),
    "unknown_server_all": N_("Personne ici ne connaît ce site, et trop d’annonces d’inconnus attendent déjà."),
    "unknown_server_long": N_("Personne ici ne connaît ce site, et elle était trop longue pour attendre ici."),
    "too_many_reports": N_("Ce site a déjà fait beaucoup de signalements aujourd’hui."),
    "sender_suspended": HIDDEN,
    "author_suspended": HIDDEN,
    "blocked": UNSEEN,
    "listing_not_visible": UNSEEN,
    "kind_not_shown": UNKNOWN_KIND,
    "fetched_kind_not_shown": UNKNOWN_KIND,
    "shared_kind_not_shown": UNKNOWN_KIND,
    "shared_not_public": NOT_PUBLIC,
    "shared_not_public_or_gone": NOT_PUBLIC,
    "not_public": NOT_PUBLIC,
    "pinned_not_public": NOT_PUBLIC,
    "follows_nobody": FOR_NOBODY,
    "asks_nobody": FOR_NOBODY,
    "blocks_nobody": FOR_NOBODY,
    "reports_nobody": FOR_NOBODY,
    "follow_not_asked": FOR_NOBODY,
    "sender_unknown": FOR_NOBODY,
    "liked_not_here": GONE,
    "deleted_not_here": GONE,
    "quoted_not_here": GONE,
    "object_is_ours": OURS,
    "not_by_outbox_owner": ANOTHERS,
    "not_own_object": ANOTHERS,
    "undo_of_others": ANOTHERS,
    "follow_id_taken": ANOTHERS,
    "update_of_other_actor": ANOTHERS,
    "not_own_server": ANOTHERS,
    "pinned_not_own": ANOTHERS,
    "not_own_collection": ANOTHERS,
    "delegated_not_public": ANOTHERS,
    "deletion_not_confirmed": UNPROVEN,
    "private_deletion_not_confirmed": UNPROVEN,
    "still_shown": UNPROVEN,
    "quote_not_asked": NO_QUOTE,
    "quote_without_stamp": NO_QUOTE,
    "quoting_not_own": NO_QUOTE,
    "quoting_differs": NO_QUOTE,
    "quoting_no_post": NO_QUOTE,
    "move_of_other_actor": NO_MOVE,
    "move_target_refused": NO_MOVE,
    "move_not_confirmed": NO_MOVE,
    "move_target_unknown": NO_MOVE,
    "moved_lately": NO_MOVE,
    "views_nobody": ANOTHERS,
    "view_outdated": TOO_LATE,
    "vote_changed": VOTE,
    "vote_not_own": VOTE,
    "vote_counted": VOTE,
    "vote_as_post": VOTE,
    "vote_no_poll": VOTE,
    "vote_poll_not_visible": VOTE,
    "vote_over": VOTE,
    "vote_mine": VOTE,
    "vote_none": VOTE,
    "vote_unknown": VOTE,
    "vote_several": VOTE,
    "vote_voted": VOTE,
    "agreement_outdated": TOO_LATE,
    "agreement_ended": TOO_LATE,
    "agreement_settled": TOO_LATE,
    "accept_without_agreement": NOT_AGREED,
    "agreement_and_offer_differ": NOT_AGREED,
    "request_refused_before": NOT_AGREED,
    "terms_not_accepted": NOT_AGREED,
    "not_owner_of_agreement": NOT_AGREED,
    "offer_not_to_owner": NOT_AGREED,
    "terms_for_other_listing": NOT_AGREED,
    "terms_for_no_listing": NOT_AGREED,
    "terms_impossible": NOT_AGREED,
    "offer_of_other_agreement": NOT_AGREED,
    "offer_of_other_server": NOT_AGREED,
    "accepts_unknown_exchange": NOT_AGREED,
    "agreement_state_unknown": NOT_AGREED,
    "offer_answers_nothing": NOT_AGREED,
    "agreement_unknown": NOT_AGREED,
    "agreement_from_future": NOT_AGREED,
    "agreement_id_taken": NOT_AGREED,
    "refuses_unknown_exchange": NOT_AGREED,
    "joins_nobody": GONE,
    "membership_not_asked": FOR_NOBODY,
    "membership_not_allowed": N_("Qui l’envoie ne peut pas en décider dans cette communauté, ou plus."),
    "member_unknown": N_("Elle parle d’une personne que l’on ne connaît pas ici."),
    "join_of_others": ANOTHERS,
    "accepts_unknown_join": FOR_NOBODY,
    "address_not_awaited": NOT_AGREED,
    "report_names_others": NOT_AGREED,
    "report_unknown": NOT_AGREED,
    "report_without_result": NOT_AGREED,
    "result_out_of_time": NOT_AGREED,
    "result_outdated": TOO_LATE,
    "result_too_late": TOO_LATE,
    "not_inside": N_("Cela reste dans une communauté dont cette personne n’est pas membre, ou plus."),
    "nobody_inside": N_("Cela reste dans une communauté dont personne ici n’est membre."),
    "not_passed_on_by_home": N_("Cela reste dans une communauté, et ne vient pas de la plateforme qui la tient."),
    "not_vouched_for": N_("Une communauté a transmis ce que rien ne montre être de cette personne."),
}
"""By the codes of `models/traffic/inbound/ignored_reasons`. A test holds that each has its sentence."""


def explain_ignored(say: Callable[..., str], kept: str) -> str:
    """The sentence for what was kept. What failed, or was kept by a very old version, stays as the log has it."""
    code, colon, _ = kept.partition(": ")
    found = REASONS.get(code) if not colon or code in WITH_CAUSE else None
    return say(found) if found else say(N_("Le journal de la plateforme dit, en anglais : %(kept)s"), kept=kept)
