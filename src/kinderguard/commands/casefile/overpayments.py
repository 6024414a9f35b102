"""``file overpayment``: what was paid too much, whether somebody has looked at it, and what was decided.

No rule says what is to become of such money: what somebody decided is recorded, and nothing is claimed. No name is written.
"""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

import kinderguard
from kinderguard.commands.application import (
    DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OutPath,
    Strict,
    contained,
    examples,
    progress,
    say,
)
from kinderguard.commands.casefile.moves import AsText, InSpite, MaybeActing, OnOrToday, Why, write_entry
from kinderguard.commands.casefile.showing import InDivision, Ref, ShownAs, files
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.commands.wording import in_commands
from kinderguard.model.money import bounds_text
from kinderguard.model.text import Language, Text, join, same

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, OverpaymentDecision
    from kinderguard.packs import PolicyBook

overpayments = typer.Typer(
    name="overpayment",
    help="多发：列出、登记处理结果。What was overpaid: list it, record what was decided.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
files.add_typer(overpayments)

#: The codes of ``OverpaymentOutcome``, as the help has them: the store is not loaded to print it.
_OUTCOMES = (
    "recovered 已追回、recovering 追回中、waived 不予追回、not_overpaid 核实未多发"
    " / recovered, recovering, waived, not_overpaid"
)


@overpayments.command(
    name="settle",
    epilog=examples(
        "kinderguard file overpayment settle 编号 cn.unattended_allowance --outcome recovering --amount 3800.00"
        " --reason 已与监护人约定分期退回 --by 330199.u1 --store 档案.db",
    ),
)
def settle(
    ref: Ref,
    policy: Annotated[
        str,
        typer.Argument(metavar="POLICY", help="补助项目的代码，file overpayment list 列出 / the code of the policy"),
    ],
    by: ByUser,
    outcome: Annotated[str, typer.Option("--outcome", metavar="CODE", help=f"处理结果：{_OUTCOMES}")],
    reason: Why,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="YUAN", help="涉及金额（元），可不写 / how many yuan, if known")
    ] = None,
    month: Annotated[
        list[str] | None,
        typer.Option(
            "--month",
            metavar="MONTH",
            help="只登记此月，如 2026-03，可重复；不写则为全部待处理的 / this month alone, as 2026-03, may be given again; all that "
            "are open if left out",
        ),
    ] = None,
    on: OnOrToday = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """登记一项多发已核对及其处理结果。Record that an overpayment was looked at and what was decided."""
    with contained():
        book = kinderguard.load(strict=strict)
        with open_store(store, lang.value) as opened:
            last = opened.head().number
            entry = opened.settle_overpayment(
                ref, policy, book, outcome=outcome, reason=reason, by=by, amount=amount, months=month or None, on=on,
                acting=acting, override=override,
            )  # fmt: skip
            from kinderguard.casefile import OverpaymentOutcome

            code, months = OverpaymentOutcome.of(entry.body["outcome"]), sorted(entry.body["months"])
            what = Text(
                f"档案 {ref} 的多发（{policy}，{'、'.join(months)}）已登记：{code.zh}",
                f"The overpayment of file {ref} ({policy}, {', '.join(months)}) is looked at: {code.en}",
            )
            if entry.number <= last:
                what += Text("（此前已登记，未重复写入）", " (recorded before; nothing was written)")
            write_entry(
                form, lang.value, what, ref, entry, policy=policy, months=months, outcome=code.value,
                amount=entry.body["amount"],
            )  # fmt: skip


@attrs.frozen
class _Row:
    """One overpayment: open, or with what was decided of it last and, as its history, before."""

    ref: str
    division: str | None
    policy: str
    title: Text
    months: tuple[str, ...]
    overpaid: Text
    low: str
    high: str | None
    outcome: Any = None
    amount: str | None = None
    on: dt.date | None = None
    entry: int | None = None
    by: str | None = None
    earlier: "tuple[OverpaymentDecision, ...]" = ()

    @property
    def history(self) -> Text:
        """What was decided before of the same months, and when."""
        told = join([Text(f"{e.outcome.zh}（{e.on}）", f"{e.outcome.en} ({e.on})") for e in self.earlier])
        return Text(f"此前：{told.zh}", f"before: {told.en}") if self.earlier else same("")

    @property
    def state(self) -> Text:
        """What was decided, or that nobody has looked at it."""
        return Text("待处理", "not looked at") if self.outcome is None else self.outcome.label

    def line(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "ref": self.ref, "division": self.division, "policy": self.policy, "months": list(self.months),
            "low": self.low, "high": self.high, "outcome": None if self.outcome is None else self.outcome.value,
            "amount": self.amount, "on": None if self.on is None else self.on.isoformat(), "entry": self.entry,
            "by": self.by,
            "earlier": [
                {
                    "outcome": e.outcome.value, "months": sorted(e.months), "amount": None if e.amount is None else str(e.amount),
                    "on": e.on.isoformat(), "entry": e.entry, "by": e.by,
                }
                for e in self.earlier
            ],
        }  # fmt: skip


@overpayments.command(
    name="list",
    epilog=examples(
        "kinderguard file overpayment list --open --store 档案.db --on 2025-09-01",
        "kinderguard file overpayment list --store 档案.db --format xlsx --out 多发.xlsx",
    ),
)
def list_overpayments(
    on: OnOrToday = None,
    store: InStore = None,
    division: InDivision = None,
    only_open: Annotated[
        bool, typer.Option("--open", help="只列待处理的 / only those that nobody has looked at")
    ] = False,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """列出多发：待处理的和已登记处理结果的，含已结案的档案。What was overpaid, looked at or not, closed files too."""
    check_out(form, out)
    with contained():
        book = kinderguard.load(strict=strict)
        text: Language = lang.value
        refused: list[Text] = []
        with open_store(store, text) as opened:
            day = on or opened.today()
            found = [row for row in _rows(opened, book, day, division, refused) if not (only_open and row.outcome)]
        write_list(
            form,
            out,
            summary=_summary(found, text),
            lines=(row.line() for row in found),
            heads=_HEADS,
            rows=(
                (
                    row.ref, row.division, row.policy, row.title.in_(text), "、".join(row.months), row.low, row.high,
                    row.state.in_(text), row.amount, row.on and row.on.isoformat(), row.entry, row.by,
                    row.history.in_(text) or None,
                )
                for row in found
            ),
            lang=text,
        )  # fmt: skip
        for each in refused:
            say(in_commands(each).in_(text))
        raise typer.Exit(WITH_PROBLEMS if refused else DONE)


_HEADS = (
    Text("档案编号", "File"), Text("行政区划", "Division"), Text("代码", "Code"), Text("名称", "Title"), Text("月份", "Months"),
    Text("至少多发（元）", "Overpaid, at least (yuan)"), Text("至多多发（元）", "Overpaid, at most (yuan)"), Text("处理结果", "Decided"),
    Text("登记金额（元）", "Amount recorded (yuan)"), Text("登记日期", "Decided on"), Text("记录号", "Entry"), Text("登记人", "By"),
    Text("此前的处理结果", "Decided before"),
)  # fmt: skip


def _rows(
    store: "CaseStore", book: "PolicyBook", on: dt.date, division: str | None, refused: list[Text]
) -> Iterator[_Row]:
    """What is open in each file, then what was decided last; a file that cannot be read is told, and keeps none of the others."""
    from kinderguard.casefile import DamagedEntryError, UnreadableEntryError
    from kinderguard.casefile.facts import case_of
    from kinderguard.casefile.following.changes import open_overpayments
    from kinderguard.casefile.following.overpaid import overpayment_decisions, standing_decisions
    from kinderguard.casefile.history import holdings, stated_on, values
    from kinderguard.model.errors import InvalidRecordError

    refs = store.refs(division, open=None, at=on)
    with progress("查找多发 / overpayments") as step:
        for number, ref in enumerate(refs, 1):
            step(number, len(refs))
            try:
                entries = store.entries(ref)
                place = case_of(ref, values(stated_on(holdings(entries), on))).division
                told = open_overpayments(ref, entries, book, on)
                decided = overpayment_decisions(entries)
            except (DamagedEntryError, UnreadableEntryError, InvalidRecordError) as error:
                refused.append(Text(f"档案 {ref}：", f"File {ref}: ") + error.text)
                continue
            titles = book.ready(place, on).basis.titles if decided else {}
            for change in told:
                of = change.overpaid
                assert of is not None
                months = tuple(month for month, _, _ in of.by_month)
                money = bounds_text(of.low, of.high)
                yield _Row(ref, place, change.code, change.title, months, money, str(of.low), str(of.high))
            for stands in standing_decisions(decided):
                each = stands.decision
                amount = None if stands.is_part or each.amount is None else str(each.amount)
                title = titles.get(each.policy, same(each.policy))
                yield _Row(
                    ref, place, each.policy, title, tuple(sorted(each.months)), bounds_text(each.low, each.high), str(each.low),
                    None if each.high is None else str(each.high),
                    each.outcome, amount, each.on, each.entry, each.by, stands.earlier,
                )  # fmt: skip


def _summary(found: list[_Row], lang: Language) -> Iterator[str]:
    waiting = [row for row in found if row.outcome is None]
    yield Text(
        f"待处理的多发 {len(waiting)} 项，已登记处理结果 {len(found) - len(waiting)} 项",
        f"{len(waiting)} not looked at, {len(found) - len(waiting)} with what was decided",
    ).in_(lang)
    yield from columns_of(
        (
            row.ref, row.title.in_(lang), join([same(month) for month in row.months]).in_(lang), row.overpaid.in_(lang),
            row.state.in_(lang), "" if row.amount is None else Text(f"{row.amount}元", f"{row.amount} yuan").in_(lang),
            "" if row.on is None else f"{row.on}", row.history.in_(lang),
        )
        for row in found
    )  # fmt: skip
