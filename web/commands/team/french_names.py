"""Groups whose commands answer to a French name too: one table for all, beside the English names that scripts use."""

import click

FRENCH = {
    "membres": "members",
    "annonces": "listings",
    "signalements": "reports",
    "lister": "list",
    "voir": "show",
    "accepter": "approve",
    "refuser": "refuse",
    "suspendre": "suspend",
    "retablir": "unsuspend",
    "exporter": "export",
    "reinitialiser": "reset-factors",
    "inviter": "invite",
    "masquer": "hide",
    "montrer": "show",
    "purger": "purge",
    "regler": "settle",
    "importer": "import",
    "defaire": "undo",
    "donnees-ouvertes": "open-data",
    "ouvrir": "open",
    "fermer-le-site": "close-site",
    "reglages": "settings",
    "lire": "get",
    "changer": "set",
    "historique": "history",
    "chiffres": "figures",
    "ecrire": "write",
    "supprimer": "delete",
    "remettre": "restore",
}
"""French name → English name."""


class BilingualGroup(click.Group):
    """A group whose commands may be called by their French names."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, in either language."""
        return super().get_command(ctx, cmd_name) or super().get_command(ctx, FRENCH.get(cmd_name, cmd_name))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Which French names there are."""
        names = [french for french, english in FRENCH.items() if english in self.list_commands(ctx)]
        if names:
            formatter.write_paragraph()
            formatter.write_text(f"En français : {', '.join(names)}.")
