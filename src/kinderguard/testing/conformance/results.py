"""What a conformance run found: findings with file, line and mend; results a check; and the report of all of them."""

import datetime as dt
from enum import StrEnum

import attrs

from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import (
    Code,
    Column,
    Content,
    Marked,
    Paragraph,
    Table,
    Together,
    Verbatim,
    View,
    display_language,
)
from kinderguard.packs.failures import file_and_line


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    #: It failed, and the caller said that it would and why.
    EXPECTED = "expected"
    #: It could not be made; the result says why.
    SKIPPED = "skipped"


@attrs.frozen
class Finding:
    """One thing to mend in a pack.

    Args:
        message: what is wrong.
        mend: what to do.
        file: the author's file, as far as it is known: relative to the distribution, or its name.
        line: its line, counted from 1; None where the place is not known.
        paste: text that is ready to be pasted into a file (TOML of cases); empty where there is none.
        details: what shows it, line by line: a child, what is paid.
    """

    message: Text
    mend: Text
    file: str = ""
    line: int | None = None
    paste: str = ""
    details: tuple[Text, ...] = ()

    @property
    def place(self) -> str:
        """File and line as editors take them: ``rules.py:12``."""
        return file_and_line(self.file, self.line)

    def text(self, lang: Language = "zh") -> str:
        """The finding on two lines; what can be pasted stands below."""
        head = f"{self.place}: {self.message.in_(lang)}" if self.file else self.message.in_(lang)
        shown = "".join(f"\n    {line.in_(lang)}" for line in self.details)
        tail = f"\n{self.paste.rstrip()}" if self.paste else ""
        return f"{head}{shown}\n  → {self.mend.in_(lang)}{tail}"


@attrs.frozen
class Note:
    """Something worth knowing that is no fault: how long an import took, the largest cliff."""

    message: Text


@attrs.frozen
class CheckResult:
    """How one check ended.

    Args:
        check_id: its stable id.
        title: what is checked.
        status: see ``Status``.
        findings: what to mend; also those that were expected.
        notes: what is worth knowing.
        reason: why it was skipped, or why its findings were expected.
        seconds: how long it took.
    """

    check_id: str
    title: Text
    status: Status
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    reason: Text | None = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing is to be mended here; a check that was skipped is no fault of the pack."""
        return self.status is not Status.FAILED

    def text(self, lang: Language = "zh") -> str:
        """One line, with the findings and notes below it."""
        head = f"{_SIGNS[self.status]} {self.check_id:<22} {self.title.in_(lang)} ({self.seconds:.1f} s)"
        lines = [head]
        if self.reason is not None:
            lines.append(f"    {_STATUS[self.status].in_(lang)}{Text('：', ': ').in_(lang)}{self.reason.in_(lang)}")
        lines += [_indented(finding.text(lang)) for finding in self.findings]
        lines += [f"    · {note.message.in_(lang)}" for note in self.notes]
        return "\n".join(lines)


_SIGNS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.EXPECTED: "~", Status.SKIPPED: "-"}
_STATUS = {
    Status.PASSED: Text("通过", "passed"),
    Status.FAILED: Text("未通过", "failed"),
    Status.EXPECTED: Text("已知未通过", "expected to fail"),
    Status.SKIPPED: Text("未执行", "skipped"),
}


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


@attrs.frozen
class Report:
    """Every check of one pack. ``print(report.text("en"))``; a notebook shows a table.

    Attributes:
        name: the pack's entry point.
        title: the pack's title; its name where it could not be loaded.
        results: one a check, in a fixed order.
        day: the day on which it was checked; proofs that are asked on more days say which. None where nobody knows, since
            the pack does not stand.
    """

    name: str
    title: Text
    results: tuple[CheckResult, ...]
    day: dt.date | None = None

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return all(result.ok for result in self.results)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that failed."""
        return tuple(result for result in self.results if result.status is Status.FAILED)

    @property
    def seconds(self) -> float:
        """How long all checks took together."""
        return sum(result.seconds for result in self.results)

    def __getitem__(self, check_id: str) -> CheckResult:
        for result in self.results:
            if result.check_id == check_id:
                return result
        raise KeyError(check_id)

    def summary(self, lang: Language | None = None) -> str:
        """How many checks ended how; ``lang`` is that of ``display_language``, if left out."""
        return self._counted.in_(lang or display_language())

    @property
    def _counted(self) -> Text:
        counts = {status: sum(r.status is status for r in self.results) for status in Status}
        shown = [status for status in Status if counts[status]]
        zh = "，".join(f"{_STATUS[status].zh} {counts[status]} 项" for status in shown)
        en = ", ".join(f"{counts[status]} {_STATUS[status].en}" for status in shown)
        return Text(f"{zh}（{self.seconds:.1f} 秒）", f"{en} ({self.seconds:.1f} s)")

    def text(self, lang: Language = "zh") -> str:
        """The report for a terminal."""
        head = f"{self.name} {self.title.in_(lang)}" if self.title.in_(lang) != self.name else self.name
        head += f" · {self.day}" if self.day else ""
        return "\n".join([head, *(result.text(lang) for result in self.results), self.summary(lang)])

    def __str__(self) -> str:
        return self.summary()

    def view(self, lang: Language | None = None) -> View:
        """Every check, with what is to be mended and where, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        title = same(self.name) if self.title.zh == self.name else same(f"{self.name} ") + self.title
        title += same(f" · {self.day}" if self.day else "")
        return View(title, [Paragraph(self._counted), Table(_COLUMNS, map(_row, self.results))], lang)

    def to_html(self, lang: Language = "zh") -> str:
        """The report as a table for a page or a notebook."""
        return self.view(lang).html

    def _repr_html_(self) -> str:
        return self.view().html


_COLUMNS = (Text("检查", "check"), Text("结果", "outcome"), Column(Text("秒", "seconds"), number=True))
_MARKS = {Status.PASSED: "yes", Status.FAILED: "no", Status.EXPECTED: "unknown", Status.SKIPPED: "quiet"}


def _row(result: CheckResult) -> tuple[Content, ...]:
    told: list[Content] = [result.title + same(f" [{result.check_id}]")]
    if result.reason is not None:
        told.append(_STATUS[result.status] + Text("：", ": ") + result.reason)
    for finding in result.findings:
        told += [Code(finding.place)] if finding.file else []
        told += [Marked(finding.message, "no"), *finding.details, same("→ ") + finding.mend]
        told += [Verbatim(finding.paste)] if finding.paste else []
    told += [note.message for note in result.notes]
    return Together(told), Marked(_STATUS[result.status], _MARKS[result.status]), f"{result.seconds:.1f}"
