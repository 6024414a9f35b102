"""Stands in for the heating company's registry: which towns have central heating. Invented, and offline."""

#: Division of the town: whether it has central heating.
_TOWNS = {"330199001": True, "330199004": True}


def has_central_heating(division: str | None) -> bool | None:
    """Whether the town has central heating; None where the registry does not know it."""
    return None if division is None else _TOWNS.get(division[:9])
