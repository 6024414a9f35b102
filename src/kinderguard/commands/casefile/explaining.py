"""``file explain``: a filed child's result and why, for the office or for the family; nothing is written to the file."""

import typer

import kinderguard
from kinderguard.commands.application import (
    DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OptionalDay,
    OutPath,
    Strict,
    contained,
    examples,
    fail,
    say,
)
from kinderguard.commands.casefile.history import erased_by, erasure_text
from kinderguard.commands.casefile.showing import Ref, files
from kinderguard.commands.explaining import (
    ExplainedAs,
    Explaining,
    ExplanationFormat,
    ForReader,
    OfCode,
    Reader,
    WithNames,
)
from kinderguard.commands.store import InStore, open_store
from kinderguard.commands.wording import in_commands
from kinderguard.model.text import Text


@files.command(
    name="explain",
    epilog=examples(
        "kinderguard file explain 编号 --on 2025-09-01 --for family --names --format html --out 说明.html --store 档案.db",
    ),
)
def explain_file(
    ref: Ref,
    on: OptionalDay = None,
    store: InStore = None,
    code: OfCode = None,
    reader: ForReader = Reader.OFFICE,
    names: WithNames = False,
    form: ExplainedAs = ExplanationFormat.TEXT,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """说明档案中一名儿童的结果及理由。Explain a filed child's result, to the office or to the family."""
    how = Explaining(code, reader, names, form, out, lang.value)
    with contained():
        book = kinderguard.load(strict=strict)
        with open_store(store, lang.value) as opened:
            from kinderguard.casefile.doubts import doubt_texts

            day = on or opened.today()
            case = opened.case(ref, at=day)
            erasure = erased_by(opened.history(ref))
            if erasure is not None:
                fail(erasure_text(ref, erasure))
            doubts = [in_commands(doubt).in_(lang.value) for doubt in doubt_texts(opened.doubts(ref))]
            closed = ref not in opened.refs(open=True, at=day)
        result = book.assess(case, on=day)
        how.write(result, book)
        if closed:
            told = Text(
                f"档案 {ref} 在{day}已结案：此处只说明规则会得出什么",
                f"file {ref} is closed on {day}: this is what the rules would come to",
            )
            say(told.in_(lang.value))
        for doubt in doubts:
            say(Text("待核对：", "To be checked: ").in_(lang.value) + doubt)
        for problem in result.problems:
            say(problem.message.in_(lang.value))
        raise typer.Exit(WITH_PROBLEMS if closed or doubts or result.problems else DONE)
