"""Steps that start from a text or a list of words."""
from __future__ import annotations

from .operation import Operation

FEW = (1, 2, 3, 4)
LETTERS = "aeiorst"


def text_operations() -> tuple[Operation, ...]:
    return (*_texts(), *_measures(), *_words())


def _keep(key: str, phrases: tuple[str, ...], test: str, slips: tuple[str, ...], letters: str = "", hard: bool = False) -> Operation:
    code = f'"".join(c for c in @ if {test})'
    return Operation(key, "s", "s", phrases, (code,), tuple(f'"".join(c for c in @ if {slip})' for slip in slips), letters=letters, hard=hard)


def _texts() -> tuple[Operation, ...]:
    return (
        Operation("upper", "s", "s", ("convert to upper case", "write it in capitals"), ("@.upper()",), ("@.lower()", "@.title()")),
        Operation("lower", "s", "s", ("convert to lower case", "write it in small letters"), ("@.lower()",), ("@.upper()", "@.swapcase()")),
        Operation("swap_case", "s", "s", ("swap upper and lower case", "swap the case of each letter"), ("@.swapcase()",), ("@.lower()", "@.upper()")),
        Operation("reverse_text", "s", "s", ("reverse the text", "write it backwards"), ("@[::-1]", '"".join(reversed(@))'), ("reversed(@)", "@[::2]"), hard=True),
        Operation("strip", "s", "s", ("strip spaces at both ends", "trim it"), ("@.strip()",), ("@.lstrip()", '@.replace(" ", "")')),
        Operation("no_spaces", "s", "s", ("remove the spaces", "take out all spaces"), ('@.replace(" ", "")',), ("@.strip()", '@.replace(" ", "-")')),
        _keep("no_vowels", ("remove the vowels", "take out all vowels"), 'c not in "aeiouAEIOU"', ('c not in "aeiou"', 'c in "aeiouAEIOU"'), hard=True),
        _keep("keep_vowels", ("keep the vowels", "drop all but the vowels"), 'c in "aeiouAEIOU"', ('c in "aeiou"', 'c not in "aeiouAEIOU"')),
        _keep("keep_digits", ("keep the digits", "drop all but the digits"), "c.isdigit()", ("not c.isdigit()", "c.isalpha()")),
        _keep("keep_letters", ("keep the letters", "drop all but the letters"), "c.isalpha()", ("c.isalnum()", "not c.isalpha()")),
        _keep("drop_letter", ('remove every "$c"', 'take out each "$c"'), 'c != "$c"', ('c == "$c"', 'c not in "$cx"'), LETTERS),
        Operation("replace_letter", "s", "s", ('replace every "$c" by "*"', 'put "*" for each "$c"'), ('@.replace("$c", "*")',), ('@.replace("*", "$c")', '@.replace("$c", "*", 1)'), letters=LETTERS),
        Operation("double_each", "s", "s", ("double each character", "write each character twice"), ('"".join(c * 2 for c in @)', '"".join(c + c for c in @)'), ("@ * 2", '" ".join(c * 2 for c in @)'), hard=True),
        Operation("first_letters", "s", "s", ("take the first $k characters", "keep the first $k characters"), ("@[:$k]",), ("@[$k:]", "@[-$k:]"), FEW),
        Operation("last_letters", "s", "s", ("take the last $k characters", "keep the last $k characters"), ("@[-$k:]",), ("@[:$k]", "@[$k:]"), FEW),
        Operation("repeat", "s", "s", ("repeat it $k times", "write it $k times"), ("@ * $k",), ("@ * ($k + 1)", '" ".join([@] * $k)'), (2, 3, 4)),
        Operation("sort_letters", "s", "s", ("sort its characters", "put its characters in order"), ('"".join(sorted(@))',), ("sorted(@)", '" ".join(sorted(@))')),
    )


def _measures() -> tuple[Operation, ...]:
    return (
        Operation("length", "s", "n", ("return its length", "count its characters"), ("len(@)",), ("len(@.split())", "len(@) - 1")),
        Operation("count_letter", "s", "n", ('count how often "$c" occurs', 'return the number of "$c"'), ('@.count("$c")', 'sum(1 for c in @ if c == "$c")'), ('@.find("$c")', 'len(@) - @.count("$c")'), letters=LETTERS),
        Operation("count_vowels", "s", "n", ("count the vowels", "return the number of vowels"), ('sum(1 for c in @ if c in "aeiouAEIOU")',), ('sum(1 for c in @ if c in "aeiou")', 'sum(1 for c in @ if c not in "aeiouAEIOU")')),
        Operation("count_digits", "s", "n", ("count the digits", "return the number of digits"), ("sum(1 for c in @ if c.isdigit())",), ("sum(int(c) for c in @ if c.isdigit())", "sum(1 for c in @ if c.isalnum())")),
        Operation("count_capitals", "s", "n", ("count the capital letters", "return the number of capitals"), ("sum(1 for c in @ if c.isupper())",), ("sum(1 for c in @ if c.islower())", "sum(1 for c in @ if c.isalpha())")),
        Operation("count_words", "s", "n", ("count the words", "return the number of words"), ("len(@.split())",), ('len(@.split(" "))', '@.count(" ")'), hard=True),
        Operation("palindrome", "s", "flag", ("tell whether it reads the same backwards", "say if it is a palindrome"), ("@ == @[::-1]",), ("@ == reversed(@)", "@ != @[::-1]")),
        Operation("digit_values", "s", "xs", ("list its digits as numbers", "list the values of its digits"), ("[int(c) for c in @ if c.isdigit()]",), ("[c for c in @ if c.isdigit()]", "[ord(c) for c in @ if c.isdigit()]")),
    )


def _words() -> tuple[Operation, ...]:
    return (
        Operation("split", "s", "ws", ("split it into words", "list its words"), ("@.split()",), ('@.split(" ")', "list(@)")),
        Operation("long_words", "ws", "ws", ("keep the words longer than $k", "keep those of more than $k letters"), ("[w for w in @ if len(w) > $k]",), ("[w for w in @ if len(w) >= $k]", "[w for w in @ if len(w) < $k]"), (2, 3, 4, 5)),
        Operation("short_words", "ws", "ws", ("keep the words shorter than $k", "keep those of less than $k letters"), ("[w for w in @ if len(w) < $k]",), ("[w for w in @ if len(w) <= $k]", "[w for w in @ if len(w) > $k]"), (3, 4, 5, 6)),
        Operation("words_with", "ws", "ws", ('keep the words with a "$c"', 'keep those that contain "$c"'), ('[w for w in @ if "$c" in w]',), ('[w for w in @ if w[0] == "$c"]', '[w for w in @ if "$c" not in w]'), letters=LETTERS),
        Operation("sort_words", "ws", "ws", ("sort the words", "put the words in order"), ("sorted(@)",), ("sorted(@, key=len)", "@.sort()")),
        Operation("sort_by_length", "ws", "ws", ("sort the words by length", "order the words by length"), ("sorted(@, key=len)", "sorted(@, key=lambda w: len(w))"), ("sorted(@)", "sorted(len(w) for w in @)")),
        Operation("reverse_words", "ws", "ws", ("reverse each word", "write each word backwards"), ("[w[::-1] for w in @]",), ("@[::-1]", "[reversed(w) for w in @]"), hard=True),
        Operation("reverse_order", "ws", "ws", ("reverse the order of the words", "put the words in reverse order"), ("@[::-1]", "list(reversed(@))"), ("[w[::-1] for w in @]", "sorted(@, reverse=True)")),
        Operation("capital_words", "ws", "ws", ("capitalize each word", "start each word with a capital"), ("[w.capitalize() for w in @]",), ("[w.upper() for w in @]", "@.capitalize()")),
        Operation("unique_words", "ws", "ws", ("drop repeated words", "keep the first of each word"), ("list(dict.fromkeys(@))",), ("sorted(set(@))", "[w for w in @ if @.count(w) == 1]"), hard=True),
        Operation("join_words", "ws", "s", ('join the words with "$c"', 'put the words together with "$c"'), ('"$c".join(@)',), ('"".join(@)', '" ".join(@)'), letters="-_,+"),
        Operation("initials", "ws", "s", ("put their first letters together", "return their first letters as a text"), ('"".join(w[0] for w in @)',), ('"".join(w[-1] for w in @)', "[w[0] for w in @]")),
        Operation("number_of_words", "ws", "n", ("return how many words there are", "count the words that are left"), ("len(@)",), ("sum(len(w) for w in @)", "len(@) - 1")),
        Operation("longest_word", "ws", "s", ('take the longest word, or "" if there is none', 'return the longest word, "" for none'), ('max(@, key=len, default="")',), ("max(@, key=len)", 'max(@, default="")')),
        Operation("word_lengths", "ws", "xs", ("list the lengths of the words", "replace each word by its length"), ("[len(w) for w in @]", "list(map(len, @))"), ("len(@)", "[w for w in @ if len(w)]")),
        Operation("total_letters", "ws", "n", ("return their total length", "add up their lengths"), ("sum(len(w) for w in @)", 'len("".join(@))'), ("len(@)", "max(len(w) for w in @)")),
    )
