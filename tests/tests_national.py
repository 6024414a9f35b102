"""What the tests of the national rules share."""


def situation(kind, since="2020-01-01", **more):
    """One situation that still holds."""
    return {"kind": kind, "since": since, "ongoing": True} | more
