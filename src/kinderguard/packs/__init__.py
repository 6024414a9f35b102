"""Who says so: packs, how they are found, the hooks they implement, and the policy book they make together."""

from kinderguard.packs.book import NoDayError, NoPacksError, PolicyBook, load
from kinderguard.packs.columns import LedgerColumn
from kinderguard.packs.hookspecs import hookimpl
from kinderguard.packs.loader import PackError, PackSource, PackState, PackWarning
from kinderguard.packs.need_rules import NeedDomain, NeedRule, Qualification, Service, Urgency
from kinderguard.packs.pack import Pack
from kinderguard.packs.source_profiles import ProfileError, SourceProfile

__all__ = [
    "LedgerColumn", "NeedDomain", "NeedRule", "NoDayError", "NoPacksError", "Pack", "PackError", "PackSource", "PackState", "PackWarning",
    "PolicyBook", "ProfileError", "Qualification", "Service", "SourceProfile", "Urgency", "hookimpl", "load",
]  # fmt: skip
