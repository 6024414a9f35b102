"""建档: case files with their history, who was given what, and what changes and falls due.

``CaseStore`` needs ``pip install "kinderguard[store]"``; nothing of it is loaded before it is used.
"""

from typing import TYPE_CHECKING, Any

#: The public names and where each lives. Loaded when first used, so that the model alone stays light.
_PUBLIC = {
    "CaseStore": "kinderguard.casefile.store",
    "Change": "kinderguard.casefile.changes",
    "ChangeKind": "kinderguard.casefile.changes",
    "Closing": "kinderguard.casefile.closing",
    "ConflictError": "kinderguard.casefile.errors",
    "ContradictionError": "kinderguard.casefile.errors",
    "DamagedEntryError": "kinderguard.casefile.errors",
    "DueItem": "kinderguard.casefile.due",
    "DueKind": "kinderguard.casefile.due",
    "DueList": "kinderguard.casefile.due",
    "Duty": "kinderguard.casefile.due",
    "Entry": "kinderguard.casefile.entries",
    "EntryKind": "kinderguard.casefile.entries",
    "EntryRefusedError": "kinderguard.casefile.errors",
    "Erasable": "kinderguard.casefile.retention",
    "ErasedError": "kinderguard.casefile.errors",
    "ErasureResidueWarning": "kinderguard.casefile.erasing",
    "FactChange": "kinderguard.casefile.history",
    "FactSource": "kinderguard.casefile.recording",
    "FiledChild": "kinderguard.casefile.surveying",
    "FiledSurvey": "kinderguard.casefile.surveying",
    "FileState": "kinderguard.casefile.closing",
    "Filing": "kinderguard.casefile.surveying",
    "Head": "kinderguard.casefile.verifying",
    "HiddenFact": "kinderguard.casefile.doubts",
    "HistoryLine": "kinderguard.casefile.history",
    "Imported": "kinderguard.casefile.importing",
    "KeyRefusedError": "kinderguard.casefile.errors",
    "Lead": "kinderguard.casefile.due",
    "LeadError": "kinderguard.casefile.due",
    "MoveRefusedError": "kinderguard.casefile.moves",
    "NewEntry": "kinderguard.casefile.entries",
    "NoLongerListed": "kinderguard.casefile.unlisted",
    "NoStoreError": "kinderguard.casefile.errors",
    "NotAssessedError": "kinderguard.casefile.changes",
    "NotReproducibleError": "kinderguard.casefile.errors",
    "Overpaid": "kinderguard.casefile.changes",
    "Override": "kinderguard.casefile.sharing",
    "PlainStoreWarning": "kinderguard.casefile.opening",
    "Recipient": "kinderguard.casefile.sharing",
    "Recording": "kinderguard.casefile.recording",
    "Refusal": "kinderguard.casefile.sharing",
    "Retention": "kinderguard.casefile.retention",
    "RetentionNotSetError": "kinderguard.casefile.retention",
    "SameId": "kinderguard.casefile.holders",
    "SharedFile": "kinderguard.casefile.sharing",
    "SharingBasis": "kinderguard.casefile.sharing",
    "SharingRefusedError": "kinderguard.casefile.sharing",
    "SharingRule": "kinderguard.casefile.sharing",
    "SharingRules": "kinderguard.casefile.sharing",
    "SharingRulesError": "kinderguard.casefile.sharing",
    "Standing": "kinderguard.casefile.changes",
    "StoreBusyError": "kinderguard.casefile.errors",
    "StoreError": "kinderguard.casefile.errors",
    "StoreFullError": "kinderguard.casefile.errors",
    "StoreUnusableError": "kinderguard.casefile.errors",
    "Transfer": "kinderguard.casefile.transfers",
    "TransferState": "kinderguard.casefile.transfers",
    "UnknownEntryError": "kinderguard.casefile.errors",
    "UnknownFileError": "kinderguard.casefile.errors",
    "UnreadableEntryError": "kinderguard.casefile.errors",
    "UnreadableResultError": "kinderguard.casefile.changes",
    "VerifyReport": "kinderguard.casefile.verifying",
    "new_key": "kinderguard.casefile.encryption",
    "pseudonym": "kinderguard.casefile.encryption",
}

if TYPE_CHECKING:
    from kinderguard.casefile.changes import (
        Change,
        ChangeKind,
        NotAssessedError,
        Overpaid,
        Standing,
        UnreadableResultError,
    )
    from kinderguard.casefile.closing import Closing, FileState
    from kinderguard.casefile.doubts import HiddenFact
    from kinderguard.casefile.due import DueItem, DueKind, DueList, Duty, Lead, LeadError
    from kinderguard.casefile.encryption import new_key, pseudonym
    from kinderguard.casefile.entries import Entry, EntryKind, NewEntry
    from kinderguard.casefile.erasing import ErasureResidueWarning
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
    from kinderguard.casefile.history import FactChange, HistoryLine
    from kinderguard.casefile.holders import SameId
    from kinderguard.casefile.importing import Imported
    from kinderguard.casefile.moves import MoveRefusedError
    from kinderguard.casefile.opening import PlainStoreWarning
    from kinderguard.casefile.recording import FactSource, Recording
    from kinderguard.casefile.retention import Erasable, Retention, RetentionNotSetError
    from kinderguard.casefile.sharing import (
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
    from kinderguard.casefile.store import CaseStore
    from kinderguard.casefile.surveying import FiledChild, FiledSurvey, Filing
    from kinderguard.casefile.transfers import Transfer, TransferState
    from kinderguard.casefile.unlisted import NoLongerListed
    from kinderguard.casefile.verifying import Head, VerifyReport

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
    "HistoryLine", "Imported", "KeyRefusedError", "Lead", "LeadError", "MoveRefusedError", "NewEntry",
    "NoLongerListed", "NoStoreError", "NotAssessedError", "NotReproducibleError", "Overpaid", "Override", "PlainStoreWarning", "Recipient",
    "Recording", "Refusal", "Retention", "RetentionNotSetError", "SameId", "SharedFile", "SharingBasis", "SharingRefusedError",
    "SharingRule", "SharingRules", "SharingRulesError", "Standing", "StoreBusyError", "StoreError",
    "StoreFullError", "StoreUnusableError", "Transfer", "TransferState", "UnknownEntryError", "UnknownFileError",
    "UnreadableEntryError", "UnreadableResultError", "VerifyReport", "new_key", "pseudonym",
]  # fmt: skip
