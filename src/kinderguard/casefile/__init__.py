"""建档: case files with their history, who was given what, and what changes and falls due.

``CaseStore`` needs ``pip install "kinderguard[store]"``; nothing of it is loaded before it is used.
"""

from typing import TYPE_CHECKING, Any

#: The public names and where each lives. Loaded when first used, so that the model alone stays light.
_PUBLIC = {
    "CaseStore": "kinderguard.casefile.store",
    "Change": "kinderguard.casefile.following.changes",
    "ChangeKind": "kinderguard.casefile.following.changes",
    "Closing": "kinderguard.casefile.ending.closing",
    "ConflictError": "kinderguard.casefile.errors",
    "ContradictionError": "kinderguard.casefile.errors",
    "DamagedEntryError": "kinderguard.casefile.errors",
    "DueItem": "kinderguard.casefile.following.due",
    "DueKind": "kinderguard.casefile.following.due",
    "DueList": "kinderguard.casefile.following.due",
    "Duty": "kinderguard.casefile.following.due",
    "Entry": "kinderguard.casefile.chain.entries",
    "EntryKind": "kinderguard.casefile.chain.entries",
    "EntryRefusedError": "kinderguard.casefile.errors",
    "Erasable": "kinderguard.casefile.ending.retention",
    "ErasedError": "kinderguard.casefile.errors",
    "ErasureResidueWarning": "kinderguard.casefile.ending.erasing",
    "FactChange": "kinderguard.casefile.history",
    "FactSource": "kinderguard.casefile.filing.recording",
    "FiledChild": "kinderguard.casefile.filing.surveying",
    "FiledSurvey": "kinderguard.casefile.filing.surveying",
    "FileState": "kinderguard.casefile.ending.closing",
    "Filing": "kinderguard.casefile.filing.surveying",
    "Head": "kinderguard.casefile.chain.verifying",
    "HiddenFact": "kinderguard.casefile.doubts",
    "HistoryLine": "kinderguard.casefile.history",
    "Imported": "kinderguard.casefile.filing.importing",
    "KeyRefusedError": "kinderguard.casefile.errors",
    "Lead": "kinderguard.casefile.following.due",
    "LeadError": "kinderguard.casefile.following.due",
    "Likeness": "kinderguard.casefile.filing.perhaps",
    "MoveRefusedError": "kinderguard.casefile.moving.moves",
    "NewEntry": "kinderguard.casefile.chain.entries",
    "NoLongerListed": "kinderguard.casefile.filing.unlisted",
    "NoStoreError": "kinderguard.casefile.errors",
    "NotAssessedError": "kinderguard.casefile.following.changes",
    "NotReproducibleError": "kinderguard.casefile.errors",
    "NothingOverpaidError": "kinderguard.casefile.following.overpaid",
    "Overpaid": "kinderguard.casefile.following.changes",
    "OverpaymentDecision": "kinderguard.casefile.following.overpaid",
    "OverpaymentOutcome": "kinderguard.casefile.following.overpaid",
    "Override": "kinderguard.casefile.giving.sharing",
    "PerhapsListed": "kinderguard.casefile.filing.perhaps",
    "PlainStoreWarning": "kinderguard.casefile.chain.opening",
    "Recipient": "kinderguard.casefile.giving.sharing",
    "Recording": "kinderguard.casefile.filing.recording",
    "Refusal": "kinderguard.casefile.giving.sharing",
    "Retention": "kinderguard.casefile.ending.retention",
    "RetentionNotSetError": "kinderguard.casefile.ending.retention",
    "SameId": "kinderguard.casefile.filing.holders",
    "SharedFile": "kinderguard.casefile.giving.sharing",
    "SharingBasis": "kinderguard.casefile.giving.sharing",
    "SharingRefusedError": "kinderguard.casefile.giving.sharing",
    "SharingRule": "kinderguard.casefile.giving.sharing",
    "SharingRules": "kinderguard.casefile.giving.sharing",
    "SharingRulesError": "kinderguard.casefile.giving.sharing",
    "Standing": "kinderguard.casefile.following.changes",
    "StoreBusyError": "kinderguard.casefile.errors",
    "StoreError": "kinderguard.casefile.errors",
    "StoreFullError": "kinderguard.casefile.errors",
    "StoreUnusableError": "kinderguard.casefile.errors",
    "Transfer": "kinderguard.casefile.moving.transfers",
    "TransferState": "kinderguard.casefile.moving.transfers",
    "UnknownEntryError": "kinderguard.casefile.errors",
    "UnknownFileError": "kinderguard.casefile.errors",
    "UnreadableEntryError": "kinderguard.casefile.errors",
    "UnreadableResultError": "kinderguard.casefile.following.changes",
    "UsersError": "kinderguard.casefile.moving.users",
    "VerifyReport": "kinderguard.casefile.chain.verifying",
    "new_key": "kinderguard.casefile.chain.encryption",
    "pseudonym": "kinderguard.casefile.chain.encryption",
    "read_users": "kinderguard.casefile.moving.users",
}

if TYPE_CHECKING:
    from kinderguard.casefile.chain.encryption import new_key, pseudonym
    from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry
    from kinderguard.casefile.chain.opening import PlainStoreWarning
    from kinderguard.casefile.chain.verifying import Head, VerifyReport
    from kinderguard.casefile.doubts import HiddenFact
    from kinderguard.casefile.ending.closing import Closing, FileState
    from kinderguard.casefile.ending.erasing import ErasureResidueWarning
    from kinderguard.casefile.ending.retention import Erasable, Retention, RetentionNotSetError
    from kinderguard.casefile.errors import (
        ConflictError,
        ContradictionError,
        DamagedEntryError,
        EntryRefusedError,
        ErasedError,
        KeyRefusedError,
        NoStoreError,
        NotReproducibleError,
        StoreBusyError,
        StoreError,
        StoreFullError,
        StoreUnusableError,
        UnknownEntryError,
        UnknownFileError,
        UnreadableEntryError,
    )
    from kinderguard.casefile.filing.holders import SameId
    from kinderguard.casefile.filing.importing import Imported
    from kinderguard.casefile.filing.perhaps import Likeness, PerhapsListed
    from kinderguard.casefile.filing.recording import FactSource, Recording
    from kinderguard.casefile.filing.surveying import FiledChild, FiledSurvey, Filing
    from kinderguard.casefile.filing.unlisted import NoLongerListed
    from kinderguard.casefile.following.changes import (
        Change,
        ChangeKind,
        NotAssessedError,
        Overpaid,
        Standing,
        UnreadableResultError,
    )
    from kinderguard.casefile.following.due import DueItem, DueKind, DueList, Duty, Lead, LeadError
    from kinderguard.casefile.following.overpaid import NothingOverpaidError, OverpaymentDecision, OverpaymentOutcome
    from kinderguard.casefile.giving.sharing import (
        Override,
        Recipient,
        Refusal,
        SharedFile,
        SharingBasis,
        SharingRefusedError,
        SharingRule,
        SharingRules,
        SharingRulesError,
    )
    from kinderguard.casefile.history import FactChange, HistoryLine
    from kinderguard.casefile.moving.moves import MoveRefusedError
    from kinderguard.casefile.moving.transfers import Transfer, TransferState
    from kinderguard.casefile.moving.users import UsersError, read_users
    from kinderguard.casefile.store import CaseStore

if not TYPE_CHECKING:  # to a type checker, a name that is not imported above is misspelt

    def __getattr__(name: str) -> Any:
        if name not in _PUBLIC:
            raise AttributeError(f"module 'kinderguard.casefile' has no attribute {name!r}")
        from importlib import import_module

        from kinderguard.model.errors import MissingExtraError

        try:
            return getattr(import_module(_PUBLIC[name]), name)
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] != "sqlalchemy":
                raise
            raise MissingExtraError("store", "sqlalchemy") from None


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])


__all__ = [
    "CaseStore", "Change", "ChangeKind", "Closing", "ConflictError", "ContradictionError", "DamagedEntryError",
    "DueItem", "DueKind", "DueList", "Duty", "Entry", "EntryKind", "EntryRefusedError", "Erasable", "ErasedError",
    "ErasureResidueWarning", "FactChange", "FactSource", "FileState", "FiledChild", "FiledSurvey", "Filing", "Head", "HiddenFact",
    "HistoryLine", "Imported", "KeyRefusedError", "Lead", "LeadError", "Likeness", "MoveRefusedError", "NewEntry",
    "NoLongerListed", "NoStoreError", "NotAssessedError", "NotReproducibleError", "NothingOverpaidError", "Overpaid",
    "OverpaymentDecision", "OverpaymentOutcome", "Override", "PerhapsListed", "PlainStoreWarning",
    "Recipient", "Recording", "Refusal", "Retention", "RetentionNotSetError", "SameId", "SharedFile", "SharingBasis", "SharingRefusedError",
    "SharingRule", "SharingRules", "SharingRulesError", "Standing", "StoreBusyError", "StoreError",
    "StoreFullError", "StoreUnusableError", "Transfer", "TransferState", "UnknownEntryError", "UnknownFileError",
    "UnreadableEntryError", "UnreadableResultError", "UsersError", "VerifyReport", "new_key", "pseudonym", "read_users",
]  # fmt: skip
