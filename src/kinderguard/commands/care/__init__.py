"""``care``: needs, plans, help given out, and what came of it. They register with ``needs.care``."""

from kinderguard.commands.care import allocation, needs, plans, reports, steps

__all__ = ["allocation", "needs", "plans", "reports", "steps"]
