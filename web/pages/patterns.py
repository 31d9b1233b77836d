"""What stands for a part of an address, in the tables of routes."""

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ID = r"\d{1,19}"
HOST = r"[0-9A-Za-z.:-]{1,255}"
NAME = r"[a-z0-9_]+"
WORD = r"[a-z-]{1,40}"
COMMUNITY = r"[A-Za-z0-9_.-]{1,100}(?:@[0-9A-Za-z.:-]{1,255})?"
LINK = r"[A-Za-z0-9_-]{20,80}"
WHATEVER = r"[^/]{1,300}"
"""What somebody may have cut short or pasted twice: the page says so, rather than that there is none."""

SIGNED = r"[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{24}"
