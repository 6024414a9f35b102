"""``prove``: what holds of a pack's rules for every possible child."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text as Styled

from kinderguard.commands.application import (
    DONE,
    NOTHING_DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OptionalDay,
    app,
    contained,
    fail,
    progress,
    say,
    write,
)  # fmt: skip
from kinderguard.commands.writable import file_to_write, told_unwritten
from kinderguard.model.text import Language, Text
from kinderguard.testing.conformance.subject import Subject
from kinderguard.testing.conformance.targets import targets

if TYPE_CHECKING:
    from kinderguard.engines.prove.proof import Proof
    from kinderguard.engines.prove.report import ProofReport
    from kinderguard.packs.book import PolicyBook

_CHILD = Text("虚构的儿童：", "a made-up child:")
_QUESTIONS = ("floor", "reach", "apart", "gaps", "cliffs", "papers")
_SIGNS = {"proved": ("✓", "green"), "refuted": ("✗", "red"), "undecided": ("?", "yellow"), "not_taken": ("?", "yellow")}


@app.command()
def prove(
    pack: Annotated[
        str,
        typer.Argument(
            metavar="PATH|NAME",
            help="规则包的文件夹，或入口点、发行包的名称 / a pack's folder, or the name of its entry point or distribution",
        ),
    ] = ".",
    on: OptionalDay = None,
    question: Annotated[
        list[str] | None,
        typer.Option(
            "--question", "-q", metavar="KIND", help=f"只问此类，可重复 / only this kind: {', '.join(_QUESTIONS)}"
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, help="每题时限 / the most time for one question")
    ] = 10.0,
    household: Annotated[
        int, typer.Option("--household", min=1, help="家庭成员最多几人 / the most household members")
    ] = 3,
    every: Annotated[bool, typer.Option("--all", help="已证明的也列出 / list what was proved, too")] = False,
    why: Annotated[
        bool, typer.Option("--why", help="附反例的评估说明 / with the explanation of each counterexample")
    ] = False,
    page: Annotated[
        Path | None,
        typer.Option("--html", metavar="PATH", callback=file_to_write, help="另存网页 / write a page, too"),
    ] = None,
    lang: InLang = Lang.ZH,
) -> None:
    """对所有可能的儿童求证规则。Prove what holds of the rules for every possible child, or show a child of whom it doesn't."""
    asked = tuple(question or _QUESTIONS)
    for kind in asked:
        if kind not in _QUESTIONS:
            raise typer.BadParameter(f"{kind}: {', '.join(_QUESTIONS)}")
    with contained():
        given = Path(pack) if "/" in pack or "\\" in pack or pack == "." else pack
        reports = [_asked(Subject(t), on or dt.date.today(), asked, seconds, household) for t in targets(given)]
        for report in reports:
            _show(report, lang.value, every=every, why=why)
        if page is not None:
            for report in reports:
                path = page if len(reports) == 1 else page.with_stem(f"{page.stem}-{report.division or 'cn'}")
                with told_unwritten(path):
                    write(iter([report.to_html(lang.value)]), path)
                say(str(path))
        raise typer.Exit(_code([proof for report in reports for proof in report]))


def _code(proofs: "list[Proof]") -> int:
    """A fault of the library is no answer: it ends otherwise than what was refuted or not decided."""
    if any(proof.fault for proof in proofs):
        return NOTHING_DONE
    return WITH_PROBLEMS if any(proof.calls_for_action for proof in proofs) else DONE


def _asked(subject: Subject, day: dt.date, asked: tuple[str, ...], seconds: float, household: int) -> "ProofReport":
    if not subject.stands:
        _refuse(subject)
    book: PolicyBook = subject.book
    with progress(f"{subject.name} 求证 / proving") as step:

        def told(done: int, proof: Any) -> None:
            # How many questions there are shows only when they are asked; the bar says how many were answered.
            step(done, done + 1)

        return book.prove(subject.place, on=day, household=household, seconds=seconds, questions=asked, progress=told)


def _refuse(subject: Subject) -> NoReturn:
    """A pack that is kept out would be passed over, and the nation's rules proved in its stead."""
    problems = subject.problems
    zh = "\n".join(f"{p.where}: {p.message.zh}" for p in problems)
    en = "\n".join(f"{p.where}: {p.message.en}" for p in problems)
    fail(
        Text(
            f"规则包 {subject.name} 未能使用，无从求证：\n{zh}",
            f"The pack {subject.name} is kept out, so nothing can be proved of it:\n{en}",
        )
    )


def _show(report: "ProofReport", lang: Language, *, every: bool, why: bool) -> None:
    console = Console(highlight=False)
    head = f"{report.place.in_(lang)} · {report.day} · {report.summary(lang)} · {report.seconds:.1f} s"
    _line(console, Styled(head, "bold"))
    for group, proofs in report.groups():
        proved = group.name == "PROVED"
        hidden = Text("；用 --all 列出", "; --all lists them").in_(lang) if proved and not every else ""
        console.print()
        _line(console, Styled(f"{group.value.in_(lang)} ({len(proofs)}){hidden}", "bold"))
        if of := report.by_whose(group):
            _line(console, Styled(of.in_(lang), "dim"))
        for proof in () if hidden else proofs:
            _answer(console, proof, lang, why=why)
            if known := report.once_known(proof):
                _marked(console, known, lang, "    ")
    console.print()
    _line(console, Styled(Text("前提：", "Assumed:").in_(lang)))
    for assumption in report.assumptions:
        _line(console, Styled(f"- {assumption.in_(lang)}"))


def _answer(console: Console, proof: "Proof", lang: Language, *, why: bool) -> None:
    """One line; below it the child of whom it is not so, and if asked for, the explanation as it is."""
    _marked(console, proof, lang)
    if proof.counterexample is not None:
        _line(console, Styled(_CHILD.in_(lang)), "    ")
        for fact in proof.facts():
            _line(console, Styled(fact.in_(lang)), "      ")
        for said in proof.compared:
            _line(console, Styled(said.in_(lang)), "    ")
    if why or proof.counterexample is None:
        for text in proof.why:
            for line in text.in_(lang).splitlines():
                # A tree that is broken in the middle of a branch cannot be read.
                console.print(Styled(f"    {line}"), soft_wrap=True)


def _marked(console: Console, proof: "Proof", lang: Language, indent: str = "") -> None:
    """The answer in a line, with its sign."""
    mark, colour = _SIGNS[proof.outcome.value]
    said = Styled.assemble(proof.statement.in_(lang), (f"  {proof.subject}", "dim"))
    _line(console, said, Styled.assemble(indent, (mark, colour), " "))


def _line(console: Console, text: Styled, before: "str | Styled" = "") -> None:
    """One line: on a terminal broken between words, the rest indented; elsewhere whole, so that it can be searched."""
    head = Styled(before) if isinstance(before, str) else before
    pieces = [text]
    if console.is_terminal:
        pieces = list(text.wrap(console, max(console.width - head.cell_len - 2, 20)))
    for number, piece in enumerate(pieces):
        piece.rstrip()
        start = Styled(" " * (head.cell_len + (0 if head.cell_len % 4 else 2))) if number else head
        console.print(start.copy().append_text(piece), soft_wrap=True)
