"""Steps that make one value of a list of numbers."""

from __future__ import annotations

from .operation import Operation

SMALL = (2, 3, 4, 5, 6, 7, 8, 9)


def reduction_operations() -> tuple[Operation, ...]:
    loop = "total = {start}\nfor x in @:\n    total {change} x\ntotal"
    return (
        Operation(
            "sum",
            "xs",
            "n",
            ("add them up", "return the sum"),
            ("sum(@)", loop.format(start=0, change="+=")),
            ("len(@)", "max(@, default=0)"),
        ),
        Operation(
            "product",
            "xs",
            "n",
            ("multiply them together", "return the product"),
            (loop.format(start=1, change="*="),),
            (loop.format(start=0, change="*="), loop.format(start=1, change="+=")),
        ),
        Operation(
            "count",
            "xs",
            "n",
            ("count them", "return how many there are"),
            ("len(@)", "sum(1 for x in @)"),
            ("sum(@)", "len(@) - 1"),
        ),
        Operation(
            "largest",
            "xs",
            "n",
            ("take the largest, or 0 if there is none", "return the maximum, 0 for an empty list"),
            ("max(@, default=0)", "max(@) if @ else 0"),
            ("max(@)", "min(@, default=0)"),
            hard=True,
        ),
        Operation(
            "smallest",
            "xs",
            "n",
            ("take the smallest, or 0 if there is none", "return the minimum, 0 for an empty list"),
            ("min(@, default=0)", "min(@) if @ else 0"),
            ("min(@)", "max(@, default=0)"),
        ),
        Operation(
            "spread",
            "xs",
            "n",
            ("take the largest minus the smallest, or 0 if there is none", "return the range, 0 for an empty list"),
            ("max(@) - min(@) if @ else 0",),
            ("max(@) - min(@)", "max(@) - len(@) if @ else 0"),
        ),
        Operation(
            "first",
            "xs",
            "n",
            ("take the first, or 0 if there is none", "return the first one, 0 for an empty list"),
            ("@[0] if @ else 0",),
            ("@[0]", "@[1] if @ else 0"),
        ),
        Operation(
            "last",
            "xs",
            "n",
            ("take the last, or 0 if there is none", "return the last one, 0 for an empty list"),
            ("@[-1] if @ else 0",),
            ("@[-1]", "@[0] if @ else 0"),
            hard=True,
        ),
        Operation(
            "count_above",
            "xs",
            "n",
            ("count those above $k", "count the numbers greater than $k"),
            ("sum(1 for x in @ if x > $k)", "len([x for x in @ if x > $k])"),
            ("sum(1 for x in @ if x >= $k)", "sum(x for x in @ if x > $k)"),
            SMALL,
        ),
        Operation(
            "count_equal",
            "xs",
            "n",
            ("count how often $k occurs", "return how many are equal to $k"),
            ("@.count($k)", "sum(1 for x in @ if x == $k)"),
            ("@.index($k)", "sum(x for x in @ if x == $k)"),
            SMALL,
        ),
        Operation(
            "sum_squares",
            "xs",
            "n",
            ("add up the squares", "return the sum of the squares"),
            ("sum(x * x for x in @)",),
            ("sum(@) ** 2", "sum(x * 2 for x in @)"),
        ),
        Operation(
            "join_numbers",
            "xs",
            "s",
            ('join them with "$c"', 'write them with "$c" in between'),
            ('"$c".join(str(x) for x in @)', '"$c".join(map(str, @))'),
            ('"$c".join(@)', '"".join(str(x) for x in @)'),
            letters="-,;+",
        ),
        Operation(
            "all_positive",
            "xs",
            "flag",
            ("tell whether all are positive", "say if all are above zero"),
            ("all(x > 0 for x in @)",),
            ("any(x > 0 for x in @)", "all(x >= 0 for x in @)"),
        ),
        Operation(
            "any_above",
            "xs",
            "flag",
            ("tell whether any is above $k", "say if one is greater than $k"),
            ("any(x > $k for x in @)",),
            ("all(x > $k for x in @)", "any(x >= $k for x in @)"),
            SMALL,
        ),
        Operation(
            "is_sorted",
            "xs",
            "flag",
            ("tell whether they are in ascending order", "say if the list is sorted"),
            ("@ == sorted(@)", "all(a <= b for a, b in zip(@, @[1:]))"),
            ("all(a < b for a, b in zip(@, @[1:]))", "@ == @.sort()"),
        ),
    )
