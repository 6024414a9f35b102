"""The hooks: what a distribution can tell kinderguard. This is the page a county developer reads first.

A distribution names a module under the entry-point group ``kinderguard``; the entry point's name is the division
that it speaks for::

    [project.entry-points.kinderguard]
    330106 = "kinderguard_xihu"

In that module it implements the hooks it needs, each marked with ``@hookimpl``. The host imports the module only
when a child of that jurisdiction is assessed, calls each hook once, and keeps the values: hooks *register*, nothing
is called for every child except what a registered observer or fact provider does.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment
    from kinderguard.packs.columns import LedgerColumn
    from kinderguard.packs.need_rules import NeedRule
    from kinderguard.packs.pack import Pack
    from kinderguard.packs.source_profiles import SourceProfile
    from kinderguard.rules.definitions import OwnDocument

hookspec = pluggy.HookspecMarker("kinderguard")
hookimpl = pluggy.HookimplMarker("kinderguard")


# A specification has no body: the modules that implement it have.


@hookspec
def kinderguard_pack() -> "Pack":  # type: ignore[empty-body]
    """Give the pack: its rules, checks, facts, providers and parameter files.

    Called once, when a child of the jurisdiction is first assessed. Every module must implement it.

    Returns:
        The ``Pack``; its code must be the entry point's name.
    """


@hookspec
def kinderguard_ledger_columns() -> "Sequence[LedgerColumn]":  # type: ignore[empty-body]
    """Give columns and spellings that the jurisdiction's ledgers have beyond the standard ones.

    Called once, when a ledger is read.
    """


@hookspec
def kinderguard_source_profiles() -> "Sequence[SourceProfile]":  # type: ignore[empty-body]
    """Give the kinds of list that departments of the jurisdiction keep beyond the built-in ones.

    Called once, with the pack; asked for when ``survey.read_source`` is given one of their codes. Each code begins
    with the pack's own (``330199.street_office``).
    """


@hookspec
def kinderguard_documents() -> "Sequence[OwnDocument]":  # type: ignore[empty-body]
    """Give papers of the jurisdiction's own that its policies ask for beyond ``r.Document``.

    Called once, with the pack.
    """


@hookspec
def kinderguard_needs() -> "Sequence[NeedRule]":  # type: ignore[empty-body]
    """Give needs that children of the jurisdiction may have beyond the national ones, as rules.

    Called once, with the pack. Each code begins with the pack's own (``330199.need.winter_clothes``). Needs take no part
    in an assessment: nothing that is due depends on them.
    """


@hookspec
def kinderguard_observers() -> "Sequence[Callable[[Assessment], None]]":  # type: ignore[empty-body]
    """Give functions that see every assessment of the jurisdiction after it is made, and cannot change it.

    Called once, with the pack. An observer that fails is reported in the assessment's problems.
    """
