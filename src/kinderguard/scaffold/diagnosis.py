"""What is installed and what ails it, as values: for a notebook, a terminal, or another program."""

import json
from collections.abc import Iterator
from typing import Any

import attrs

from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import Code, Content, Fields, Marked, Paragraph, Section, Table, View, display_language
from kinderguard.packs import PackState
from kinderguard.packs.failures import file_and_line


@attrs.frozen
class Place:
    """A file of a pack and a line in it; the line is None where only the file is known, the file empty where neither is."""

    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        return file_and_line(self.file, self.line)


@attrs.frozen
class Finding:
    """One thing that is wrong, or (``serious=False``) worth knowing: where it stands, and what to do."""

    code: str
    packs: tuple[str, ...]
    message: Text
    mend: Text
    place: Place = Place()
    serious: bool = True


@attrs.frozen
class Rule:
    """A category, policy, fact, provider, paper, ledger column or parameter that a pack adds."""

    kind: str
    code: str
    title: Text
    place: Place = Place()


@attrs.frozen
class Change:
    """A check of a pack: on which rule, and whether it ``widens``, ``raises`` or ``narrows`` it."""

    code: str
    on: str
    how: str
    reason: Text
    place: Place = Place()


@attrs.frozen
class ValueSet:
    """A value that a pack gives a parameter (its own, or somebody else's) at a place in a period."""

    code: str
    division: str
    period: Text
    value: Text
    place: Place = Place()


@attrs.frozen
class PackReport:
    """One installed pack."""

    name: str
    title: Text | None
    distribution: str
    file: str
    state: PackState
    #: The division's name, and the packs that speak for it as well, the nation's first.
    covers: Text
    within: tuple[str, ...]
    kinderguard: str
    adds: tuple[Rule, ...] = ()
    changes: tuple[Change, ...] = ()
    values: tuple[ValueSet, ...] = ()


KINDS = {
    "category": Text("类别", "categories"),
    "policy": Text("政策", "policies"),
    "fact": Text("事实", "facts"),
    "provider": Text("事实来源", "fact providers"),
    "document": Text("材料", "papers"),
    "column": Text("台账列", "ledger columns"),
    "parameter": Text("参数", "parameters"),
}
HOW = {"widens": Text("放宽", "widens"), "raises": Text("提高", "raises"), "narrows": Text("加条件", "narrows")}
_STATES = {
    PackState.LOADED: Text("已启用", "in use"),
    PackState.QUARANTINED: Text("已停用", "quarantined"),
    PackState.WAITING: Text("未载入", "not loaded"),
}
_MARKS = {PackState.LOADED: "yes", PackState.QUARANTINED: "no", PackState.WAITING: "quiet"}
_FINDINGS = Text("发现", "Findings")
_COLUMNS = (Text("问题", "finding"), Text("规则包", "packs"), Text("位置", "place"), Text("处理办法", "mend"))
#: So many codes are named in a line, and so many values; longer lists are counted (JSON has them all).
_NAMED, _VALUES = 8, 16


@attrs.frozen
class Diagnosis:
    """Every installed pack, and what ails them. ``print(diagnose().text("en"))``; a notebook shows a table."""

    installed: str
    packs: tuple[PackReport, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is to be mended; what is only worth knowing does not count."""
        return not any(f.serious for f in self.findings)

    def text(self, lang: Language = "zh") -> str:
        """The report for a terminal."""
        parts = ["\n".join(self._pack_lines(pack, lang)) for pack in self.packs]
        if self.findings:
            parts.append("\n".join(line for f in self.findings for line in _finding_lines(f, lang)))
        return "\n\n".join([*parts, self.summary(lang)])

    def summary(self, lang: Language | None = None) -> str:
        """How many packs, problems and notes; ``lang`` is that of ``display_language``, if left out."""
        return self._counted.in_(lang or display_language())

    @property
    def _counted(self) -> Text:
        wrong = sum(f.serious for f in self.findings)
        notes = len(self.findings) - wrong
        return Text(
            f"规则包 {len(self.packs)} 个，问题 {wrong} 项，提示 {notes} 项",
            ", ".join(
                f"{n} {one if n == 1 else one + 's'}"
                for n, one in ((len(self.packs), "pack"), (wrong, "problem"), (notes, "note"))
            ),
        )

    def _pack_lines(self, pack: PackReport, lang: Language) -> Iterator[str]:
        title = f" {pack.title.in_(lang)}" if pack.title else ""
        yield f"{pack.name}{title}  [{_STATES[pack.state].in_(lang)}]"
        for label, said in self._rows(pack):
            yield f"  {label.in_(lang)}{Text('：', ': ').in_(lang)}{said.in_(lang)}"

    def _rows(self, pack: PackReport) -> Iterator[tuple[Text, Text]]:
        yield Text("来源", "from"), same(pack.distribution + (f"  {pack.file}" if pack.file else ""))
        inside = Text(f"，在 {'、'.join(pack.within)} 之内", f", within {', '.join(pack.within)}")
        yield Text("范围", "covers"), pack.covers + (inside if pack.within else same(""))
        if pack.kinderguard:
            is_here = Text(f"（已安装 {self.installed}）", f" ({self.installed} is installed)")
            yield Text("适用版本", "kinderguard"), same(pack.kinderguard) + is_here
        for kind, label in KINDS.items():
            codes = [rule.code for rule in pack.adds if rule.kind == kind]
            if codes:
                yield Text("新增", "adds ") + label, _listed(codes)
        for how, label in HOW.items():
            changed = [f"{change.on} ← {change.code}" for change in pack.changes if change.how == how]
            if changed:
                yield label, _listed(changed)
        for value in pack.values if len(pack.values) <= _VALUES else ():
            at = same(f"{value.code} @ {value.division or 'cn'} = ") + value.value
            yield Text("取值", "sets"), at + Text("（", " (") + value.period + Text("）", ")")
        if len(pack.values) > _VALUES:
            yield Text("取值", "sets"), Text(f"{len(pack.values)} 个参数值", f"{len(pack.values)} values of parameters")

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        plain: dict[str, Any] = attrs.asdict(self, value_serializer=lambda _, __, v: _plain(v))
        return {"ok": self.ok, **plain}

    def to_json(self) -> str:
        """Everything, for another program."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def view(self, lang: Language | None = None) -> View:
        """Every pack and what ails it, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        found = [Section(_FINDINGS, [Table(_COLUMNS, map(_finding_row, self.findings))])] if self.findings else []
        packs = [
            Section(
                Marked(same(pack.name) + (same(" ") + pack.title if pack.title else same("")), _MARKS[pack.state]),
                [Fields([(Text("状态", "state"), _STATES[pack.state]), *self._rows(pack)])],
                folded=pack.state is not PackState.QUARANTINED,
            )
            for pack in self.packs
        ]
        return View(Text("规则包检查", "Packs"), [Paragraph(self._counted), *found, *packs], lang)

    def to_html(self, lang: Language = "zh") -> str:
        """The report for a page or a notebook."""
        return self.view(lang).html

    def _repr_html_(self) -> str:
        return self.view().html

    def __str__(self) -> str:
        return self.summary()


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, PackState) else value


def _listed(codes: list[str]) -> Text:
    if len(codes) <= _NAMED:
        return same(f"{len(codes)}  {', '.join(codes)}")
    shown = ", ".join(codes[:_NAMED])
    return Text(f"{len(codes)}  {shown} 等", f"{len(codes)}  {shown} …")


def _finding_lines(found: Finding, lang: Language) -> Iterator[str]:
    sign = "✗" if found.serious else "·"
    where = f"{found.place}: " if found.place.file else ""
    yield f"{sign} {', '.join(found.packs)} [{found.code}]"
    yield f"  {where}{found.message.in_(lang)}"
    yield f"  → {found.mend.in_(lang)}"


def _finding_row(found: Finding) -> tuple[Content, ...]:
    message = Marked(found.message + same(f" [{found.code}]"), "no" if found.serious else "")
    return message, ", ".join(found.packs), Code(str(found.place)), found.mend
