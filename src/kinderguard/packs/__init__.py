"""Who says so: packs, how they are found, the hooks they implement, and the policy book they make together."""

from kinderguard.packs.book import NoDayError, NoPacksError, PolicyBook, load
from kinderguard.packs.columns import LedgerColumn
from kinderguard.packs.hookspecs import hookimpl
from kinderguard.packs.loader import PackError, PackSource, PackState
from kinderguard.packs.pack import Pack

__all__ = [
    "LedgerColumn", "NoDayError", "NoPacksError", "Pack", "PackError", "PackSource", "PackState", "PolicyBook",
    "hookimpl", "load",
]  # fmt: skip
