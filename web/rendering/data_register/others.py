"""What is kept of people without an account, of decisions of the team, and of what platforms say to each other."""

from models.exchanges import guests
from models.meetings import registrations
from models.moderation import case_notes, reports
from models.moderation.searches import report_readings
from models.people.actors import forgetting
from models.repairs import passers_by
from models.repairs.bookings import appointment_books, visit_places
from models.servers import looks, waiting_posts
from models.store import limit_sums
from models.traffic import returned_posts
from models.traffic.inbound import forgotten_received
from models.traffic.outbound import forgotten_traffic
from web.rendering.data_register.entries import RegisterEntry
from web.rendering.data_register.lengths import Constant
from web.rendering.i18n import N_

OTHERS = (
    RegisterEntry(
        name=N_("Répondre à une annonce sans compte"),
        what=N_("Un nom, un courriel, ce qui s’écrit à deux."),
        why=N_("Permettre de répondre sans s’inscrire."),
        basis="contract",
        readers=N_("La personne à qui vous écrivez. Elle ne voit pas votre courriel."),
        kept=N_(
            "Jamais confirmé : %(confirm)s. Sinon %(kept)s après la dernière parole, puis tout s’efface ; reste qu’un "
            "échange a eu lieu, sans nom."
        ),
        lengths={"confirm": Constant(guests, "TO_CONFIRM"), "kept": Constant(guests, "KEPT")},
        sweeps=("guests",),
    ),
    RegisterEntry(
        name=N_("Appeler pour un vélo en panne sans compte"),
        what=N_("Un nom, un courriel, la panne, un rond flou."),
        why=N_("Trouver quelqu’un qui répare."),
        basis="contract",
        readers=N_("Tout le monde voit l’appel ; le courriel, personne."),
        kept=N_("Jamais confirmé : %(confirm)s. Sinon %(kept)s après la fin de l’appel."),
        lengths={"confirm": Constant(passers_by, "TO_CONFIRM"), "kept": Constant(passers_by, "KEPT")},
        sweeps=("passers_by",),
    ),
    RegisterEntry(
        name=N_("Les rencontres"),
        what=N_("Qui vient, avec combien de personnes ; un nom et un courriel pour qui n’a pas de compte."),
        why=N_("Garder une place, prévenir d’un changement."),
        basis="contract",
        readers=N_("Les personnes qui organisent."),
        kept=N_("%(kept)s après la rencontre. Jamais confirmé : %(confirm)s."),
        lengths={"kept": Constant(registrations, "KEPT"), "confirm": Constant(registrations, "TO_CONFIRM")},
        sweeps=("meeting_registrations",),
    ),
    RegisterEntry(
        name=N_("Les passages à l’atelier"),
        what=N_("De qui passe ou téléphone : un nom, un téléphone, pour quoi. D’une réparation chez vous : l’adresse."),
        why=N_("Tenir les rendez-vous."),
        basis="contract",
        readers=N_("Les gens de l’atelier."),
        kept=N_(
            "%(walk_in)s après le passage ; reste seulement que quelqu’un est passé. L’adresse d’une visite : "
            "%(visit)s après qu’elle est faite."
        ),
        lengths={"walk_in": Constant(appointment_books, "WALK_INS_KEPT"), "visit": Constant(visit_places, "KEPT")},
        sweeps=("walk_ins", "visit_addresses"),
    ),
    RegisterEntry(
        name=N_("Les signalements et les décisions"),
        what=N_("Qui signale quoi, ce que l’équipe décide et pourquoi, le recours, le journal de l’équipe."),
        why=N_("Protéger les membres, et pouvoir rendre compte d’une décision."),
        basis="law",
        readers=N_(
            "L’équipe de modération. La personne concernée lit la décision et sa raison, jamais le nom de qui a "
            "signalé."
        ),
        kept=N_(
            "Les décisions et le journal : tant que la plateforme existe. Les notes de l’équipe : %(notes)s après la "
            "décision. Le nom et le courriel de qui signale sans compte : %(visitor)s après la décision. Ce que "
            "l’équipe a relu : %(readings)s."
        ),
        lengths={
            "notes": Constant(case_notes, "KEPT"),
            "visitor": Constant(reports, "VISITORS_KEPT_DAYS"),
            "readings": Constant(report_readings, "KEPT"),
        },
        sweeps=("reporting_visitors",),
    ),
    RegisterEntry(
        name=N_("Les chiffres de la coop"),
        what=N_(
            "Qu’un membre est arrivé, qu’une annonce a paru, qu’un échange a été demandé, conclu ou fait : le mois, la "
            "commune, le genre, la façon, et un numéro qui mène à ce qui est compté."
        ),
        why=N_("Dire à tous ce que fait la coop, et ne rien compter deux fois."),
        basis="interest",
        readers=N_("Personne. Tout le monde lit les sommes, si la coop les publie : jamais une qui soit trop petite."),
        kept=N_(
            "Le numéro : tant que le compte ou l’annonce existe, et jusqu’au début du mois suivant au plus tard. Les "
            "sommes, sans numéro : tant que la plateforme existe."
        ),
    ),
    RegisterEntry(
        name=N_("Les exclusions"),
        what=N_("D’un compte exclu puis effacé, une empreinte de l’adresse, que personne ne peut lire."),
        why=N_("Que l’équipe le sache si la personne revient."),
        basis="interest",
        readers=N_("Personne ; l’équipe lit seulement qu’il y a eu une décision."),
        kept=N_("Tant que la décision vaut."),
    ),
    RegisterEntry(
        name=N_("Ce que les plateformes se disent"),
        what=N_("Ce qui part chez les autres plateformes et ce qui en vient, avec le compte qui le dit."),
        why=N_("Faire suivre, recommencer ce qui n’est pas arrivé, effacer partout."),
        basis="contract",
        readers=N_("L’équipe qui tient la plateforme."),
        kept=N_(
            "Ce qui est reçu et lu : %(done)s ; ce qui en est public, %(silent)s si la plateforme d’où cela vient se "
            "tait, pour le lui rendre si elle l’a perdu ; ce qui n’a pas pu l’être : %(failed)s. Ce qui est parti : "
            "%(sent)s, ou tant que l’annonce existe, pour savoir où l’effacer. Les réponses à qui demande à s’abonner, "
            "les versions intermédiaires et les « j’aime » repris : %(said)s. La première version d’une annonce et la "
            "dernière : tant que l’annonce existe ; ce qu’un compte a dit d’autre, tant que le compte existe. Ce que "
            "la plateforme fait suivre pour d’autres : %(passed)s, une fois arrivé. L’annonce d’une plateforme "
            "inconnue attend %(waiting)s une décision. Ce qu’une coop amie a vu de la nôtre, et qui le lui a demandé : "
            "%(looks)s. Ce que d’autres rendent à nos membres après une restauration : %(returned)s."
        ),
        lengths={
            "done": Constant(forgotten_received, "KEPT_DAYS"),
            "silent": Constant(forgotten_received, "SILENT_KEPT_DAYS"),
            "failed": Constant(forgotten_received, "FAILED_KEPT_DAYS"),
            "sent": Constant(forgotten_traffic, "KEPT_DAYS"),
            "said": Constant(forgotten_traffic, "ACTIVITIES_KEPT"),
            "passed": Constant(forgotten_traffic, "PASSED_ON_KEPT"),
            "waiting": Constant(waiting_posts, "DAYS"),
            "looks": Constant(looks, "KEPT"),
            "returned": Constant(returned_posts, "KEPT"),
        },
        sweeps=(
            "received",
            "deliveries",
            "activities",
            "passed_on",
            "waiting_posts",
            "looks_asked",
            "looks_given",
            "returned_posts",
        ),
    ),
    RegisterEntry(
        name=N_("Les personnes des autres plateformes"),
        what=N_("Leur nom, leur profil, leur photo et leur clé publique, comme leur plateforme les montre."),
        why=N_("Savoir qui parle, et que c’est bien cette personne."),
        basis="interest",
        readers=N_("Tout le monde, comme chez elles ; la clé ne sert qu’à la plateforme."),
        kept=N_(
            "Tant que quelque chose ici en parle : un message, un suivi, un échange, un blocage, une décision. Sinon "
            "%(kept)s après les dernières nouvelles, puis tout s’efface."
        ),
        lengths={"kept": Constant(forgetting, "KEPT")},
        sweeps=("strangers",),
    ),
    RegisterEntry(
        name=N_("La protection contre les abus"),
        what=N_("Une empreinte de l’adresse (IP) ou du compte, et combien de fois elle a demandé quelque chose."),
        why=N_("Arrêter qui essaie mille mots de passe ou noie la plateforme."),
        basis="interest",
        readers=N_("Personne."),
        kept=N_("%(counts)s ; un essai de connexion ou d’envoi : jusqu’à la fin de sa limite, un jour au plus."),
        lengths={"counts": Constant(limit_sums, "KEPT")},
        sweeps=("attempts",),
    ),
)
