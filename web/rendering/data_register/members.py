"""What is kept of members, and of what they publish, exchange and say."""

from datetime import timedelta

from federation import web_push
from models.access import authorization_grants, login_steps, one_time_links, sessions, tokens
from models.communities import entry_links
from models.exchanges.agreements import links
from models.listings import unavailabilities
from models.news import news_mails, old_notifications
from models.people.arrivals import answered_requests, unconfirmed_accounts, waiting_accounts
from models.people.dues import dues
from models.people.invitations import mailings, member_imports
from models.people.team import duty
from models.personal_data import deletion_notices, export_archives
from models.posts import withdrawal
from models.posts.message_requests import values as message_requests
from models.repairs.bikes import offers, sent_files
from models.repairs.frame_numbers import inquiries
from models.searches.alerts import alert_finds
from models.store.background import jobs
from models.traffic import tombstones
from outbox.people import account_deletion
from web.rendering import i18n
from web.rendering.data_register.entries import RegisterEntry
from web.rendering.data_register.lengths import Constant, Setting
from web.rendering.i18n import N_

MEMBERS = (
    RegisterEntry(
        name=N_("Votre compte"),
        what=N_("Nom, courriel, commune, langue, mot de passe rendu illisible, réglages, et ce que dit votre profil."),
        why=N_("Vous reconnaître, vous écrire, vous présenter aux autres."),
        basis="contract",
        readers=N_(
            "Le nom et le profil : tout le monde. Le courriel : vous, et les personnes de l’équipe qui tiennent "
            "la liste des membres."
        ),
        kept=N_(
            "Jusqu’à ce que vous supprimiez le compte, puis %(grace)s pour changer d’avis. Une adresse jamais "
            "confirmée : %(unconfirmed)s. Ensuite, seul le nom du compte reste, pour que personne ne le reprenne ; "
            "l’équipe voit pendant %(farewell)s quelles plateformes ont confirmé l’effacement."
        ),
        lengths={
            "grace": Constant(account_deletion, "GRACE"),
            "unconfirmed": Constant(unconfirmed_accounts, "KEPT_DAYS"),
            "farewell": Constant(deletion_notices, "SHOWN_DAYS"),
        },
        sweeps=("unconfirmed",),
    ),
    RegisterEntry(
        name=N_("Votre adhésion"),
        what=N_("Jusqu’à quel jour elle va, qui l’a noté, et ce que vous avez donné si la coop le garde."),
        why=N_("Savoir qui a réglé son adhésion, et vous rappeler quand elle se termine."),
        basis="contract",
        readers=N_(
            "Vous, et les personnes de l’équipe qui tiennent la liste des membres. Le journal de l’équipe dit qu’une "
            "adhésion est notée, et par qui ; jamais à qui elle est, ni jusqu’à quel jour."
        ),
        kept=N_(
            "Jusqu’à ce que vous supprimiez le compte, ou %(kept)s après que la coop n’en demande plus. Sa "
            "comptabilité est tenue ailleurs."
        ),
        lengths={"kept": Constant(dues, "KEPT")},
        sweeps=("dues",),
        asked=lambda chosen: chosen.dues,
    ),
    RegisterEntry(
        name=N_("Vos connexions"),
        what=N_("Navigateurs et applications qui sont entrés chez vous, clés d’accès, liens envoyés par courriel."),
        why=N_("Garder votre session ouverte, et vous montrer où elle est ouverte."),
        basis="contract",
        readers=N_("Vous, et personne d’autre."),
        kept=N_(
            "Un navigateur : %(session)s après son dernier passage. Une connexion commencée : %(step)s. Une "
            "application que vous avez fait sortir : %(token)s, et son autorisation : %(grant)s. Un lien "
            "qui a fini : %(link)s."
        ),
        lengths={
            "session": Constant(sessions, "LIFETIME"),
            "step": Constant(login_steps, "LIFETIME"),
            "token": Constant(tokens, "KEPT"),
            "grant": Constant(authorization_grants, "KEPT"),
            "link": Constant(one_time_links, "KEPT"),
        },
        sweeps=("sessions", "login_steps", "tokens", "grants", "links"),
    ),
    RegisterEntry(
        name=N_("Les cookies"),
        what=N_(
            "Un pour garder votre session ouverte, un pour la langue si vous la choisissez, un qui protège les "
            "formulaires des visiteurs. Aucune mesure d’audience."
        ),
        why=N_("Se souvenir de vous d’une page à l’autre."),
        basis="contract",
        readers=N_("Votre navigateur et cette plateforme."),
        kept=N_(
            "La connexion : %(session)s. La langue : %(language)s. Les formulaires : jusqu’à ce que vous fermiez le "
            "navigateur."
        ),
        lengths={
            "session": Constant(sessions, "LIFETIME"),
            "language": Constant(i18n, "COOKIE_LIFETIME"),
        },
    ),
    RegisterEntry(
        name=N_("Vos annonces et ce que vous dites à tous"),
        what=N_("Textes, photos, commune ou rond flou, jours où ce n’est pas libre."),
        why=N_("Montrer ce qui se propose et ce qui se cherche."),
        basis="contract",
        readers=N_(
            "Les personnes à qui vous les ouvrez. Ce que vous ouvrez au réseau est copié par les coops et les "
            "plateformes qui nous suivent."
        ),
        kept=N_(
            "Jusqu’à ce que vous les retiriez. Une annonce sans date de fin se ferme après %(listing)s. Retirée, son "
            "adresse reste pour dire qu’elle n’est plus là, et %(tombstone)s pour qu’une copie en retard ne revienne "
            "pas ; celle d’une autre plateforme : %(copy)s. Les jours passés : %(days)s."
        ),
        lengths={
            "listing": Setting("listing_days", timedelta(days=1)),
            "tombstone": Constant(tombstones, "DELETED_FOR"),
            "copy": Constant(withdrawal, "REMEMBERED_DAYS"),
            "days": Constant(unavailabilities, "KEPT"),
        },
        sweeps=("withdrawn_copies", "unavailabilities"),
    ),
    RegisterEntry(
        name=N_("Vos messages et vos échanges"),
        what=N_("Ce que vous écrivez à quelqu’un, ce que vous décidez ensemble, les mercis."),
        why=N_("Faire un échange à deux, et s’en souvenir."),
        basis="contract",
        readers=N_(
            "Vous et l’autre personne. Si l’une de vous deux signale un message, l’équipe de modération le lit, et "
            "toute la conversation si la coop l’a décidé : vous le voyez alors. Ils ne sont pas chiffrés : qui tient "
            "l’une des deux plateformes pourrait les lire."
        ),
        kept=N_(
            "Jusqu’à la suppression de votre compte ; l’échange conclu reste chez l’autre personne. Une demande sans "
            "réponse finit après %(hold)s. Un lien pour répondre, une fois fini : %(link)s."
        ),
        lengths={
            "hold": Setting("hold_hours", timedelta(hours=1)),
            "link": Constant(links, "KEPT"),
        },
        sweeps=("agreement_links",),
    ),
    RegisterEntry(
        name=N_("Les messages d’inconnus"),
        what=N_("Ce qu’une personne que vous ne connaissez pas vous écrit d’ailleurs, et qui attend votre réponse."),
        why=N_("Vous laisser choisir qui vous parle."),
        basis="interest",
        readers=N_("Vous, et l’équipe de modération si la coop l’a décidé."),
        kept=N_("%(kept)s sans réponse, puis c’est effacé."),
        lengths={"kept": Constant(message_requests, "KEPT_DAYS")},
        sweeps=("message_requests",),
    ),
    RegisterEntry(
        name=N_("Vos vélos"),
        what=N_("Carnets, photos, factures, numéros de cadre, et les questions posées sur un vélo volé."),
        why=N_("Suivre l’entretien, prouver qu’un vélo est à vous."),
        basis="contract",
        readers=N_("Vous, et l’atelier ou la personne à qui vous en ouvrez ou en donnez un."),
        kept=N_(
            "Jusqu’à ce que vous les effaciez, ou votre compte. Un fichier envoyé ailleurs attend %(file)s ; un carnet "
            "proposé puis reçu : %(offer)s ; une question sur un numéro de cadre : %(inquiry)s."
        ),
        lengths={
            "file": Constant(sent_files, "KEPT"),
            "offer": Constant(offers, "KEPT"),
            "inquiry": Constant(inquiries, "KEPT"),
        },
        sweeps=("bike_offers", "frame_inquiries", "frame_questions", "frame_sightings"),
    ),
    RegisterEntry(
        name=N_("Vos alertes"),
        what=N_("Ce que vous cherchez, et ce qui a été trouvé pour vous."),
        why=N_("Vous prévenir quand une annonce convient."),
        basis="contract",
        readers=N_("Vous, et personne d’autre."),
        kept=N_("Jusqu’à ce que vous les retiriez. Une annonce trouvée que personne ne vous a dite : %(kept)s."),
        lengths={"kept": Constant(alert_finds, "KEPT")},
        sweeps=("alert_finds",),
    ),
    RegisterEntry(
        name=N_("Nos courriels et nos notifications"),
        what=N_("Qu’un courriel est parti ou non. Jamais ce qu’il disait, ni si vous l’avez ouvert."),
        why=N_("Vous prévenir, et réparer ce qui ne part pas."),
        basis="contract",
        readers=N_("L’équipe qui tient la plateforme ; pour les notifications, le service de votre navigateur."),
        kept=N_(
            "Parti : %(sent)s. Pas parti : %(failed)s. La réponse à une demande d’entrée qui n’a pas pu partir garde "
            "ses mots et son adresse %(job)s. Une notification attend votre appareil %(push)s au plus."
        ),
        lengths={
            "sent": Constant(news_mails, "SENT_KEPT"),
            "failed": Constant(news_mails, "FAILED_KEPT"),
            "job": Constant(jobs, "FAILED_KEPT_DAYS"),
            "push": Constant(web_push, "KEPT_FOR"),
        },
        sweeps=("mails", "jobs"),
    ),
    RegisterEntry(
        name=N_("Vos nouvelles"),
        what=N_("Qui vous suit, vous répond, aime ou partage ce que vous publiez, et ce que l’équipe vous a dit."),
        why=N_("Vous le dire une fois, même si vous ne venez pas souvent."),
        basis="contract",
        readers=N_("Vous, et personne d’autre."),
        kept=N_(
            "Une fois lue : %(read)s. Jamais lue : %(kept)s. Mise à part, comme vous l’avez choisi : %(filtered)s."
        ),
        lengths={
            "read": Constant(old_notifications, "READ_KEPT"),
            "kept": Constant(old_notifications, "KEPT"),
            "filtered": Constant(old_notifications, "FILTERED_KEPT"),
        },
        sweeps=("notifications",),
    ),
    RegisterEntry(
        name=N_("Les demandes d’entrée"),
        what=N_("Nom, courriel, et ce que vous écrivez à l’équipe."),
        why=N_("Décider ensemble qui entre."),
        basis="contract",
        readers=N_("Les personnes de l’équipe qui accueillent."),
        kept=N_(
            "Jusqu’à la réponse, et %(waiting)s au plus ; %(unconfirmed)s si vous ne confirmez pas votre adresse. Le "
            "nom et la réponse : %(answered)s."
        ),
        lengths={
            "waiting": Constant(waiting_accounts, "KEPT_DAYS"),
            "unconfirmed": Constant(waiting_accounts, "UNCONFIRMED_DAYS"),
            "answered": Constant(answered_requests, "KEPT_DAYS"),
        },
        sweeps=("sign_ups", "answered_sign_ups"),
    ),
    RegisterEntry(
        name=N_("Les invitations"),
        what=N_("L’adresse de qui est invité, par qui il l’a été, les listes de membres apportées par la coop."),
        why=N_("Faire entrer quelqu’un, et savoir qui l’a fait entrer."),
        basis="interest",
        readers=N_("Qui invite, et l’équipe qui accueille."),
        kept=N_(
            "L’adresse de qui ne vient pas : %(mail)s après la fin de l’invitation. Une liste apportée : %(list)s ; si "
            "personne ne la confirme : %(unconfirmed)s. Le lien d’une communauté, une fois fini : %(link)s. Qui a "
            "invité qui : tant que le compte existe."
        ),
        lengths={
            "mail": Constant(mailings, "KEPT_DAYS"),
            "list": Constant(member_imports, "KEPT_DAYS"),
            "unconfirmed": Constant(member_imports, "UNCONFIRMED_KEPT"),
            "link": Constant(entry_links, "KEPT"),
        },
        sweeps=("invitation_mails", "member_imports"),
    ),
    RegisterEntry(
        name=N_("L’archive de vos données"),
        what=N_("Tout ce que vous avez écrit, échangé et photographié, en un dossier, si vous le demandez."),
        why=N_("Vous laisser tout prendre avec vous."),
        basis="law",
        readers=N_("Vous, et personne d’autre."),
        kept=N_("%(kept)s après que vous l’avez demandée."),
        lengths={"kept": Constant(export_archives, "KEPT")},
    ),
    RegisterEntry(
        name=N_("L’équipe"),
        what=N_("Qui a quel rôle, qui est de permanence."),
        why=N_("S’organiser, et savoir qui a décidé."),
        basis="interest",
        readers=N_("L’équipe."),
        kept=N_("Les permanences : %(duty)s."),
        lengths={"duty": Constant(duty, "KEPT_WEEKS")},
        sweeps=("duties",),
    ),
)
