"""Steps that start from a text."""

from __future__ import annotations

from .operation import Operation

FEW = (1, 2, 3, 4)
LETTERS = "aeiorst"


def text_operations() -> tuple[Operation, ...]:
    return (*_texts(), *_measures())


def _keep(
    key: str, phrases: tuple[str, ...], test: str, slips: tuple[str, ...], letters: str = "", hard: bool = False
) -> Operation:
    code = f'"".join(c for c in @ if {test})'
    return Operation(
        key,
        "s",
        "s",
        phrases,
        (code,),
        tuple(f'"".join(c for c in @ if {slip})' for slip in slips),
        letters=letters,
        hard=hard,
    )


def _texts() -> tuple[Operation, ...]:
    return (
        Operation(
            "upper",
            "s",
            "s",
            ("convert to upper case", "write it in capitals"),
            ("@.upper()",),
            ("@.lower()", "@.title()"),
        ),
        Operation(
            "lower",
            "s",
            "s",
            ("convert to lower case", "write it in small letters"),
            ("@.lower()",),
            ("@.upper()", "@.swapcase()"),
        ),
        Operation(
            "swap_case",
            "s",
            "s",
            ("swap upper and lower case", "swap the case of each letter"),
            ("@.swapcase()",),
            ("@.lower()", "@.upper()"),
        ),
        Operation(
            "reverse_text",
            "s",
            "s",
            ("reverse the text", "write it backwards"),
            ("@[::-1]", '"".join(reversed(@))'),
            ("reversed(@)", "@[::2]"),
            hard=True,
        ),
        Operation(
            "strip",
            "s",
            "s",
            ("strip spaces at both ends", "trim it"),
            ("@.strip()",),
            ("@.lstrip()", '@.replace(" ", "")'),
        ),
        Operation(
            "no_spaces",
            "s",
            "s",
            ("remove the spaces", "take out all spaces"),
            ('@.replace(" ", "")',),
            ("@.strip()", '@.replace(" ", "-")'),
        ),
        _keep(
            "no_vowels",
            ("remove the vowels", "take out all vowels"),
            'c not in "aeiouAEIOU"',
            ('c not in "aeiou"', 'c in "aeiouAEIOU"'),
            hard=True,
        ),
        _keep(
            "keep_vowels",
            ("keep the vowels", "drop all but the vowels"),
            'c in "aeiouAEIOU"',
            ('c in "aeiou"', 'c not in "aeiouAEIOU"'),
        ),
        _keep(
            "keep_digits",
            ("keep the digits", "drop all but the digits"),
            "c.isdigit()",
            ("not c.isdigit()", "c.isalpha()"),
        ),
        _keep(
            "keep_letters",
            ("keep the letters", "drop all but the letters"),
            "c.isalpha()",
            ("c.isalnum()", "not c.isalpha()"),
        ),
        _keep(
            "drop_letter",
            ('remove every "$c"', 'take out each "$c"'),
            'c != "$c"',
            ('c == "$c"', 'c not in "$cx"'),
            LETTERS,
        ),
        Operation(
            "replace_letter",
            "s",
            "s",
            ('replace every "$c" by "*"', 'put "*" for each "$c"'),
            ('@.replace("$c", "*")',),
            ('@.replace("*", "$c")', '@.replace("$c", "*", 1)'),
            letters=LETTERS,
        ),
        Operation(
            "double_each",
            "s",
            "s",
            ("double each character", "write each character twice"),
            ('"".join(c * 2 for c in @)', '"".join(c + c for c in @)'),
            ("@ * 2", '" ".join(c * 2 for c in @)'),
            hard=True,
        ),
        Operation(
            "first_letters",
            "s",
            "s",
            ("take the first $k characters", "keep the first $k characters"),
            ("@[:$k]",),
            ("@[$k:]", "@[-$k:]"),
            FEW,
        ),
        Operation(
            "last_letters",
            "s",
            "s",
            ("take the last $k characters", "keep the last $k characters"),
            ("@[-$k:]",),
            ("@[:$k]", "@[$k:]"),
            FEW,
        ),
        Operation(
            "repeat",
            "s",
            "s",
            ("repeat it $k times", "write it $k times"),
            ("@ * $k",),
            ("@ * ($k + 1)", '" ".join([@] * $k)'),
            (2, 3, 4),
        ),
        Operation(
            "sort_letters",
            "s",
            "s",
            ("sort its characters", "put its characters in order"),
            ('"".join(sorted(@))',),
            ("sorted(@)", '" ".join(sorted(@))'),
        ),
    )


def _measures() -> tuple[Operation, ...]:
    return (
        Operation(
            "length",
            "s",
            "n",
            ("return its length", "count its characters"),
            ("len(@)",),
            ("len(@.split())", "len(@) - 1"),
        ),
        Operation(
            "count_letter",
            "s",
            "n",
            ('count how often "$c" occurs', 'return the number of "$c"'),
            ('@.count("$c")', 'sum(1 for c in @ if c == "$c")'),
            ('@.find("$c")', 'len(@) - @.count("$c")'),
            letters=LETTERS,
        ),
        Operation(
            "count_vowels",
            "s",
            "n",
            ("count the vowels", "return the number of vowels"),
            ('sum(1 for c in @ if c in "aeiouAEIOU")',),
            ('sum(1 for c in @ if c in "aeiou")', 'sum(1 for c in @ if c not in "aeiouAEIOU")'),
        ),
        Operation(
            "count_digits",
            "s",
            "n",
            ("count the digits", "return the number of digits"),
            ("sum(1 for c in @ if c.isdigit())",),
            ("sum(int(c) for c in @ if c.isdigit())", "sum(1 for c in @ if c.isalnum())"),
        ),
        Operation(
            "count_capitals",
            "s",
            "n",
            ("count the capital letters", "return the number of capitals"),
            ("sum(1 for c in @ if c.isupper())",),
            ("sum(1 for c in @ if c.islower())", "sum(1 for c in @ if c.isalpha())"),
        ),
        Operation(
            "count_words",
            "s",
            "n",
            ("count the words", "return the number of words"),
            ("len(@.split())",),
            ('len(@.split(" "))', '@.count(" ")'),
            hard=True,
        ),
        Operation(
            "palindrome",
            "s",
            "flag",
            ("tell whether it reads the same backwards", "say if it is a palindrome"),
            ("@ == @[::-1]",),
            ("@ == reversed(@)", "@ != @[::-1]"),
        ),
        Operation(
            "digit_values",
            "s",
            "xs",
            ("list its digits as numbers", "list the values of its digits"),
            ("[int(c) for c in @ if c.isdigit()]",),
            ("[c for c in @ if c.isdigit()]", "[ord(c) for c in @ if c.isdigit()]"),
        ),
    )
