"""Steps into, between and out of lists of words."""

from __future__ import annotations

from .operation import Operation

LETTERS = "aeiorst"


def word_operations() -> tuple[Operation, ...]:
    return (
        Operation(
            "split", "s", "ws", ("split it into words", "list its words"), ("@.split()",), ('@.split(" ")', "list(@)")
        ),
        Operation(
            "long_words",
            "ws",
            "ws",
            ("keep the words longer than $k", "keep those of more than $k letters"),
            ("[w for w in @ if len(w) > $k]",),
            ("[w for w in @ if len(w) >= $k]", "[w for w in @ if len(w) < $k]"),
            (2, 3, 4, 5),
        ),
        Operation(
            "short_words",
            "ws",
            "ws",
            ("keep the words shorter than $k", "keep those of less than $k letters"),
            ("[w for w in @ if len(w) < $k]",),
            ("[w for w in @ if len(w) <= $k]", "[w for w in @ if len(w) > $k]"),
            (3, 4, 5, 6),
        ),
        Operation(
            "words_with",
            "ws",
            "ws",
            ('keep the words with a "$c"', 'keep those that contain "$c"'),
            ('[w for w in @ if "$c" in w]',),
            ('[w for w in @ if w[0] == "$c"]', '[w for w in @ if "$c" not in w]'),
            letters=LETTERS,
        ),
        Operation(
            "sort_words",
            "ws",
            "ws",
            ("sort the words", "put the words in order"),
            ("sorted(@)",),
            ("sorted(@, key=len)", "@.sort()"),
        ),
        Operation(
            "sort_by_length",
            "ws",
            "ws",
            ("sort the words by length", "order the words by length"),
            ("sorted(@, key=len)", "sorted(@, key=lambda w: len(w))"),
            ("sorted(@)", "sorted(len(w) for w in @)"),
        ),
        Operation(
            "reverse_words",
            "ws",
            "ws",
            ("reverse each word", "write each word backwards"),
            ("[w[::-1] for w in @]",),
            ("@[::-1]", "[reversed(w) for w in @]"),
            hard=True,
        ),
        Operation(
            "reverse_order",
            "ws",
            "ws",
            ("reverse the order of the words", "put the words in reverse order"),
            ("@[::-1]", "list(reversed(@))"),
            ("[w[::-1] for w in @]", "sorted(@, reverse=True)"),
        ),
        Operation(
            "capital_words",
            "ws",
            "ws",
            ("capitalize each word", "start each word with a capital"),
            ("[w.capitalize() for w in @]",),
            ("[w.upper() for w in @]", "@.capitalize()"),
        ),
        Operation(
            "unique_words",
            "ws",
            "ws",
            ("drop repeated words", "keep the first of each word"),
            ("list(dict.fromkeys(@))",),
            ("sorted(set(@))", "[w for w in @ if @.count(w) == 1]"),
            hard=True,
        ),
        Operation(
            "join_words",
            "ws",
            "s",
            ('join the words with "$c"', 'put the words together with "$c"'),
            ('"$c".join(@)',),
            ('"".join(@)', '" ".join(@)'),
            letters="-_,+",
        ),
        Operation(
            "initials",
            "ws",
            "s",
            ("put their first letters together", "return their first letters as a text"),
            ('"".join(w[0] for w in @)',),
            ('"".join(w[-1] for w in @)', "[w[0] for w in @]"),
        ),
        Operation(
            "number_of_words",
            "ws",
            "n",
            ("return how many words there are", "count the words that are left"),
            ("len(@)",),
            ("sum(len(w) for w in @)", "len(@) - 1"),
        ),
        Operation(
            "longest_word",
            "ws",
            "s",
            ('take the longest word, or "" if there is none', 'return the longest word, "" for none'),
            ('max(@, key=len, default="")',),
            ("max(@, key=len)", 'max(@, default="")'),
        ),
        Operation(
            "word_lengths",
            "ws",
            "xs",
            ("list the lengths of the words", "replace each word by its length"),
            ("[len(w) for w in @]", "list(map(len, @))"),
            ("len(@)", "[w for w in @ if len(w)]"),
        ),
        Operation(
            "total_letters",
            "ws",
            "n",
            ("return their total length", "add up their lengths"),
            ("sum(len(w) for w in @)", 'len("".join(@))'),
            ("len(@)", "max(len(w) for w in @)"),
        ),
    )
