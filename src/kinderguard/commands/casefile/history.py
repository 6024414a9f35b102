"""The entries of a file as ``file show`` tells them: when and by whom, what changed, and what was said and why.

Times are those of Beijing, so that one act has one date. No fact's value is shown; reasons, notes and organisations are.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kinderguard.commands.tabular import columns_of
from kinderguard.model.codes import ClosingReason, Code, ConsentGiver, ConsentScope
from kinderguard.model.dates import BEIJING
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join, same

if TYPE_CHECKING:
    from kinderguard.casefile import Entry, FactChange, HistoryLine
    from kinderguard.model.case import Case

#: How many changed facts an entry names; the rest are counted.
_NAMED = 6
#: By kind, what of a body is told: never facts, and nothing that is free to hold some.
_TOLD: Mapping[str, tuple[str, ...]] = {
    "correction": ("reason", "withdrawn"),
    "transfer": ("move", "from", "to", "proposal", "acting", "reason"),
    "closing": ("reason", "last_paid", "happened_on", "note"),
    "reopening": ("reason",),
    "share": (
        "recipient", "purpose", "basis", "outcome", "refused_because", "fields", "override", "consent", "reason", "in_charge",
        "acting",
    ),
    "consent": ("giver", "scope", "since", "until", "withdrawn_on"),
    "service": ("need", "service", "organisation", "since", "until"),
    "erasure": ("reason", "entries", "override", "in_charge", "acting"),
    "search": ("reason", "by"),
    "decision": (
        "what", "of", "because", "in_charge", "acting", "policy", "months", "outcome", "amount", "reason",
        "file", "lists", "name",
    ),
}  # fmt: skip


def erased_by(lines: Iterable["HistoryLine"]) -> "HistoryLine | None":
    """The erasure that a file stands in: the last one, unless facts were written since."""
    last: HistoryLine | None = None
    for line in lines:
        if line.entry.kind == "erasure":
            last = line
        elif line.entry.kind == "facts":
            last = None
    return last


def erasure_text(ref: str, erasure: "HistoryLine") -> Text:
    """That a file was erased, when, by whom and why."""
    entry = erasure.entry
    reason = entry.body.get("reason", "")
    return Text(
        f"档案 {ref} 的内容已于 {_local(entry):%Y-%m-%d %H:%M} 由 {entry.by} 删除（第 {entry.number} 条），理由：{reason}",
        f"What file {ref} said was erased on {_local(entry):%Y-%m-%d %H:%M} by {entry.by} (entry {entry.number}); reason: {reason}",
    )


def as_json(line: "HistoryLine") -> dict[str, Any]:
    """An entry as JSON: what it says besides facts stands under ``said``."""
    entry = line.entry
    return {
        "number": entry.number,
        "kind": entry.kind.value,
        "known_at": _local(entry).isoformat(),
        "valid_from": entry.valid_from.isoformat(),
        "valid_until": entry.valid_until.isoformat() if entry.valid_until else None,
        "by": entry.by,
        "erased": entry.erased,
        "corrects": entry.corrects,
        "source": _source(entry.body),
        "sources": entry.body.get("sources", []),
        "claims": sorted(entry.body.get("claims") or ()),
        "changed": [change.path for change in line.changes],
        "confirmed": [fact.path for fact in line.confirmed],
        "said": {name: entry.body[name] for name in _TOLD.get(entry.kind.value, ()) if name in entry.body},
    }


def _source(body: Mapping[str, Any]) -> str | None:
    """Where facts are from; of a ledger without a name of its own never the file's, which may be a child's."""
    series = {row["series"] for row in body.get("sources") or () if isinstance(row, Mapping) and row.get("series")}
    return ",".join(sorted(series)) or body.get("source")


def claimed_cases(lines: Iterable["HistoryLine"]) -> Iterator[tuple[Text, "Case"]]:
    """What lists say and somebody is asked about, as cases, each with a head that names the lists."""
    from kinderguard.casefile.doubts import hidden_facts
    from kinderguard.casefile.facts import case_of

    entries = {line.entry.number: line.entry for line in lines}
    paths: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for each in hidden_facts(entries.values()):
        if each.lists:
            paths.setdefault((each.entry, each.lists), []).append(each.path)
    for (number, lists), some in paths.items():
        entry = entries[number]
        head = Text(f"名单（{'、'.join(lists)}）所报：", f"What the list says ({', '.join(lists)}):")
        yield head, case_of(entry.ref, {path: entry.body["claims"][path] for path in some})


def lines_of_history(lines: Sequence["HistoryLine"], lang: Language) -> Iterator[str]:
    """Every entry in a line, followed by what it says and by the rows of lists that its facts are from."""
    heads = list(columns_of(_head(line, lang) for line in lines))
    for head, line in zip(heads, lines, strict=True):
        yield head
        for text in (*_said(line.entry), *_rows(line.entry)):
            yield f"      {text.in_(lang)}"


def _head(line: "HistoryLine", lang: Language) -> tuple[str, ...]:
    entry = line.entry
    what = _named(line.changes)
    if line.confirmed:
        same_as_before = Text("确认：", "confirmed: ") + _named(line.confirmed)
        what = what + Text("；", "; ") + same_as_before if line.changes else same_as_before
    if entry.erased:
        what = Text("（内容已删除）", "(content erased)")
    until = f"…{entry.valid_until}" if entry.valid_until else ""
    return (
        f"{entry.number}",
        f"{_local(entry):%Y-%m-%d %H:%M}",
        entry.kind.label.in_(lang),
        f"{entry.valid_from}{until}",
        entry.by,
        what.in_(lang),
    )


def _named(facts: Sequence["FactChange"]) -> Text:
    """The first of some facts by their titles, and how many there are."""
    titles = [fact.title for fact in facts]
    what, more = join(titles[:_NAMED]), len(titles) - _NAMED
    return what + Text(f" 等 {len(titles)} 项", f" and {more} more") if more > 0 else what


def _local(entry: "Entry") -> dt.datetime:
    return entry.known_at.astimezone(BEIJING)


# ---- what an entry says ---------------------------------------------------------------------------------------------


def _said(entry: "Entry") -> Iterator[Text]:
    """What an entry says besides facts, part by part; nothing of one that was erased."""
    body = entry.body
    match entry.kind.value:
        case "facts" if body.get("claims"):
            yield _claims(entry)
        case "facts" if body.get("anothers"):
            yield _anothers(entry)
        case "correction" if body:
            whole = body.get("withdrawn") is True
            yield (
                Text(f"收回第 {entry.corrects} 条", f"takes entry {entry.corrects} back")
                if whole
                else Text(f"更正第 {entry.corrects} 条", f"corrects entry {entry.corrects}")
            )
        case "transfer" if body:
            yield _transfer(body)
        case "closing" if body:
            yield from _closing(body)
        case "share" if body:
            yield from _share(body)
        case "consent" if body:
            yield from _consent(body)
        case "erasure" if body:
            count = body.get("entries")
            yield Text(f"删除内容 {count} 条", f"contents erased: {count}")
            if body.get("override"):
                why = body["override"].get("reason")
                yield Text(
                    f"负责地区 {body.get('in_charge')} 以外仍予删除：{why}",
                    f"though {body.get('in_charge')} is in charge: {why}",
                )
        case "search" if body:
            yield Text("按身份证号查找", "looked for by the resident ID")
        case "decision" if body.get("what") == "override":
            yield _override(body)
        case "decision" if body.get("what") == "overpayment":
            yield _overpayment(body)
        case "decision" if (told := _WHO.get(body.get("what", ""))) is not None:
            yield told + same(f" {body.get('file')}")
    reason = body.get("reason")
    if isinstance(reason, str) and entry.kind != "closing":
        yield Text(f"理由：{reason}", f"reason: {reason}")


def _claims(entry: "Entry") -> Text:
    """The facts of which lists say something that the file does not take from them; no value."""
    from kinderguard.casefile.facts import title_of
    from kinderguard.casefile.history import declared_titles

    declared = declared_titles([entry])
    what = join([declared.get(path) or title_of(path) for path in sorted(entry.body["claims"])])
    return Text(f"名单所报、未作为事实采用：{what.zh}", f"said by lists and not taken as facts: {what.en}")


def _anothers(entry: "Entry") -> Text:
    """The facts that are from a row of another child; no value."""
    from kinderguard.casefile.facts import title_of

    what = join([title_of(path) for path in sorted(entry.body["anothers"])])
    other = entry.body.get("file")
    return Text(
        f"取自名单中另一名儿童（档案 {other}）的行：{what.zh}",
        f"from the row of another child (file {other}): {what.en}",
    )


def _override(body: Mapping[str, Any]) -> Text:
    of = body.get("of")
    if body.get("because") == "erased":
        return Text(f"档案已删除，仍写入第 {of} 条", f"entry {of} was written although the file was erased")
    return Text(
        f"由 {body.get('in_charge')} 负责，{body.get('acting') or '未写明地区者'}仍写入第 {of} 条",
        f"entry {of} was written by {body.get('acting') or 'somebody of no stated division'}, although {body.get('in_charge')} is "
        "in charge",
    )


#: What is asked and answered about a child of a list who may be the file's.
_WHO = {
    "perhaps_listed": Text(
        "名单有一名儿童可能就是本档案的儿童，待回答：", "a list has a child who may be this file's, to be answered:"
    ),
    "same_child": Text("已核对，是同一名儿童：", "looked at, it is one child with"),
    "another_child": Text("已核对，是另一名儿童：", "looked at, it is another child than"),
    "listed_otherwise": Text("名单已改，不再询问：", "the list was mended, asked no more:"),
}


def _overpayment(body: Mapping[str, Any]) -> Text:
    from kinderguard.casefile import OverpaymentOutcome

    outcome, months = _label(OverpaymentOutcome, body.get("outcome")), sorted(body.get("months") or ())
    told = Text(
        f"多发已处理：{body.get('policy')}，{'、'.join(months)}：{outcome.zh}",
        f"overpayment looked at: {body.get('policy')}, {', '.join(months)}: {outcome.en}",
    )
    amount = body.get("amount")
    return told if amount is None else told + Text(f"，{amount}元", f", {amount} yuan")


def _transfer(body: Mapping[str, Any]) -> Text:
    move = body.get("move")
    if move == "propose":
        to = str(body.get("to"))
        place = place_name(to)
        return Text(
            f"提出由 {body.get('from')} 转往{place.zh}（{to}）",
            f"proposed: from {body.get('from')} to {place.en} ({to})",
        )
    answers = {
        "accept": Text("接收", "accepted"),
        "refuse": Text("拒收", "refused"),
        "withdraw": Text("撤回", "withdrawn"),
    }
    answer = answers.get(str(move), same(str(move)))
    acting = body.get("acting")
    told = Text(
        f"{answer.zh}第 {body.get('proposal')} 条提出的转移",
        f"{answer.en}: the transfer of entry {body.get('proposal')}",
    )
    return told if acting is None else told + Text(f"（{acting} 办理）", f" (by {acting})")


def _closing(body: Mapping[str, Any]) -> Iterator[Text]:
    why, paid = _label(ClosingReason, body.get("reason")), body.get("last_paid")
    yield Text(f"退出原因：{why.zh}", f"reason for closing: {why.en}")
    yield Text(f"末领年月：{paid or '未发放'}", f"last month paid: {paid or 'none'}")
    if body.get("happened_on"):
        yield Text(f"发生日期：{body['happened_on']}", f"happened on: {body['happened_on']}")
    if body.get("note"):
        yield Text(f"说明：{body['note']}", f"note: {body['note']}")


def _share(body: Mapping[str, Any]) -> Iterator[Text]:
    from kinderguard.casefile import Refusal, SharingBasis, SharingRules

    rules, recipient = SharingRules.default(), body.get("recipient") or {}
    role = str(recipient.get("role"))
    title = rules.roles.get(role, same(role))
    purpose = rules.purposes.get(str(body.get("purpose")), same(str(body.get("purpose"))))
    basis = _label(SharingBasis, body.get("basis"))
    is_given = body.get("outcome") == "given"
    count = len(body.get("fields") or ())
    what = Text(f"提供 {count} 项事实", f"{count} facts given") if is_given else Text("未提供", "nothing given")
    to = recipient.get("organisation")
    if role == "whole_file":
        yield Text(f"写出整份档案（{to}）：{what.zh}", f"the whole file, to be written out by {to}: {what.en}")
    else:
        yield Text(
            f"{what.zh}：{title.zh}（{to}）；目的：{purpose.zh}；依据：{basis.zh}",
            f"{what.en}: {title.en} ({to}); purpose: {purpose.en}; ground: {basis.en}",
        )
    why = join([_label(Refusal, each) for each in body.get("refused_because") or ()], "；", "; ")
    if why:
        yield Text(f"不予提供：{why.zh}", f"refused: {why.en}")
    override = body.get("override") or {}
    if override.get("reason"):
        yield Text(f"仍予共享的理由：{override['reason']}", f"overridden, reason: {override['reason']}")


def _consent(body: Mapping[str, Any]) -> Iterator[Text]:
    giver, scope = _label(ConsentGiver, body.get("giver")), _label(ConsentScope, body.get("scope"))
    gone = body.get("withdrawn_on")
    yield (
        Text(f"{giver.zh}同意{scope.zh}，已于 {gone} 撤回", f"consent of {giver.en} {scope.en}, withdrawn on {gone}")
        if gone
        else Text(f"{giver.zh}同意{scope.zh}", f"consent of {giver.en} {scope.en}")
    )


def _rows(entry: "Entry") -> Iterator[Text]:
    """The rows of lists that the facts are from."""
    for row in entry.body.get("sources") or ():
        names = len([*(row.get("facts") or ()), *(row.get("claims") or ())])
        yield Text(
            f"来自 {row.get('series') or row.get('list')}（{row.get('as_of')}）{row.get('sheet')} 第 {row.get('row')} 行：{names} 项",
            f"from {row.get('series') or row.get('list')} ({row.get('as_of')}), {row.get('sheet')} row {row.get('row')}: {names} facts",
        )


def _label(kind: type[Code], value: Any) -> Text:
    try:
        return kind.of(value).label
    except ValueError:
        return same(str(value))
