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
    "installer": "setup",
    "installer-service": "install-service",
    "ouvrir": "open",
    "fermer-le-site": "close-site",
    "fermer": "shutdown-instance",
    "reglages": "settings",
    "lire": "get",
    "changer": "set",
    "historique": "history",
    "chiffres": "figures",
    "menage": "sweep",
    "collectivite": "authority",
    "amitie": "friendship",
    "proposer": "propose",
    "terminer": "end",
    "ecrire": "write",
    "supprimer": "delete",
    "remettre": "restore",
    "adhesions": "dues",
    "noter": "note",
}
"""French name → English name."""

ALSO = {"accepter": "accept"}
"""The same where a French name stands for another command in another group."""


class BilingualGroup(click.Group):
    """A group whose commands may be called by their French names."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, in either language."""
        names = (cmd_name, FRENCH.get(cmd_name, cmd_name), ALSO.get(cmd_name, cmd_name))
        return next(filter(None, (super(BilingualGroup, self).get_command(ctx, name) for name in names)), None)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Which French names there are."""
        commands = self.list_commands(ctx)
        names = [french for table in (FRENCH, ALSO) for french, english in table.items() if english in commands]
        if names:
            formatter.write_paragraph()
            formatter.write_text(f"En français : {', '.join(names)}.")
