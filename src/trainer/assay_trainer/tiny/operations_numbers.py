"""Steps that start from a number."""
from __future__ import annotations

from .operation import Operation

SMALL = (2, 3, 4, 5, 6, 7, 8, 9)
DIGITS = "[int(d) for d in str(abs(@))]"


def number_operations() -> tuple[Operation, ...]:
    return (
        Operation("add", "n", "n", ("add $k", "increase it by $k"), ("@ + $k", "$k + @"), ("@ - $k", "@ * $k"), SMALL),
        Operation("subtract", "n", "n", ("subtract $k", "decrease it by $k"), ("@ - $k",), ("$k - @", "@ + $k"), SMALL),
        Operation("multiply", "n", "n", ("multiply by $k", "take it $k times"), ("@ * $k", "$k * @"), ("@ + $k", "@ ** $k"), SMALL),
        Operation("square", "n", "n", ("square it", "take its square"), ("@ * @", "@ ** 2"), ("@ * 2", "@ ** 3")),
        Operation("negate", "n", "n", ("negate it", "change its sign"), ("-@",), ("abs(@)", "@ - 1")),
        Operation("absolute", "n", "n", ("take its absolute value", "drop its sign"), ("abs(@)", "max(@, -@)"), ("-@", "max(@, 0)")),
        Operation("modulo", "n", "n", ("take it modulo $k", "take the remainder by $k"), ("@ % $k",), ("@ // $k", "$k % @"), SMALL),
        Operation(
            "divide", "n", "n", ("divide by $k, rounding down", "take the quotient by $k, rounded down"),
            ("@ // $k",), ("int(@ / $k)", "@ / $k"), SMALL, hard=True,
        ),
        Operation("at_least", "n", "n", ("raise it to at least $k", "use $k if it is smaller"), ("max(@, $k)", "@ if @ > $k else $k"), ("min(@, $k)",), SMALL, hard=True),
        Operation("at_most", "n", "n", ("lower it to at most $k", "use $k if it is larger"), ("min(@, $k)", "@ if @ < $k else $k"), ("max(@, $k)",), SMALL, hard=True),
        Operation(
            "digit_sum", "n", "n", ("add up its digits", "take the sum of its digits"),
            ("sum(int(d) for d in str(abs(@)))",), ("sum(int(d) for d in str(@))", "len(str(abs(@)))"),
        ),
        Operation(
            "even_odd_halve", "n", "n", ("halve it if it is even, otherwise add $k", "if it is even halve it, else add $k"),
            ("if @ % 2 == 0:\n    @ = @ // 2\nelse:\n    @ = @ + $k\n@", "@ // 2 if @ % 2 == 0 else @ + $k"),
            ("if @ % 2 == 1:\n    @ = @ // 2\nelse:\n    @ = @ + $k\n@", "if @ % 2 == 0:\n    @ = @ // 2\n@"), SMALL,
        ),
        Operation(
            "if_divisible", "n", "n", ("if $k divides it negate it, else double it", "negate it if $k divides it, otherwise double it"),
            ("if @ % $k == 0:\n    @ = -@\nelse:\n    @ = @ * 2\n@", "-@ if @ % $k == 0 else @ * 2"),
            ("if @ % $k == 0:\n    @ = @ * 2\nelse:\n    @ = -@\n@", "if @ // $k == 0:\n    @ = -@\nelse:\n    @ = @ * 2\n@"), (3, 4, 5),
        ),
        Operation("digits", "n", "xs", ("list its digits", "split it into digits"), (DIGITS,), ("[d for d in str(abs(@))]", "[int(d) for d in str(@)]")),
        Operation(
            "count_up", "n", "xs", ("list the numbers from 1 to it", "count from 1 up to it"),
            ("list(range(1, @ + 1))", "[i for i in range(1, @ + 1)]"), ("list(range(1, @))", "list(range(@))", "list(range(@ + 1))"), hard=True,
        ),
        Operation(
            "divisors", "n", "xs", ("list its divisors", "list the positive numbers that divide it"),
            ("[d for d in range(1, abs(@) + 1) if @ % d == 0]",), ("[d for d in range(2, abs(@)) if @ % d == 0]", "[d for d in range(1, @) if @ % d == 0]"),
        ),
        Operation("text", "n", "s", ("write it as text", "turn it into text"), ("str(@)",), ("chr(@)", "str(abs(@))")),
        Operation("is_even", "n", "flag", ("tell whether it is even", "say if it is even"), ("@ % 2 == 0",), ("@ % 2 == 1", "@ % 2")),
        Operation("is_multiple", "n", "flag", ("tell whether $k divides it", "say if it is a multiple of $k"), ("@ % $k == 0",), ("@ // $k == 0", "$k % @ == 0"), (3, 4, 5, 6, 7)),
        Operation("is_above", "n", "flag", ("tell whether it is above $k", "say if it is greater than $k"), ("@ > $k",), ("@ >= $k", "@ < $k"), SMALL),
    )
