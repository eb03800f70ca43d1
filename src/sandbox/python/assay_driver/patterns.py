"""Regular expressions that mean what JavaScript's mean, so that both sides of the workbench cut a text alike."""
from __future__ import annotations

import re

#: White space as JavaScript knows it; Python's \s knows other characters.
SPACES = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """
    Letters, digits and word ends are those of ASCII. `<s>` and `<S>` are white space and anything else, `<any>` any
    character but a line's end, `<line>` the beginning of a line and `<end>` the end of the text.
    """
    for name, meaning in (
        ("<s>", f"[{SPACES}]"),
        ("<S>", f"[^{SPACES}]"),
        ("<any>", "[^\n\r\u2028\u2029]"),
        ("<line>", "(?:^|(?<=[\n\r\u2028\u2029]))"),
        ("<end>", r"\Z"),
    ):
        source = source.replace(name, meaning)
    return re.compile(source, flags | re.ASCII)


def is_blank(text: str) -> bool:
    return text.strip(SPACES) == ""
