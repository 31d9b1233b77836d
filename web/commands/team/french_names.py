"""Groups whose commands answer to a French name too: one table for all, beside the English names that scripts use."""

from collections.abc import Collection

import click

FRENCH = {
    # begin and run
    "installer": ("setup",),
    "installer-service": ("install-service",),
    "premier-acces": ("first-run",),
    "servir": ("serve",),
    "travailler": ("worker",),
    "migrer": ("migrate",),
    "diagnostic": ("doctor",),
    "mettre-a-jour": ("upgrade",),
    "ouvrir": ("open",),
    "fermer-le-site": ("close-site",),
    "fermer": ("shutdown-instance",),
    # groups
    "membre": ("members",),
    "membres": ("members",),
    "compte": ("account",),
    "jeton": ("token",),
    "annonce": ("listings",),
    "annonces": ("listings",),
    "pair": ("peer",),
    "cle": ("key",),
    "cles": ("key",),
    "signalements": ("reports",),
    "reglages": ("settings",),
    "adhesions": ("dues",),
    "donnees-ouvertes": ("open-data",),
    "chiffres": ("figures",),
    "menage": ("sweep",),
    "amitie": ("friendship",),
    "blocages": ("blocks",),
    # of many of them
    "lister": ("list",),
    "voir": ("show",),
    "montrer": ("show",),
    "creer": ("create",),
    "supprimer": ("delete",),
    "exporter": ("export",),
    "importer": ("import",),
    "defaire": ("undo",),
    "verifier": ("verify",),
    "remettre": ("restore",),
    # backups
    "sauvegarder": ("backup",),
    "faire": ("make",),
    "rapporter": ("fetch",),
    "retour-arriere": ("went-back",),
    # accounts and members
    "mot-de-passe": ("link",),
    "2fa-reset": ("reset-second-factor", "reset-factors"),
    "demenager": ("move",),
    "liberer-nom": ("free-name",),
    "collectivite": ("authority",),
    "accepter": ("approve", "accept"),
    "confirmer": ("approve",),
    "refuser": ("refuse",),
    "suspendre": ("suspend",),
    "desactiver": ("suspend",),
    "retablir": ("unsuspend",),
    "reinitialiser": ("reset-factors",),
    "inviter": ("invite",),
    # listings
    "publier": ("publish",),
    "modifier": ("edit",),
    "clore": ("close",),
    "retirer": ("withdraw",),
    "masquer": ("hide",),
    "purger": ("purge",),
    "regler": ("settle",),
    # other servers
    "suivre": ("follow",),
    "chercher": ("lookup",),
    "niveau": ("level",),
    "tester": ("test",),
    "pourquoi": ("why",),
    "renvoyer": ("retry",),
    "rattraper": ("catch-up",),
    "retenir": ("hold",),
    "relacher": ("release",),
    "prive": ("private",),
    "en-attente": ("waiting",),
    "admettre": ("admit",),
    "ecarter": ("send-away",),
    "proposer": ("propose",),
    "terminer": ("end",),
    # the rest
    "orphelins": ("orphans",),
    "purger-distants": ("purge-remote",),
    "rotation": ("rotate",),
    "sceller": ("seal",),
    "lire": ("get",),
    "changer": ("set",),
    "historique": ("history",),
    "ecrire": ("write",),
    "noter": ("note",),
}
"""French name → English names, of which a group has one."""


def find_english(name: str, commands: Collection[str]) -> str | None:
    """Which of these commands is meant, in either language."""
    return next((one for one in (name, *FRENCH.get(name, ())) if one in commands), None)


class BilingualGroup(click.Group):
    """A group whose commands may be called by their French names."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, in either language."""
        return super().get_command(ctx, find_english(cmd_name, self.commands) or cmd_name)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Which French names there are."""
        commands = self.list_commands(ctx)
        names = [french for french in FRENCH if find_english(french, commands)]
        if names:
            formatter.write_paragraph()
            formatter.write_text(f"En français : {', '.join(names)}.")
