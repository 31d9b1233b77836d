"""What the pages of help are about: ideas, roles, words, and the same in easy French (FALC)."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.people.accounts import Role
from web.rendering.i18n import N_

IDEAS: Mapping[str, str] = {
    "coops": N_("Entre coops"),
    "echange": N_("Un échange, pas à pas"),
    "velo": N_("Un vélo en panne"),
    "sanscompte": N_("Sans compte ici"),
    "suivre": N_("Suivre un territoire"),
    "lieu": N_("Où êtes-vous ?"),
    "photos": N_("Les photos"),
    "prive": N_("Question à tous ou message privé ?"),
    "prevenu": N_("Être prévenu, mais pas trop"),
    "donnees": N_("Vos données, et partir"),
    "appli": N_("Depuis une application"),
}
"""One idea a page: what it is called; what it says stands in `help/ideas.html`, under the same name."""


PICTURE_WIDTH = 390
"""Pixels of the page that a picture shows: those of a phone. Its file has twice as many (`make help-pictures`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPicture:
    """The screen that a page of help speaks of, in `static/help` under the name of that page.

    `height` is in pixels of the page that it shows, `alt` says it to whoever does not see it. `words` stand in it, and
    under it: where the real page has them no longer, the picture is old.
    """

    alt: str
    words: tuple[str, ...]
    height: int = 480


PICTURES: Mapping[str, HelpPicture] = {
    "coops": HelpPicture(
        alt=N_("Une coop du réseau, avec sa plaque, ses communes, sa distance et ce qu’elle propose."),
        words=(N_("Suivre"),),
        height=385,
    ),
    "echange": HelpPicture(
        alt=N_("Un échange à propos d’une tente : où il en est, puis la conversation."),
        words=(N_("En discussion"), N_("D’accord"), N_("Fait")),
    ),
    "velo": HelpPicture(
        alt=N_("Une question du diagnostic, et ses réponses à toucher, dessinées."),
        words=(N_("Rien n’est envoyé à personne tant que vous n’appelez pas."),),
        height=620,
    ),
    "sanscompte": HelpPicture(
        alt=N_("Sous une annonce, la porte de ceux qui ont un compte ailleurs : un champ pour leur adresse."),
        words=(N_("J’ai un compte ailleurs"), N_("Continuer chez moi")),
        height=540,
    ),
    "suivre": HelpPicture(
        alt=N_("Sur la page du réseau, un champ pour l’adresse d’une coop, et un bouton dessous."),
        words=(N_("Suivre un territoire"), N_("Suivre")),
        height=365,
    ),
    "lieu": HelpPicture(
        alt=N_("Dans le formulaire d’une annonce, trois façons de dire où est l’objet."),
        words=(N_("Mon quartier, au flou"), N_("Ma commune")),
        height=360,
    ),
    "photos": HelpPicture(
        alt=N_("Dans le formulaire d’une annonce, les boutons pour ajouter des photos."),
        words=(N_("Prendre une photo"), N_("Choisir des photos")),
        height=310,
    ),
    "prive": HelpPicture(
        alt=N_("Sous une annonce, un champ pour écrire, et le choix de qui pourra le lire."),
        words=(N_("Qui peut le lire ?"), N_("Tout le monde"), N_("Envoyer")),
        height=590,
    ),
    "prevenu": HelpPicture(
        alt=N_("Les réglages des courriels : pour chaque sorte de nouvelle, un rythme à choisir."),
        words=(N_("Les messages"), N_("Les échanges"), N_("Tout de suite")),
    ),
    "donnees": HelpPicture(
        alt=N_("La page des données : ce que contient le fichier, et le bouton pour le demander."),
        words=(N_("Prendre mes données"),),
        height=445,
    ),
    "appli": HelpPicture(
        alt=N_("Une application demande à entrer : ce qu’elle pourra faire, et deux boutons pour répondre."),
        words=(N_("Laisser entrer"), N_("Refuser")),
        height=720,
    ),
    "habitant": HelpPicture(
        alt=N_("La liste des annonces, la plus récente en haut, avec la recherche."),
        words=(N_("Liste"), N_("Carte"), N_("Filtrer")),
    ),
    "reparateur": HelpPicture(
        alt=N_("La page des pannes : les questions du diagnostic, les lieux ouverts, l’appel à l’aide."),
        words=(N_("Trouver ce qui ne va pas"),),
    ),
    "accueil": HelpPicture(
        alt=N_("Le formulaire d’une invitation : pour combien de personnes, et jusqu’à quand."),
        words=(N_("Un lien et une affiche"), N_("Pour combien de personnes")),
        height=425,
    ),
    "moderateur": HelpPicture(
        alt=N_("Dans un dossier, le choix de ce que l’équipe décide, du plus doux au plus dur."),
        words=(N_("Votre décision"), N_("Un mot"), N_("Masquer la publication")),
        height=560,
    ),
    "collectivite": HelpPicture(
        alt=N_("La page qui montre les annonces ailleurs : un texte à copier sur le site de la mairie."),
        words=(N_("Un cadre"), N_("À coller là où la liste doit paraître")),
    ),
    "administration": HelpPicture(
        alt=N_("Les réglages de la coop, rangés par sujet, chacun avec ce qui est en place."),
        words=(N_("Réglages de la coop"), N_("Changer")),
    ),
}
"""Not in each page of help: only where there is one screen that it speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePage:
    """A page for whoever has this part. `role` names the rights that the table gives it; `links` what to open first."""

    name: str
    sentences: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    role: Role | None = None


ROLES: Mapping[str, RolePage] = {
    "habitant": RolePage(
        name=N_("J’habite ici"),
        sentences=(
            N_("Regardez ce qui se prête, se donne ou se cherche près de chez vous : il n’y a pas besoin de compte."),
            N_("Pour publier et tenir un échange, devenez membre. La coop peut lire votre demande avant."),
            N_("Rien ne se paie à la plateforme, et personne ne vous note."),
        ),
        links=(("/annonces", N_("Voir les annonces")), ("/aide/echange", N_("Un échange, pas à pas"))),
    ),
    "reparateur": RolePage(
        name=N_("Je répare des vélos"),
        sentences=(
            N_(
                "Dites ce que vous savez réparer et jusqu’où vous allez : nous vous prévenons des appels qui "
                "conviennent."
            ),
            N_("Vous répondez si vous voulez. Le rendez-vous se décide dans la conversation."),
            N_("Un atelier peut tenir son agenda, ses tarifs et le carnet des vélos qu’on lui ouvre."),
        ),
        links=(("/depannage", N_("Voir les appels")), ("/ateliers", N_("Voir les ateliers"))),
    ),
    "accueil": RolePage(
        name=N_("J’accueille"),
        sentences=(
            N_("Vous répondez à qui demande à entrer, vous invitez, vous aidez à se connecter."),
            N_("Une demande sans réponse finit par s’effacer : mieux vaut un mot court qu’un silence."),
        ),
        links=(("/coop/demandes", N_("Les demandes d’entrée")),),
        role="welcome",
    ),
    "moderateur": RolePage(
        name=N_("Je modère"),
        sentences=(
            N_("Vous lisez ce qui est signalé, et vous décidez, du plus doux au plus dur, en disant pourquoi."),
            N_("Ce qui vous concerne va à quelqu’un d’autre. Chaque acte est noté dans le journal."),
        ),
        links=(("/moderation", N_("Ce que l’équipe peut décider")), ("/coop/dossiers", N_("Les dossiers"))),
        role="moderator",
    ),
    "administration": RolePage(
        name=N_("J’administre"),
        sentences=(
            N_("Vous réglez la plateforme, donnez les rôles, publiez la charte, décidez des autres plateformes."),
            N_("Gardez au moins deux personnes avec ce rôle, et regardez chaque mois si une sauvegarde est récente."),
        ),
        links=(("/coop/reglages", N_("Les réglages")), ("/mentions-legales", N_("Mentions légales"))),
        role="admin",
    ),
    "collectivite": RolePage(
        name=N_("Je travaille dans une collectivité"),
        sentences=(
            N_("Ici, des habitants se prêtent, se donnent et se réparent des choses. La coop tient la plateforme."),
            N_("Elle n’appartient à aucune entreprise ; les données restent chez la coop, et le logiciel est libre."),
            N_("Vous pouvez lire les annonces sans compte, et les montrer sur votre propre site."),
            N_(
                "La coop peut vous ouvrir un compte de collectivité : il suit, il publie, et il lit les chiffres, même "
                "s’ils ne sont pas publiés. Il ne fait entrer personne, et ne voit ni les membres ni leurs messages."
            ),
        ),
        links=(
            ("/chiffres/pour-les-elus", N_("Pour les personnes élues et les services")),
            ("/annonces/integrer", N_("Montrer les annonces sur un autre site")),
            ("/reseau", N_("Voir les coops du réseau")),
        ),
    ),
}

GLOSSARY: tuple[tuple[str, str], ...] = (
    (N_("Annonce"), N_("Ce que quelqu’un propose ou cherche : un objet, un coup de main.")),
    (N_("Appel"), N_("Une demande d’aide pour un vélo en panne.")),
    (N_("Charte"), N_("Les règles de la coop, que chaque membre accepte.")),
    (N_("Communauté"), N_("Un groupe de membres qui partagent entre eux, avec leur propre charte.")),
    (N_("Coop"), N_("Le groupe de personnes qui tient une plateforme pour son territoire.")),
    (N_("Échange"), N_("Ce que deux personnes décident ensemble à propos d’une annonce.")),
    (N_("Fil"), N_("La page où arrivent les annonces des personnes et des territoires que vous suivez.")),
    (N_("Plateforme"), N_("Le site d’une coop. Chacune a la sienne, et elles se parlent.")),
    (N_("Réseau"), N_("Toutes les coops dont les plateformes se parlent.")),
    (N_("Rond flou"), N_("Un cercle sur la carte, plus grand que votre rue, à la place de votre adresse.")),
    (N_("Signaler"), N_("Dire à l’équipe que quelque chose ne va pas.")),
    (N_("Suivre"), N_("Recevoir dans votre fil ce qu’une personne ou un territoire publie.")),
)

EASY: Mapping[str, tuple[str, ...]] = {
    "comment": (
        N_("Ce site sert à s’entraider entre voisins."),
        N_("Vous pouvez prêter un objet, ou donner un objet."),
        N_("Vous pouvez demander de l’aide."),
        N_("Vous écrivez une annonce."),
        N_("Une autre personne lit votre annonce, et elle vous écrit."),
        N_("C’est gratuit."),
        N_("Votre adresse n’est jamais montrée."),
    ),
    "echange": (
        N_("Vous voyez une annonce qui vous plaît."),
        N_("Vous touchez le bouton pour écrire."),
        N_("L’autre personne peut dire oui. Elle peut aussi dire non."),
        N_("Vous choisissez un jour ensemble."),
        N_("Quand c’est fini, vous le dites sur le site."),
        N_("Vous pouvez dire merci."),
    ),
    "velo": (
        N_("Votre vélo est en panne."),
        N_("Le site vous pose des questions simples."),
        N_("Ensuite, le site vous dit quoi faire."),
        N_("Vous pouvez réparer vous-même, ou appeler une personne qui répare."),
        N_("Vous n’avez pas besoin de compte pour les questions."),
    ),
    "prive": (
        N_("Il y a deux façons d’écrire."),
        N_("Une question à tous : tout le monde peut la lire."),
        N_("Un message privé : vous et l’autre personne pouvez le lire."),
        N_("Les personnes qui tiennent le site pourraient aussi le lire."),
        N_("N’écrivez jamais un mot de passe dans un message."),
    ),
    "donnees": (
        N_("Le site garde votre nom et votre adresse de courriel."),
        N_("Le site garde aussi vos annonces et vos messages."),
        N_("Vous pouvez télécharger tout cela."),
        N_("Vous pouvez supprimer votre compte."),
        N_("Vous avez alors quelques jours pour changer d’avis."),
        N_("Ensuite, tout est effacé, sauf le nom du compte."),
    ),
}
"""The five main pages in easy French, a short sentence a line: that of the start, and four ideas."""
