"""``care needs``: what children need. The modules beside it have the rest.

Children come from a store of case files or from a ledger. No name, number or address is in anything written here: needs
and plans go to those who help, and hold the file's number alone.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer
from typer.core import TyperGroup

import kinderguard
from kinderguard.care import Need, Urgency, assess_needs
from kinderguard.commands.application import (
    DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OnDay,
    OutPath,
    Strict,
    app,
    contained,
    examples,
    fail,
    progress,
    say,
)
from kinderguard.commands.casefile.showing import InDivision
from kinderguard.commands.children import numbered, read_children
from kinderguard.commands.store import InStore, open_store
from kinderguard.commands.tabular import TableFormat, check_out, columns_of, write_list
from kinderguard.model.case import Case
from kinderguard.model.echo import shown_code
from kinderguard.model.errors import Problem
from kinderguard.model.text import Language, Text, join

if TYPE_CHECKING:
    from kinderguard.packs import PolicyBook

#: As a month's round goes: what is needed, by whom it is met, what came of it.
_ORDER = (
    "needs", "plan", "allocate", "overlaps", "show", "move", "service", "follow-up", "goal", "providers", "targets",
)  # fmt: skip


class _InOrder(TyperGroup):
    """The commands of care, in the order of a month's round."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands as a round goes."""
        return sorted(super().list_commands(ctx), key=_ORDER.index)


care = typer.Typer(
    name="care",
    cls=_InOrder,
    help="关爱：需求、方案及其进展、资源匹配、重复服务、组织评价、年度目标。"
    "Care: needs, plans and what becomes of them, whom help reaches, what is done twice, who kept promises, targets of the year.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(care)

FromLedger = Annotated[
    Path | None,
    typer.Argument(
        metavar="LEDGER",
        help="台账或 children.jsonl；不写则取自档案库（--store） / a ledger or children.jsonl; from the store if left out",
    ),
]
SavedBy = Annotated[
    str | None, typer.Option("--by", metavar="CODE", help="随 --save：经办人的用户代码 / with --save: the user's code")
]


class CareFormat(StrEnum):
    """What needs and plans are written as: as lists, or as a text about each child."""

    SUMMARY = "summary"
    TEXT = "text"
    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def as_table(self) -> TableFormat:
        """The list's form; a text is written where a summary would be."""
        return TableFormat.SUMMARY if self is CareFormat.TEXT else TableFormat(self.value)


AsCare = Annotated[
    CareFormat,
    typer.Option("--format", "-f", help="输出形式；text 为逐名儿童的文字 / what to write; text tells of each child"),
]


def check_saved(save: bool, by: str | None) -> None:
    """Who saves says who.

    Raises:
        typer.BadParameter: nobody is named.
    """
    if save and not by:
        raise typer.BadParameter("--save 须用 --by 写明经办人代码 / --save needs --by CODE")


# ---- needs -------------------------------------------------------------------------------------------------------


@care.command(
    name="needs",
    epilog=examples(
        "kinderguard care needs 台账.xlsx --on 2025-09-01",
        "kinderguard care needs --store 档案.db --on 2025-09-01 --division 330199 --to-clarify --format csv --out 需求.csv",
    ),
)
def find_needs(
    on: OnDay,
    ledger: FromLedger = None,
    refs: Annotated[
        list[str] | None,
        typer.Option("--ref", metavar="REF", help="只看此编号的儿童，可重复 / this child alone; may be given again"),
    ] = None,
    store: InStore = None,
    division: InDivision = None,
    to_clarify: Annotated[
        bool,
        typer.Option(
            "--to-clarify",
            help="也列出待核实的需求及须了解的事实 / also needs to be clarified, with the facts to find out",
        ),
    ] = False,
    form: AsCare = CareFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """列出每名儿童的需求、理由和紧迫程度。What each child needs, why, and how urgently."""
    check_out(form.as_table, out)
    with contained():
        book = kinderguard.load(strict=strict)
        cases = children_of(ledger, store, division, on, book, lang.value, refs or ())
        found = list(needs_of(cases, book, on, to_clarify=to_clarify))
        needs = [need for each in found for need in each.needs]
        text: Language = lang.value
        each_child = ((case.ref, each) for case, each in zip(cases, found, strict=True))
        write_list(
            form.as_table,
            out,
            summary=_needs_text(each_child, text)
            if form is CareFormat.TEXT
            else _needs_summary(cases, division, found, text),
            lines=(need.model_dump(mode="json", exclude_none=True) for need in needs),
            heads=_NEED_HEADS,
            rows=(
                (
                    need.ref, need.division, need.urgency.label.in_(text), need.domain.label.in_(text), need.title.in_(text),
                    need.status.label.in_(text), _reason(need).in_(text),
                    join([s.label for s in need.services], "或", " or ").in_(text), join(list(need.asks)).in_(text),
                    " ".join(need.facts), need.code,
                )
                for need in needs
            ),
            lang=text,
        )  # fmt: skip
        if form not in (CareFormat.SUMMARY, CareFormat.TEXT):
            said(left_out(found, LIST_THEM), text)
        raise typer.Exit(told((p for each in found for p in each.problems), text))


#: What helps a child goes by where it lives; which children are meant goes by who is in charge (``--division``).
LIVES_IN = Text("所在行政区划", "Where it lives")
_NEED_HEADS = (
    Text("档案编号", "File"), LIVES_IN, Text("紧迫程度", "Urgency"), Text("领域", "Domain"),
    Text("需求", "Need"), Text("状态", "Status"), Text("理由", "Reason"), Text("服务", "Services"),
    Text("待了解", "To find out"), Text("事实", "Fact"), Text("代码", "Code"),
)  # fmt: skip
#: How what is left out is had.
LIST_THEM = Text("；加 --to-clarify 列出，并写明须了解什么", "; --to-clarify lists them, with what to find out")


@attrs.frozen
class FoundNeeds:
    """What was found of one child: its needs, the urgency of each that is to be clarified and was not asked for, and what
    was wrong with packs or parameters.
    """

    needs: tuple[Need, ...]
    left_out: tuple[Urgency, ...]
    problems: tuple[Problem, ...]


def needs_of(cases: list[Case], book: "PolicyBook", on: dt.date, *, to_clarify: bool) -> Iterator[FoundNeeds]:
    """Of each child its needs; those to be clarified where they are asked for, else how many they are."""
    with progress("查找需求 / finding needs") as step:
        for number, case in enumerate(cases, 1):
            found = assess_needs(book, case, on=on)
            if to_clarify:
                yield FoundNeeds(found.needs, (), found.problems)
            else:
                yield FoundNeeds(found.present, tuple(rule.urgency for rule in found.undecided), found.problems)
            step(number, len(cases))


def left_out(found: Collection[FoundNeeds], then: Text) -> Iterator[Text]:
    """That needs which are to be clarified were left out, where any were: how many, how urgent, of how many children."""
    urgencies = Counter(urgency for each in found for urgency in each.left_out)
    if not urgencies:
        return
    children = sum(bool(each.left_out) for each in found)
    of = Text(f"，涉及 {children} 名儿童", f", of {children} children") if len(found) > 1 else Text("", "")
    count = urgencies.total()
    head = Text(f"另有 {count} 项需求待核实", f"{count} further need{'' if count == 1 else 's'} to be clarified")
    yield head + of + _by_urgency(urgencies) + then


def _by_urgency(counts: Counter[Urgency]) -> Text:
    each = [Text(f"{u.zh} {counts[u]}", f"{u.en} {counts[u]}") for u in Urgency if counts[u]]
    return Text("（", " (") + join(each, "，", ", ") + Text("）", ")")


def _needs_summary(
    cases: list[Case], division: str | None, found: Collection[FoundNeeds], lang: Language
) -> Iterator[str]:
    needs = [need for each in found for need in each.needs]
    present = [need for need in needs if not need.to_clarify]
    with_needs = len({need.ref for need in present})
    yield Text(
        f"{len(cases)} 名儿童中 {with_needs} 名有需求，共 {len(present)} 项",
        f"{with_needs} of {len(cases)} children have needs, {len(present)} in all",
    ).in_(lang)
    yield from whose(cases, division, lang)
    yield from (line.in_(lang) for line in left_out(found, LIST_THEM))
    yield from _listed(present, Text("", ""), lang)
    unclear = [need for need in needs if need.to_clarify]
    if unclear:
        many = Text(f"待核实 {len(unclear)}", f"To be clarified {len(unclear)}")
        children = len({need.ref for need in unclear})
        yield (many + Text(f"，涉及 {children} 名儿童", f", of {children} children")).in_(lang)
        yield from _listed(unclear, Text("待核实，", "to be clarified, "), lang)


def _listed(needs: list[Need], state: Text, lang: Language) -> Iterator[str]:
    """By urgency, how many children have each need, the most frequent first."""
    authorities = Text("（交主管部门）", " (for the authorities)")
    titles = {n.code: n.title if n.for_helpers else n.title + authorities for n in needs}
    for urgency in Urgency:
        codes = Counter(need.code for need in needs if need.urgency is urgency)
        if codes:
            yield f"{(state + urgency.label).in_(lang)} {codes.total()}"
            yield from columns_of((titles[code].in_(lang), str(count), code) for code, count in codes.most_common())


def _needs_text(children: Iterable[tuple[str | None, FoundNeeds]], lang: Language) -> Iterator[str]:
    """Of each child what it needs, why, what meets it, and what is to be found out."""
    for ref, found in children:
        head = Text("，没有发现需求", ", no need found") if not found.needs else Text("", "")
        yield (Text(f"儿童 {ref or '—'}", f"Child {ref or '-'}") + head).in_(lang)
        for need in found.needs:
            yield from _need_text(need, lang)
        yield from (f"  {line.in_(lang)}" for line in left_out([found], LIST_THEM))


def _reason(need: Need) -> Text:
    """Why a child has a need; of one that is to be clarified, what would have to be so: nobody has said that it is."""
    return Text("如属实：", "if so: ") + need.reason if need.to_clarify else need.reason


def _need_text(need: Need, lang: Language) -> Iterator[str]:
    state = need.status.label + Text("，", ", ") if need.to_clarify else Text("", "")
    yield (Text("  ", "  ") + need.title + Text("（", " (") + state + need.urgency.label + Text("）", ")")).in_(lang)
    parts = [(Text("理由：", "why: "), _reason(need))]
    if need.to_clarify:
        parts.append((Text("待了解：", "to find out: "), join(list(need.asks))))
    met = (
        join([s.label for s in need.services], "或", " or ")
        if need.for_helpers
        else Text("交主管部门", "the authorities")
    )
    parts.append((Text("服务：", "by: "), met))
    if need.sources or need.ours:
        ours = [Text("本库默认，非法律规定", "a default of this library, not law")] if need.ours else []
        parts.append((Text("依据：", "rests on: "), join([*need.sources, *ours], "；", "; ")))
    for title, said in parts:
        yield f"    {(title + said).in_(lang)}"


# ---- shared ------------------------------------------------------------------------------------------------------


def children_of(
    ledger: Path | None,
    store: str | None,
    division: str | None,
    on: dt.date,
    book: "PolicyBook",
    lang: Language,
    refs: Collection[str] = (),
) -> list[Case]:
    """The children of a ledger, or of the open files of a store; only those of ``refs``, where any are named."""
    if ledger is None:
        with open_store(store, lang) as opened:
            return [opened.case(ref, at=on) for ref in refs or opened.refs(division, open=True, at=on)]
    read = read_children(ledger, book)
    for row in read.skipped:
        assert row.error is not None
        where = Text(f"{row.sheet} 第 {row.row} 行：", f"{row.sheet}, row {row.row}: ")
        say((where + row.error.message).in_(lang))
    cases = list(numbered(read))
    lost = [ref for ref in refs if ref not in {case.ref for case in cases}]
    if lost:
        shown = [shown_code(ref) for ref in lost]
        fail(Text(f"台账中没有编号 {'、'.join(shown)} 的儿童", f"the ledger has no child numbered {', '.join(shown)}"))
    return [case for case in within(cases, division) if not refs or case.ref in refs]


def whose(cases: Iterable[Case], division: str | None, lang: Language) -> Iterator[str]:
    """Which children are meant, where a division is named: those it is in charge of; and how many of them live elsewhere."""
    if division is None:
        return
    homes = [case.child.residence.division for case in cases]
    count = sum(place is not None and not place.startswith(division) for place in homes)
    said = Text(
        f"范围：{division} 负责的 {len(homes)} 名儿童",
        f"of whom {division} is in charge: {len(homes)}",
    )
    if count:
        said += Text(
            f"，其中 {count} 名住在别处（各表的所在行政区划为居住地）",
            f"; {count} of them {'lives' if count == 1 else 'live'} elsewhere (tables show where each child lives)",
        )
    yield said.in_(lang)


def within(cases: Iterable[Case], division: str | None) -> list[Case]:
    """The children that a division is in charge of."""
    return [case for case in cases if division is None or (case.division or "").startswith(division)]


def said(lines: Iterable[Text], lang: Language) -> int:
    """Each line on standard error; and the exit code."""
    lines = list(lines)
    for line in lines:
        say(line.in_(lang))
    return WITH_PROBLEMS if lines else DONE


def told(problems: Iterable[Problem], lang: Language) -> int:
    """Each problem once, on standard error; and the exit code."""
    told = dict.fromkeys((p.where, p.message.in_(lang)) for p in problems)
    for where, message in told:
        say(f"{where} {message}".strip())
    return WITH_PROBLEMS if told else DONE
