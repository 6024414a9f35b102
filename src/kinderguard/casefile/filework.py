"""What is done with files beyond keeping them, as methods of the store: changes, what is due, transfers, closing, sharing.

Mixed into ``CaseStore``; each method only hands on to the module that knows how. Nothing is decided here.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from kinderguard.casefile.chain.entries import Entry
from kinderguard.model.codes import ClosingReason

if TYPE_CHECKING:
    from kinderguard.casefile.ending.retention import Erasable, Retention
    from kinderguard.casefile.following.changes import Change
    from kinderguard.casefile.following.due import DueKind, DueList, Lead
    from kinderguard.casefile.following.overpaid import OverpaymentDecision, OverpaymentOutcome
    from kinderguard.casefile.giving.sharing import Override, Recipient, SharedFile, SharingBasis, SharingRules
    from kinderguard.casefile.moving.transfers import Transfer
    from kinderguard.casefile.store import CaseStore
    from kinderguard.model.help import Consent
    from kinderguard.packs.book import PolicyBook


class FileWork:
    """The work on files: methods that the store has besides its own."""

    @property
    def _store(self) -> "CaseStore":
        return cast("CaseStore", self)

    # ---- what changes and falls due ------------------------------------------------------------------------------

    def changes(
        self, ref: str, book: "PolicyBook", *, on: dt.date | None = None, last: int | None = None
    ) -> "tuple[Change, ...]":
        """What has changed against the last assessment that was kept, and what was overpaid; see ``changes.changes_of``."""
        from kinderguard.casefile.following.changes import changes_of

        return changes_of(self._store, ref, book, on=on, last=last)

    def settle_overpayment(
        self,
        ref: str,
        policy: str,
        book: "PolicyBook",
        *,
        outcome: "OverpaymentOutcome | str",
        reason: str,
        by: str,
        amount: Decimal | str | int | None = None,
        months: Collection[str] | None = None,
        on: dt.date | None = None,
        acting: str | None = None,
        override: str | None = None,
    ) -> Entry:
        """Record that somebody looked at what was overpaid, and what was decided; see ``overpaid.settle_overpayment``."""
        from kinderguard.casefile.following.overpaid import settle_overpayment

        return settle_overpayment(
            self._store, ref, policy, book, outcome=outcome, reason=reason, by=by, amount=amount, months=months, on=on,
            acting=acting, override=override,
        )  # fmt: skip

    def overpayment_decisions(self, ref: str) -> "tuple[OverpaymentDecision, ...]":
        """What was decided of a file's overpayments, in order; what was taken back or erased is left out.

        Raises:
            UnknownFileError: there is no such file.
        """
        from kinderguard.casefile.following.overpaid import overpayment_decisions

        return overpayment_decisions(self._store.entries(ref))

    def forecast(
        self, ref: str, book: "PolicyBook", *, until: dt.date, start: dt.date | None = None
    ) -> "tuple[Change, ...]":
        """What will change for one child up to a day if only time goes on; see ``forecast.forecast``."""
        from kinderguard.casefile.following.forecast import forecast

        day = self._store._day(start, "start")
        return forecast(book, self._store.case(ref, at=day), start=day, until=until)

    def due(
        self,
        book: "PolicyBook",
        *,
        today: dt.date | None = None,
        lead: "Mapping[DueKind | str, Lead] | None" = None,
        division: str | None = None,
    ) -> "DueList":
        """What falls due in the open files; see ``due.due``."""
        from kinderguard.casefile.following.due import due

        return due(self._store, book, today=today, lead=lead, division=division)

    # ---- transfers -----------------------------------------------------------------------------------------------

    def settle_row(self, ref: str, *, reason: str, by: str) -> None:
        """Record that a row of a list that ``due`` tells needs nothing more, so that it tells it no longer.

        Args:
            ref: the number by which ``due`` names the row.
            reason: why, without names or ID numbers.
            by: the code of the user, never a name.

        Raises:
            EntryRefusedError: there is no such row, or no reason; nothing was written.
        """
        from kinderguard.casefile.filing.unread import settle

        settle(self._store, ref, reason=reason, by=by)

    def transfers(self, ref: str) -> "tuple[Transfer, ...]":
        """The transfers of a file, in order."""
        from kinderguard.casefile.moving.transfers import transfers

        return transfers(self._store.entries(ref))

    def propose_transfer(
        self,
        ref: str,
        to: str,
        *,
        by: str,
        reason: str | None = None,
        on: dt.date | None = None,
        acting: str | None = None,
        override: str | None = None,
    ) -> Entry:
        """Propose that another division takes a file over; see ``transfers.propose_transfer``."""
        from kinderguard.casefile.moving.transfers import propose_transfer

        return propose_transfer(self._store, ref, to, by=by, reason=reason, on=on, acting=acting, override=override)

    def accept_transfer(
        self, ref: str, *, acting: str, by: str, on: dt.date | None = None, override: str | None = None
    ) -> tuple[Entry, Entry]:
        """Accept the open transfer of a file; see ``transfers.accept_transfer``."""
        from kinderguard.casefile.moving.transfers import accept_transfer

        return accept_transfer(self._store, ref, acting=acting, by=by, on=on, override=override)

    def refuse_transfer(
        self, ref: str, *, acting: str, reason: str, by: str, on: dt.date | None = None, override: str | None = None
    ) -> Entry:
        """Refuse the open transfer of a file; see ``transfers.refuse_transfer``."""
        from kinderguard.casefile.moving.transfers import refuse_transfer

        return refuse_transfer(self._store, ref, acting=acting, reason=reason, by=by, on=on, override=override)

    def withdraw_transfer(
        self,
        ref: str,
        *,
        acting: str,
        by: str,
        reason: str | None = None,
        on: dt.date | None = None,
        override: str | None = None,
    ) -> Entry:
        """Withdraw the open transfer of a file; see ``transfers.withdraw_transfer``."""
        from kinderguard.casefile.moving.transfers import withdraw_transfer

        return withdraw_transfer(self._store, ref, acting=acting, by=by, reason=reason, on=on, override=override)

    # ---- closing -------------------------------------------------------------------------------------------------

    def close_file(
        self,
        ref: str,
        *,
        reason: ClosingReason | str,
        last_paid: str | None,
        by: str,
        on: dt.date | None = None,
        happened_on: dt.date | None = None,
        note: str | None = None,
        acting: str | None = None,
        override: str | None = None,
    ) -> Entry:
        """Close a file with a coded reason and the last month paid; see ``closing.close_file``."""
        from kinderguard.casefile.ending.closing import close_file

        return close_file(
            self._store, ref, reason=reason, last_paid=last_paid, by=by, on=on, happened_on=happened_on, note=note,
            acting=acting, override=override,
        )  # fmt: skip

    def reopen_file(
        self,
        ref: str,
        *,
        reason: str,
        by: str,
        on: dt.date | None = None,
        acting: str | None = None,
        override: str | None = None,
    ) -> Entry:
        """Open a closed file again; see ``closing.reopen_file``."""
        from kinderguard.casefile.ending.closing import reopen_file

        return reopen_file(self._store, ref, reason=reason, by=by, on=on, acting=acting, override=override)

    # ---- sharing and retention -----------------------------------------------------------------------------------

    def share(
        self,
        ref: str,
        *,
        recipient: "Recipient",
        purpose: str,
        basis: "SharingBasis | str",
        by: str,
        consent: "Consent | None" = None,
        override: "Override | None" = None,
        on: dt.date | None = None,
        rules: "SharingRules | None" = None,
        acting: str | None = None,
    ) -> "SharedFile":
        """Give a recipient what its role and the purpose allow, and write that down; see ``sharing.share``."""
        from kinderguard.casefile.giving.sharing import share

        return share(
            self._store, ref, recipient=recipient, purpose=purpose, basis=basis, by=by, consent=consent, override=override, on=on,
            rules=rules, acting=acting,
        )  # fmt: skip

    def erasable(
        self, keep: "Retention", *, today: dt.date | None = None, division: str | None = None
    ) -> "tuple[Erasable, ...]":
        """The closed files that may be erased; see ``retention.erasable``."""
        from kinderguard.casefile.ending.retention import erasable

        return erasable(self._store, keep, today=today, division=division)

    def erase_expired(
        self, keep: "Retention", *, by: str, today: dt.date | None = None, division: str | None = None
    ) -> "tuple[Erasable, ...]":
        """Erase the closed files whose time is over; see ``retention.erase_expired``."""
        from kinderguard.casefile.ending.retention import erase_expired

        return erase_expired(self._store, keep, by=by, today=today, division=division)
