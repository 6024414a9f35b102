"""Read by mypy alone (``make check``): what ``tests/rules/test_misuse.py`` sees raise is refused before anything runs."""

from kinderguard.rules import child, household

a = child.age & True  # type: ignore[operator]
b = child.agee  # type: ignore[attr-defined]
c = household.monthly_income_per_head + household.size  # type: ignore[operator]
d = child.disability.grade < 3  # type: ignore[operator]
e = (child.age < 16) & ~(household.size > 3)
f = child.adopted & (child.sex is None)  # type: ignore[operator]
g = (child.sex is None) | child.adopted  # type: ignore[operator]
