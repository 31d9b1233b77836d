"""Why a film or a sound that was sent is not used, in sentences for people."""

from federation.pictures import RefusedPicture


class RefusedFilm(RefusedPicture):
    """This film or sound cannot be used."""

    sentence = "« %(name)s » ne peut pas être utilisé."


class NotAFilm(RefusedFilm):
    """The file is neither a picture nor a film nor a sound that can be opened here."""

    sentence = (
        "« %(name)s » n’est ni une photo, ni une vidéo, ni un son que nous savons ouvrir. "
        "Choisissez un fichier JPEG, PNG, WebP, AVIF, GIF, MP4, MOV, WebM, MP3, M4A, OGG, WAV ou FLAC."
    )


class BrokenFilm(RefusedFilm):
    """The file begins like a film or a sound, but cannot be read to its end."""

    sentence = "« %(name)s » est abîmé : le fichier est incomplet ou illisible. Choisissez-en un autre."


class UnplayableFilm(RefusedFilm):
    """What is in the file is nothing that browsers play."""

    sentence = (
        "« %(name)s » est dans un format que les navigateurs ne savent pas lire. "
        "Enregistrez la vidéo en MP4 (H.264), le son en MP3 ou M4A, puis recommencez."
    )


class TooLargeFilm(RefusedFilm):
    """The film has more pixels than are opened here."""

    sentence = "La vidéo « %(name)s » est trop grande : 3840 × 2160 pixels au plus. Réduisez-la, puis recommencez."


class TooFastFilm(RefusedFilm):
    """The film has more pictures a second than are opened here."""

    sentence = "La vidéo « %(name)s » a trop d’images par seconde : 120 au plus."


class TooLongGif(RefusedFilm):
    """The GIF has more pictures than are made into a film here."""

    sentence = "Le GIF « %(name)s » a trop d’images : 1200 au plus. Raccourcissez-le, ou envoyez une vidéo."


class TooHeavyFilm(RefusedFilm):
    """The file is too heavy."""

    sentence = "« %(name)s » est trop lourd : 40 Mo au plus pour une vidéo ou un son."


REFUSALS: dict[str, type[RefusedFilm]] = {
    "not_a_film": NotAFilm,
    "broken": BrokenFilm,
    "unplayable": UnplayableFilm,
    "too_many_pixels": TooLargeFilm,
    "too_fast": TooFastFilm,
    "too_long": TooLongGif,
}
"""What the child says, and the error that it becomes."""
