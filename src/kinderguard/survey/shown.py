"""How a notebook shows a survey, what linking found, and a work list: blocks of the shared view.

Children are their numbers and rows; no name, no number of a person and no value of a fact stands in any of them. Called by
their ``view``; nothing is worked out here.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import Code, Column, Content, Fields, Section, Table, View
from kinderguard.survey.choosing import Disagreement

if TYPE_CHECKING:
    from kinderguard.survey.completeness import WorkList
    from kinderguard.survey.linking.links import Links
    from kinderguard.survey.linking.pairs import Pair
    from kinderguard.survey.surveyed import Question, Survey

_ROWS = Text("行", "rows")
_BITS = Column(Text("权重（比特）", "weight (bits)"), number=True)
#: So many facts to find out are shown in a work list; more are counted below.
_MOST = 40


def survey_view(of: "Survey", counts: Iterable[tuple[Text, int]], lang: Language | None) -> View:
    """See ``Survey.view``."""
    lists = Table(
        [
            Text("名单", "list"), Text("截至", "as of"), Column(Text("行数", "rows"), number=True),
            Column(Text("采用", "used"), number=True), Column(Text("跳过", "skipped"), number=True),
        ],
        [
            (s.profile.title, s.as_of, s.ledger.rows_in, len(s.ledger.cases), s.ledger.rows_in - len(s.ledger.cases))
            for s in of.sources
        ],
    )  # fmt: skip
    blocks: list[Content] = [lists, Fields(counts)]
    if of.to_decide:
        questions = Table(
            [Text("待决定", "to decide"), _ROWS, _BITS], [_question(q, of) for q in of.to_decide], most=20
        )
        blocks.append(Section(Text("由人决定", "For a person to decide"), [questions], folded=False))
    if of.skipped:
        rows = [(Code(str(row.key)), row.problem.message) for row in of.skipped]
        title = Text(f"跳过的行（{len(rows)}）", f"Skipped rows ({len(rows)})")
        blocks.append(Section(title, [Table([_ROWS, Text("原因", "why")], rows, most=20)], folded=True))
    many = "child" if len(of.children) == 1 else "children"
    title = Text(f"摸排（儿童 {len(of.children):,} 人）", f"Survey ({len(of.children):,} {many})")
    return View(title, blocks, lang)


def _question(question: "Question", of: "Survey") -> tuple[Content, ...]:
    rows = Code(" ".join(map(str, question.rows)))
    if isinstance(question, Disagreement):
        from kinderguard.rules.titles import fact_title

        return fact_title(question.path, of.titles), rows, ""
    weight = "" if question.weight is None else f"{question.weight:+.1f}"
    return Text("这些行是否同一名儿童", "whether these rows are one child"), rows, weight


def links_view(of: "Links", lang: Language | None) -> View:
    """See ``Links.view``."""
    grouped = of.grouped()
    bands = {band: sum(p.band.value == band for p in of.pairs) for band in ("same", "ask", "different")}
    counts = Fields(
        [
            (Text("行数", "rows"), len(of.rows)),
            (Text("儿童", "children"), len(grouped.groups)),
            (Text("判为同一儿童的行对", "pairs found the same"), bands["same"]),
            (Text("须询问的行对", "pairs to ask about"), bands["ask"]),
            (Text("判为不同儿童的行对", "pairs found different"), bands["different"]),
            (Text("已有决定", "decisions"), len(of.decisions)),
        ]
    )
    blocks: list[Content] = [counts]
    for title, pairs, folded in (
        (Text("须由人判断", "For a person to decide"), grouped.open, False),
        (Text("因其他行而未合并、未询问", "Kept apart, unasked, by other rows"), grouped.held_back, True),
    ):
        if pairs:
            heads: list[Column | Text] = [_ROWS, _BITS, Text("依据", "what speaks for it and against it")]
            blocks.append(Section(title, [Table(heads, map(_pair, pairs), most=20)], folded=folded))
    return View(Text("名单行的匹配", "Rows that were linked"), blocks, lang)


def _pair(pair: "Pair") -> tuple[Content, ...]:
    return Code(" ".join(map(str, pair.key))), f"{pair.weight:+.1f}", pair.explain()


def work_view(of: "WorkList", nobody: Text, lang: Language | None) -> View:
    """See ``WorkList.view``."""
    counts = Table(
        [
            Text("地方", "place"),
            Text("部门", "department"),
            Column(Text("待了解（项）", "facts to find out"), number=True),
        ],
        [
            (place_name(place) if place else Text("地点不详", "place unknown"), who.label if who else nobody, number)
            for (place, who), number in of.counts.items()
        ],
        most=30,
    )
    facts = Table(
        [
            Text("儿童编号", "child"), Text("待了解", "to find out"), Text("部门", "department"), Text("情况", "state"),
            Column(Text("平均可单独确定的结果数", "results it settles alone, on average"), number=True), Text("影响的结果", "results changed"),
        ],
        [
            (
                Code(row.ref), row.title, row.department.label if row.department else nobody,
                row.state,
                f"{row.settles:.2f}", _joined([of.titles.get(code, same(code)) for code in row.changes]),
            )
            for row in of.rows
        ],
        most=_MOST,
    )  # fmt: skip
    standing = Fields(
        [
            (Text("儿童", "children"), of.children),
            (Text("不缺影响结果的事实", "lack no fact that could change a result"), of.complete),
            (Text("待了解（项）", "facts to find out"), len(of.rows)),
        ]
    )
    blocks: list[Content] = [standing]
    if of.rows:
        blocks += [counts, Section(Text("逐项", "One by one"), [facts], folded=True)]
    return View(Text(f"待了解的事实（{of.on}）", f"What is to be found out ({of.on})"), blocks, lang)


def _joined(titles: list[Text]) -> Text:
    from kinderguard.model.text import join

    return join(titles, "、", ", ")


__all__ = ["links_view", "survey_view", "work_view"]
