"""Steps that start from a list of numbers."""
from __future__ import annotations

from .operation import Operation

SMALL = (2, 3, 4, 5, 6, 7, 8, 9)
FEW = (1, 2, 3, 4)


def list_operations() -> tuple[Operation, ...]:
    return (*_filters(), *_maps(), *_orders(), *_reductions())


def _filter(key: str, phrases: tuple[str, ...], test: str, slips: tuple[str, ...], numbers: tuple[int, ...] = (), hard: bool = False) -> Operation:
    code = (f"[x for x in @ if {test}]", f"list(filter(lambda x: {test}, @))")
    return Operation(key, "xs", "xs", phrases, code, tuple(f"[x for x in @ if {slip}]" for slip in slips), numbers, hard=hard)


def _filters() -> tuple[Operation, ...]:
    return (
        _filter("keep_even", ("keep the even numbers", "drop the odd numbers"), "x % 2 == 0", ("x % 2 == 1", "x % 2")),
        _filter("keep_odd", ("keep the odd numbers", "drop the even numbers"), "x % 2 == 1", ("x % 2 == 0", "x // 2 == 1")),
        _filter("keep_positive", ("keep the positive numbers", "keep the numbers above zero"), "x > 0", ("x >= 0", "x < 0"), hard=True),
        _filter("keep_negative", ("keep the negative numbers", "keep the numbers below zero"), "x < 0", ("x <= 0", "x > 0")),
        _filter("drop_zeros", ("drop the zeros", "remove every zero"), "x != 0", ("x == 0", "x > 0")),
        _filter("keep_above", ("keep the numbers above $k", "keep those greater than $k"), "x > $k", ("x >= $k", "x < $k"), SMALL),
        _filter("keep_below", ("keep the numbers below $k", "keep those less than $k"), "x < $k", ("x <= $k", "x > $k"), SMALL),
        _filter("keep_at_least", ("keep the numbers that are at least $k", "drop the numbers below $k"), "x >= $k", ("x > $k", "x <= $k"), SMALL, hard=True),
        _filter("keep_multiples", ("keep the multiples of $k", "keep the numbers that $k divides"), "x % $k == 0", ("x // $k == 0", "x % $k"), (3, 4, 5, 6, 7)),
        _filter("drop_multiples", ("drop the multiples of $k", "remove the numbers that $k divides"), "x % $k != 0", ("x % $k == 0", "x != $k"), (3, 4, 5, 6, 7)),
    )


def _map(key: str, phrases: tuple[str, ...], value: str, slips: tuple[str, ...], numbers: tuple[int, ...] = (), hard: bool = False) -> Operation:
    code = (f"[{value} for x in @]", f"list(map(lambda x: {value}, @))")
    return Operation(key, "xs", "xs", phrases, code, tuple(f"[{slip} for x in @]" for slip in slips), numbers, hard=hard)


def _maps() -> tuple[Operation, ...]:
    return (
        _map("add_each", ("add $k to each number", "increase each number by $k"), "x + $k", ("x - $k", "x * $k"), SMALL),
        _map("subtract_each", ("subtract $k from each number", "decrease each number by $k"), "x - $k", ("$k - x", "x + $k"), SMALL),
        _map("multiply_each", ("multiply each number by $k", "scale the numbers by $k"), "x * $k", ("x + $k", "x ** $k"), SMALL),
        _map("square_each", ("square each number", "replace each number by its square"), "x * x", ("x * 2", "x ** 3")),
        _map("negate_each", ("negate each number", "change each sign"), "-x", ("abs(x)", "x - 1")),
        _map("absolute_each", ("take absolute values", "drop each sign"), "abs(x)", ("-x", "max(x, 0)")),
        _map("modulo_each", ("take each number modulo $k", "take each remainder by $k"), "x % $k", ("x // $k", "$k % x"), (3, 4, 5, 6, 7)),
        _map("clip_below", ("replace negative numbers by 0", "raise negative numbers to 0"), "max(x, 0)", ("min(x, 0)", "abs(x)")),
        _map("cap_each", ("lower each number to at most $k", "cap each number at $k"), "min(x, $k)", ("max(x, $k)",), SMALL, hard=True),
        _map("halve_even", ("halve the even numbers", "divide the even numbers by 2"), "x // 2 if x % 2 == 0 else x", ("x // 2", "x if x % 2 == 0 else x // 2")),
    )


def _orders() -> tuple[Operation, ...]:
    return (
        Operation("sort", "xs", "xs", ("sort them", "put them in ascending order"), ("sorted(@)",), ("@.sort()", "sorted(@, reverse=True)")),
        Operation(
            "sort_down", "xs", "xs", ("sort them from largest to smallest", "put them in descending order"),
            ("sorted(@, reverse=True)", "sorted(@)[::-1]"), ("sorted(@)", "@[::-1]"),
        ),
        Operation("reverse", "xs", "xs", ("reverse the list", "put them in reverse order"), ("@[::-1]", "list(reversed(@))"), ("@.reverse()", "sorted(@, reverse=True)"), hard=True),
        Operation(
            "unique", "xs", "xs", ("drop repeated numbers, keeping the first of each", "keep the first of each number"),
            ("list(dict.fromkeys(@))",), ("list(set(@))", "sorted(set(@))"), hard=True,
        ),
        Operation("first_few", "xs", "xs", ("take the first $k", "keep the first $k"), ("@[:$k]",), ("@[$k:]", "@[-$k:]"), FEW),
        Operation("last_few", "xs", "xs", ("take the last $k", "keep the last $k"), ("@[-$k:]",), ("@[:$k]", "@[$k:]"), FEW),
        Operation("skip_few", "xs", "xs", ("skip the first $k", "leave out the first $k"), ("@[$k:]",), ("@[:$k]", "@[$k + 1:]"), FEW),
        Operation("every_second", "xs", "xs", ("take every second one, starting with the first", "keep those at even positions"), ("@[::2]",), ("@[1::2]", "[x for x in @ if x % 2 == 0]"), hard=True),
        Operation(
            "differences", "xs", "xs", ("take the differences between neighbours", "subtract each number from the next"),
            ("[b - a for a, b in zip(@, @[1:])]",), ("[a - b for a, b in zip(@, @[1:])]", "[b - a for a, b in zip(@, @)]"),
        ),
        Operation(
            "running_sum", "xs", "xs", ("take the running totals", "replace each number by the sum so far"),
            ("total = 0\nout = []\nfor x in @:\n    total += x\n    out.append(total)\nout",),
            ("total = 0\nout = []\nfor x in @:\n    out.append(total)\n    total += x\nout", "total = 0\nout = []\nfor x in @:\n    total += x\nout"),
        ),
    )


def _reductions() -> tuple[Operation, ...]:
    loop = "total = {start}\nfor x in @:\n    total {change} x\ntotal"
    return (
        Operation("sum", "xs", "n", ("add them up", "return the sum"), ("sum(@)", loop.format(start=0, change="+=")), ("len(@)", "max(@, default=0)")),
        Operation("product", "xs", "n", ("multiply them together", "return the product"), (loop.format(start=1, change="*="),), (loop.format(start=0, change="*="), loop.format(start=1, change="+="))),
        Operation("count", "xs", "n", ("count them", "return how many there are"), ("len(@)", "sum(1 for x in @)"), ("sum(@)", "len(@) - 1")),
        Operation("largest", "xs", "n", ("take the largest, or 0 if there is none", "return the maximum, 0 for an empty list"), ("max(@, default=0)", "max(@) if @ else 0"), ("max(@)", "min(@, default=0)"), hard=True),
        Operation("smallest", "xs", "n", ("take the smallest, or 0 if there is none", "return the minimum, 0 for an empty list"), ("min(@, default=0)", "min(@) if @ else 0"), ("min(@)", "max(@, default=0)")),
        Operation("spread", "xs", "n", ("take the largest minus the smallest, or 0 if there is none", "return the range, 0 for an empty list"), ("max(@) - min(@) if @ else 0",), ("max(@) - min(@)", "max(@) - len(@) if @ else 0")),
        Operation("first", "xs", "n", ("take the first, or 0 if there is none", "return the first one, 0 for an empty list"), ("@[0] if @ else 0",), ("@[0]", "@[1] if @ else 0")),
        Operation("last", "xs", "n", ("take the last, or 0 if there is none", "return the last one, 0 for an empty list"), ("@[-1] if @ else 0",), ("@[-1]", "@[0] if @ else 0"), hard=True),
        Operation("count_above", "xs", "n", ("count those above $k", "count the numbers greater than $k"), ("sum(1 for x in @ if x > $k)", "len([x for x in @ if x > $k])"), ("sum(1 for x in @ if x >= $k)", "sum(x for x in @ if x > $k)"), SMALL),
        Operation("count_equal", "xs", "n", ("count how often $k occurs", "return how many are equal to $k"), ("@.count($k)", "sum(1 for x in @ if x == $k)"), ("@.index($k)", "sum(x for x in @ if x == $k)"), SMALL),
        Operation("sum_squares", "xs", "n", ("add up the squares", "return the sum of the squares"), ("sum(x * x for x in @)",), ("sum(@) ** 2", "sum(x * 2 for x in @)")),
        Operation("join_numbers", "xs", "s", ('join them with "$c"', 'write them with "$c" in between'), ('"$c".join(str(x) for x in @)', '"$c".join(map(str, @))'), ('"$c".join(@)', '"".join(str(x) for x in @)'), letters="-,;+"),
        Operation("all_positive", "xs", "flag", ("tell whether all are positive", "say if all are above zero"), ("all(x > 0 for x in @)",), ("any(x > 0 for x in @)", "all(x >= 0 for x in @)")),
        Operation("any_above", "xs", "flag", ("tell whether any is above $k", "say if one is greater than $k"), ("any(x > $k for x in @)",), ("all(x > $k for x in @)", "any(x >= $k for x in @)"), SMALL),
        Operation("is_sorted", "xs", "flag", ("tell whether they are in ascending order", "say if the list is sorted"), ("@ == sorted(@)", "all(a <= b for a, b in zip(@, @[1:]))"), ("all(a < b for a, b in zip(@, @[1:]))", "@ == @.sort()")),
    )
