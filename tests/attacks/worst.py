"""Texts that take the longest: small pieces written over and over, as somebody would who wants us to be busy."""

PIECES = (
    *("a", "A", "1", "_", "-", ".", " ", "\n", "\t", "<", ">", '"', "'", "=", "&", "#", "@", "/", ":", ";", ","),
    *("(", "+", "é", "\u0300\u0316", "ﷺ", "a ", "a.", "a-", "a=", "a/", "a:", "1,", "\n ", "\n\n\n x"),
    *("<a ", "<a x", '<a x="', "<a x='", "<a>", "<b id=1><p>", "<p>", "<p> ", "</p>", "<div ", "<div>", "<li>"),
    *("<blockquote>x", "<ul><li>", "<table><a>", "<b><i></b>", "<!--", "<!-- -->", "<![x]>", "<?", "<script>"),
    *("<svg></svg>", "<p><a hashtag>", '<p><a class="', "mention ", "hashtag", '<a class="mention">@', "<span>"),
    *(
        "#a",
        "#1",
        "@a",
        "@a@",
        "@a.",
        "&#1",
        "&amp;",
        "http://",
        "http://a.fr/(",
        "https://a.fr ",
        "-----BEGIN PUBLIC KEY-----",
    ),
    *('keyid="', "; profile=", 'a="', 'a="b",', "a=1, ", "Mon, 01 ", "0x", "%20", "\\", "[", "{", "url(", "P1"),
)


def repeat(piece: str, length: int) -> str:
    """This piece over and over, `length` characters."""
    return (piece * (length // len(piece) + 1))[:length]
