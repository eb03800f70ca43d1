"""Steps from a list of numbers to another."""

from __future__ import annotations

from .operation import Operation

SMALL = (2, 3, 4, 5, 6, 7, 8, 9)
FEW = (1, 2, 3, 4)


def list_operations() -> tuple[Operation, ...]:
    return (*_filters(), *_maps(), *_orders())


def _filter(
    key: str,
    phrases: tuple[str, ...],
    test: str,
    slips: tuple[str, ...],
    numbers: tuple[int, ...] = (),
    hard: bool = False,
) -> Operation:
    code = (f"[x for x in @ if {test}]", f"list(filter(lambda x: {test}, @))")
    return Operation(
        key, "xs", "xs", phrases, code, tuple(f"[x for x in @ if {slip}]" for slip in slips), numbers, hard=hard
    )


def _filters() -> tuple[Operation, ...]:
    return (
        _filter("keep_even", ("keep the even numbers", "drop the odd numbers"), "x % 2 == 0", ("x % 2 == 1", "x % 2")),
        _filter(
            "keep_odd", ("keep the odd numbers", "drop the even numbers"), "x % 2 == 1", ("x % 2 == 0", "x // 2 == 1")
        ),
        _filter(
            "keep_positive",
            ("keep the positive numbers", "keep the numbers above zero"),
            "x > 0",
            ("x >= 0", "x < 0"),
            hard=True,
        ),
        _filter(
            "keep_negative", ("keep the negative numbers", "keep the numbers below zero"), "x < 0", ("x <= 0", "x > 0")
        ),
        _filter("drop_zeros", ("drop the zeros", "remove every zero"), "x != 0", ("x == 0", "x > 0")),
        _filter(
            "keep_above",
            ("keep the numbers above $k", "keep those greater than $k"),
            "x > $k",
            ("x >= $k", "x < $k"),
            SMALL,
        ),
        _filter(
            "keep_below",
            ("keep the numbers below $k", "keep those less than $k"),
            "x < $k",
            ("x <= $k", "x > $k"),
            SMALL,
        ),
        _filter(
            "keep_at_least",
            ("keep the numbers that are at least $k", "drop the numbers below $k"),
            "x >= $k",
            ("x > $k", "x <= $k"),
            SMALL,
            hard=True,
        ),
        _filter(
            "keep_multiples",
            ("keep the multiples of $k", "keep the numbers that $k divides"),
            "x % $k == 0",
            ("x // $k == 0", "x % $k"),
            (3, 4, 5, 6, 7),
        ),
        _filter(
            "drop_multiples",
            ("drop the multiples of $k", "remove the numbers that $k divides"),
            "x % $k != 0",
            ("x % $k == 0", "x != $k"),
            (3, 4, 5, 6, 7),
        ),
    )


def _map(
    key: str,
    phrases: tuple[str, ...],
    value: str,
    slips: tuple[str, ...],
    numbers: tuple[int, ...] = (),
    hard: bool = False,
) -> Operation:
    code = (f"[{value} for x in @]", f"list(map(lambda x: {value}, @))")
    return Operation(
        key, "xs", "xs", phrases, code, tuple(f"[{slip} for x in @]" for slip in slips), numbers, hard=hard
    )


def _maps() -> tuple[Operation, ...]:
    return (
        _map(
            "add_each", ("add $k to each number", "increase each number by $k"), "x + $k", ("x - $k", "x * $k"), SMALL
        ),
        _map(
            "subtract_each",
            ("subtract $k from each number", "decrease each number by $k"),
            "x - $k",
            ("$k - x", "x + $k"),
            SMALL,
        ),
        _map(
            "multiply_each",
            ("multiply each number by $k", "scale the numbers by $k"),
            "x * $k",
            ("x + $k", "x ** $k"),
            SMALL,
        ),
        _map("square_each", ("square each number", "replace each number by its square"), "x * x", ("x * 2", "x ** 3")),
        _map("negate_each", ("negate each number", "change each sign"), "-x", ("abs(x)", "x - 1")),
        _map("absolute_each", ("take absolute values", "drop each sign"), "abs(x)", ("-x", "max(x, 0)")),
        _map(
            "modulo_each",
            ("take each number modulo $k", "take each remainder by $k"),
            "x % $k",
            ("x // $k", "$k % x"),
            (3, 4, 5, 6, 7),
        ),
        _map(
            "clip_below",
            ("replace negative numbers by 0", "raise negative numbers to 0"),
            "max(x, 0)",
            ("min(x, 0)", "abs(x)"),
        ),
        _map(
            "cap_each",
            ("lower each number to at most $k", "cap each number at $k"),
            "min(x, $k)",
            ("max(x, $k)",),
            SMALL,
            hard=True,
        ),
        _map(
            "halve_even",
            ("halve the even numbers", "divide the even numbers by 2"),
            "x // 2 if x % 2 == 0 else x",
            ("x // 2", "x if x % 2 == 0 else x // 2"),
        ),
    )


def _orders() -> tuple[Operation, ...]:
    return (
        Operation(
            "sort",
            "xs",
            "xs",
            ("sort them", "put them in ascending order"),
            ("sorted(@)",),
            ("@.sort()", "sorted(@, reverse=True)"),
        ),
        Operation(
            "sort_down",
            "xs",
            "xs",
            ("sort them from largest to smallest", "put them in descending order"),
            ("sorted(@, reverse=True)", "sorted(@)[::-1]"),
            ("sorted(@)", "@[::-1]"),
        ),
        Operation(
            "reverse",
            "xs",
            "xs",
            ("reverse the list", "put them in reverse order"),
            ("@[::-1]", "list(reversed(@))"),
            ("@.reverse()", "sorted(@, reverse=True)"),
            hard=True,
        ),
        Operation(
            "unique",
            "xs",
            "xs",
            ("drop repeated numbers, keeping the first of each", "keep the first of each number"),
            ("list(dict.fromkeys(@))",),
            ("list(set(@))", "sorted(set(@))"),
            hard=True,
        ),
        Operation(
            "first_few", "xs", "xs", ("take the first $k", "keep the first $k"), ("@[:$k]",), ("@[$k:]", "@[-$k:]"), FEW
        ),
        Operation(
            "last_few", "xs", "xs", ("take the last $k", "keep the last $k"), ("@[-$k:]",), ("@[:$k]", "@[$k:]"), FEW
        ),
        Operation(
            "skip_few",
            "xs",
            "xs",
            ("skip the first $k", "leave out the first $k"),
            ("@[$k:]",),
            ("@[:$k]", "@[$k + 1:]"),
            FEW,
        ),
        Operation(
            "every_second",
            "xs",
            "xs",
            ("take every second one, starting with the first", "keep those at even positions"),
            ("@[::2]",),
            ("@[1::2]", "[x for x in @ if x % 2 == 0]"),
            hard=True,
        ),
        Operation(
            "differences",
            "xs",
            "xs",
            ("take the differences between neighbours", "subtract each number from the next"),
            ("[b - a for a, b in zip(@, @[1:])]",),
            ("[a - b for a, b in zip(@, @[1:])]", "[b - a for a, b in zip(@, @)]"),
        ),
        Operation(
            "running_sum",
            "xs",
            "xs",
            ("take the running totals", "replace each number by the sum so far"),
            ("total = 0\nout = []\nfor x in @:\n    total += x\n    out.append(total)\nout",),
            (
                "total = 0\nout = []\nfor x in @:\n    out.append(total)\n    total += x\nout",
                "total = 0\nout = []\nfor x in @:\n    total += x\nout",
            ),
        ),
    )
