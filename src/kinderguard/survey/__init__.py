"""摸排: reading lists as departments keep them, finding each child once, and saying what is wrong, missing or to decide."""

from kinderguard.packs.source_profiles import ProfileError, SourceProfile
from kinderguard.survey.absence import (
    AbsenceList,
    AbsentChild,
    Expectation,
    absent,
    default_expectations,
    read_expectations,
)
from kinderguard.survey.building import SurveyedChild
from kinderguard.survey.choosing import Disagreement, Sourced
from kinderguard.survey.combining import combine, rows_of
from kinderguard.survey.completeness import WorkList, WorkRow, missing_work
from kinderguard.survey.decisions import (
    Decision,
    DecisionError,
    DecisionKind,
    SetAside,
    Withdrawal,
    decisions_from_json,
    decisions_to_json,
    read_decisions,
    save_decisions,
)
from kinderguard.survey.keys import RowKey
from kinderguard.survey.ledger import CellProblem, IgnoredRow, Ledger, LedgerRow, UnknownHeader
from kinderguard.survey.linking import Links, LinkSettings, Pair, link
from kinderguard.survey.place_counts import FoundByPlace, PlaceCount, found_by_place
from kinderguard.survey.read import read_ledger
from kinderguard.survey.sheets import LedgerError, RawSheet, open_sheets
from kinderguard.survey.sources import Source, built_in_profiles, find_profile, read_source
from kinderguard.survey.surveyed import HeldBackPair, OpenPair, SkippedRow, Survey, SurveyError
from kinderguard.survey.trust import ChosenBy, Prefer, TrustError, TrustOrder, TrustRule

__all__ = [
    "AbsenceList",
    "AbsentChild",
    "CellProblem",
    "ChosenBy",
    "Decision",
    "DecisionError",
    "DecisionKind",
    "Disagreement",
    "Expectation",
    "FoundByPlace",
    "HeldBackPair",
    "IgnoredRow",
    "Ledger",
    "LedgerError",
    "LedgerRow",
    "LinkSettings",
    "Links",
    "OpenPair",
    "Pair",
    "PlaceCount",
    "Prefer",
    "ProfileError",
    "RawSheet",
    "RowKey",
    "SetAside",
    "SkippedRow",
    "Source",
    "SourceProfile",
    "Sourced",
    "Survey",
    "SurveyError",
    "SurveyedChild",
    "TrustError",
    "TrustOrder",
    "TrustRule",
    "UnknownHeader",
    "Withdrawal",
    "WorkList",
    "WorkRow",
    "absent",
    "built_in_profiles",
    "combine",
    "decisions_from_json",
    "decisions_to_json",
    "default_expectations",
    "find_profile",
    "found_by_place",
    "link",
    "missing_work",
    "open_sheets",
    "read_decisions",
    "read_expectations",
    "read_ledger",
    "read_source",
    "rows_of",
    "save_decisions",
]  # fmt: skip
