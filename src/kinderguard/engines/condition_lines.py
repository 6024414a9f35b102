"""A condition as lines: how its parts make it, which of them decide it, and what each read. ``Explanation`` makes one
``ConditionLines`` a result, and a condition that it has told once is only referred to after that.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.engines.blame import inner_values, is_unknown
from kinderguard.engines.changing import Changes, changes_of
from kinderguard.engines.explain import ReferenceAlgebra
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import Range
from kinderguard.engines.reasons import Leaf, Reasons
from kinderguard.model.lines import Line
from kinderguard.model.people import Person
from kinderguard.model.places import place_name
from kinderguard.model.text import Text, join, same
from kinderguard.rules import nodes as n
from kinderguard.rules import operators
from kinderguard.rules.kinds import NUMBER, Kind, Sort
from kinderguard.rules.titles import Titles, fact_title, own_title, record_of
from kinderguard.rules.units import one_unit
from kinderguard.rules.wording import quantified, quantity, wording

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment
    from kinderguard.rules.parameters import ParameterValue

#: Longer wordings (in Chinese, in English) are taken apart where they can be.
_LONG_ZH, _LONG_EN = 60, 120
#: So many parts that are left out are named in the line itself, where they are short (in Chinese, in English).
_NAMED, _SHORT_ZH, _SHORT_EN = 3, 30, 90
_ABOVE = Text("（见上）", " (see above)")
_PROVIDED = Text("（由事实提供者查得，个案未记录）", " (found by a fact provider; the case does not state it)")


def shown(value: Any, kind: Kind) -> Text:
    """A value of the trace as people read it, bounds included."""
    if isinstance(value, Range):
        low, high = value.low, value.high
        if low is None and high is None:
            return quantity(None, kind)
        if high is None:
            at_least = quantity(low, kind)
            return Text(f"至少{at_least.zh}", f"at least {at_least.en}")
        if low is None:
            at_most = quantity(high, kind)
            return Text(f"至多{at_most.zh}", f"at most {at_most.en}")
        a, b = quantity(low, kind), quantity(high, kind)
        return Text(f"{a.zh}至{b.zh}", f"{a.en} to {b.en}")
    return quantity(value, kind)


def fact_shown(value: Any, kind: Kind) -> Text:
    """A fact as people read it: of one that nobody recorded only that it is not known, not that it is no less than zero."""
    return quantity(None, kind) if _says_nothing(value) else shown(value, kind)


def _says_nothing(value: Any) -> bool:
    return isinstance(value, Range) and value.high is None and value.low in (None, 0)


def mark_of(value: Any) -> str:
    """The mark of a condition's value."""
    return {True: "yes", False: "no", None: "unknown"}[value]


def place_in_charge(assessment: "Assessment") -> Text:
    """Where a standard would have to be set: the county in charge, so far as it is known."""
    if not assessment.division:
        return Text("负责地区不详", "division in charge unknown")
    return place_name(assessment.division[:6], assessment.basis.titles)


@attrs.frozen
class _Part:
    """A part of a condition that is told: what stands before it (if, then), and what it ought to be."""

    step: Step
    wanted: bool | None
    before: Text | None = None


@attrs.frozen
class _Taken:
    """A condition taken apart: how its parts make it (None where one part is all), and those that are told; ``alone`` says
    the first in short where a single part is told. ``others`` names the parts that are left out, where the line cannot.
    """

    says: Text | None
    parts: tuple[_Part, ...]
    alone: Text | None = None
    others: tuple[Line, ...] = ()


class ConditionLines:
    """The lines of the conditions of one result.

    Args:
        assessment: the result.
        trace: the values; of one record, those while its conditions were computed.
        codes: by step, what is written after it (see ``Explanation.codes``).
        folded: categories that are told elsewhere: their title alone stands here.
        own: the category that is explained, whose title stands above already.
        reasons: those of the same trace, where somebody has them already.
        refused: the categories that the child is not in and that were told in another result of the same text, to which
            those told here are added; None where each result stands by itself.
        changes: those of the same result, where somebody has them already.
    """

    def __init__(
        self,
        assessment: "Assessment",
        trace: list[Any],
        codes: Mapping[int, str] | None = None,
        folded: frozenset[int] = frozenset(),
        own: Step | None = None,
        reasons: Reasons | None = None,
        refused: set[int] | None = None,
        changes: Changes | None = None,
    ) -> None:
        self.assessment = assessment
        self.reasons = reasons or Reasons(trace)
        self._changes = changes
        self._trace = trace
        self._codes = codes or {}
        self._folded = folded
        self._own = own
        self._categories = {step.index: code for code, step in assessment.basis.bound.plan.categories.items()}
        self._titles = assessment.basis.titles
        self._told: set[int] = set()
        self._refused = refused

    # ---- a whole condition ----------------------------------------------------------------------------------

    def whole(self, step: Step) -> Iterator[Line]:
        """A rule's condition: why it holds, or is open; else why not, and the least that would have to change, where
        that can be changed at all.
        """
        value = self._trace[step.index]
        if value is not False:
            yield self._top(step)
            return
        taken = None if self.title(step) else self._taken(step, True)
        if taken is None or taken.says is None:
            yield Line(Text("因为", "Because"), below=(self.line(step, wanted=True),))
        else:
            code = self._codes.get(step.index, "")
            text = Text("因为不满足：", "Because this does not hold: ") + taken.says + same(code)
            yield Line(text, below=tuple(self._parts(taken, {} if code else self._codes)))
        change = (self._changes or changes_of(self.assessment, self.reasons)).of(step)
        failed = {s.index for s in self.reasons.why(step)}
        # Where nothing would have to change but what is told above, that says it.
        if change is None or all(leaf.step.index in failed for leaf in change.leaves):
            return
        opens = any(self._trace[leaf.step.index] is None for leaf in change.leaves)
        text = Text("若要符合，最少须改变", "The least that would have to change")
        text += Text("或查明", " or be found out") if opens else same("")
        if len(change.leaves) > 1:
            text += Text("（以下各项）", " (all of these)")
        yield Line(text, below=tuple(self.needed(leaf) for leaf in change.leaves))

    def _top(self, step: Step) -> Line:
        taken = None if self.title(step) else self._taken(step, None)
        if taken is None or taken.says is None:
            return self.line(step)
        code = self._codes.get(step.index, "")
        text = Text("条件：", "Condition: ") + taken.says + same(code)
        return Line(text, mark_of(self._trace[step.index]), tuple(self._parts(taken, {} if code else self._codes)))

    def line(
        self,
        step: Step,
        *,
        wanted: bool | None = None,
        before: Text | None = None,
        codes: Mapping[int, str] | None = None,
        shortened: bool = False,
    ) -> Line:
        """One condition, with the parts that decide it below, or with what it read.

        Args:
            step: the condition.
            wanted: what it would have to be; None where that is not asked.
            before: what stands before it.
            codes: those still to be written; below a line with a code it would say the same.
            shortened: whether how parts make a condition stands before it already: once in a line is enough.
        """
        codes = self._codes if codes is None else codes
        title, mark = self.title(step), mark_of(self._trace[step.index])
        code, before = same(codes.get(step.index, "")), before or same("")
        if title is not None and step.index in self._folded:
            return Line(before + title + code, mark)
        taken = self._taken(step, wanted)
        if taken is None:
            return self._leaf(step, wanted, before, code)
        is_alone = title is None and len(taken.parts) == 1
        if is_alone and (taken.says is None or (taken.alone is not None and not shortened)):
            (part,) = taken.parts
            before += (taken.alone or same("")) + (part.before or same(""))
            shortened = shortened or taken.alone is not None
            line = self.line(part.step, wanted=part.wanted, before=before, codes=codes, shortened=shortened)
            return attrs.evolve(line, below=(*line.below, *taken.others))
        refused = self._refused if self._refused is not None and self._is_category(step) else self._told
        if title is not None and (step.index in self._told or step.index in refused):
            return Line(before + title + code + _ABOVE, mark)
        self._told.add(step.index)
        refused.add(step.index)
        parts = tuple(self._parts(taken, {} if code.zh else codes))
        text = taken.says if title is None else title + Text("：", ": ") + taken.says if taken.says else title
        assert text is not None
        return Line(before + text + code, mark, parts)

    def _parts(self, taken: _Taken, codes: Mapping[int, str]) -> Iterator[Line]:
        for part in taken.parts:
            yield self.line(part.step, wanted=part.wanted, before=part.before, codes=codes)
        yield from taken.others

    def title(self, step: Step) -> Text | None:
        """The title of a step: of a named one, or of a category."""
        if step.names:
            return step.names[0].title
        return self._titles[self._categories[step.index]] if self._is_category(step) else None

    def _is_category(self, step: Step) -> bool:
        """Inside a record the places are others: only a step of the outermost level is a category."""
        code = self._categories.get(step.index)
        return code is not None and self.assessment.basis.bound.plan.categories[code] is step and step is not self._own

    # ---- taken apart ----------------------------------------------------------------------------------------

    def _taken(self, step: Step, wanted: bool | None) -> _Taken | None:
        """A condition taken apart into the parts that decide it; None for a plain question."""
        node, value = step.node, self._trace[step.index]
        deciding = self.reasons.deciding(step)
        if not deciding:
            return None
        if isinstance(node, n.Not):
            (inner,) = deciding
            against = None if wanted is None else not wanted
            return _Taken(operators.NOT, (_Part(inner, against),)) if self.reasons.deciding(inner) else None
        if isinstance(node, n.When):
            return self._choice(step, node, wanted)
        told, every = tuple(self._row(step)), tuple(self._all(step))
        says, parts = operators.joining(node), tuple(_Part(s, wanted) for s in told)
        assert says is not None
        left = [s for s in every if s not in told]
        if value is not None:
            says += Text(f"（另有{len(left)}项未列）", f" ({len(left)} more not decisive)") if left else same("")
            return _Taken(says, parts, _alone(node, len(every), same("")) if len(parts) == 1 else None)
        names = [self._name(s) for s in left]
        named, others = _left_out(names, holds=isinstance(node, n.And))
        return _Taken(
            says + (_in_brackets(_counted_out(node, len(left)) + named) if left else same("")),
            parts,
            _alone(node, len(every), _in_brackets(_the_rest(node, len(left)) + named)) if len(parts) == 1 else None,
            others,
        )

    def _name(self, step: Step) -> Text:
        """A part that is left out, in short: of one that asks whether the other is recorded, only that."""
        if isinstance(step.node, n.Known) and not step.names:
            return Text("已有记录", "it is recorded")
        return self.title(step) or wording(step.node, self._titles)

    def _row(self, step: Step) -> Iterator[Step]:
        """The deciding parts of a row of conditions; a row of the same kind within it is one with it."""
        for part in self.reasons.deciding(step):
            yield from self._row(part) if self._is_one_with(part, step) else (part,)

    def _all(self, step: Step) -> Iterator[Step]:
        for part in step.inputs:
            yield from self._all(part) if self._is_one_with(part, step) else (part,)

    def _is_one_with(self, part: Step, row: Step) -> bool:
        return type(part.node) is type(row.node) and bool(part.inputs) and self.title(part) is None

    def _choice(self, step: Step, node: n.When, wanted: bool | None) -> _Taken | None:
        """The branch that was taken, with what it hangs on; what only asks whether something is recorded says so."""
        condition, then, _ = step.inputs
        *_, taken = self.reasons.deciding(step)
        if isinstance(taken.node, n.And | n.Or) and not taken.inputs:
            return None  # always, or never: the wording says so
        if isinstance(node.condition, n.Known):
            return _Taken(None, (_Part(taken, wanted, None if taken is then else operators.NOT_RECORDED),))
        after = operators.THEN if self._trace[condition.index] else operators.OTHERWISE
        return _Taken(operators.CHOICE, (_Part(condition, None, operators.IF), _Part(taken, wanted, after)))

    # ---- plain questions ------------------------------------------------------------------------------------

    def needed(self, leaf: Leaf) -> Line:
        """Something that would have to change, or become known."""
        against = leaf.wanted is False and self.reasons.distance(leaf) is None
        before = same("")
        if against:
            holds = self._trace[leaf.step.index] is True
            before = (
                Text("现成立，须不成立：", "holds, but must not: ") if holds else Text("须不成立：", "must not hold: ")
            )
        code = same(self._codes.get(leaf.step.index, ""))
        return self._leaf(leaf.step, leaf.wanted, before, code, again=True)

    def _leaf(self, step: Step, wanted: bool | None, before: Text, code: Text, *, again: bool = False) -> Line:
        text, is_apart = self._says(step)
        far = self.reasons.distance(Leaf(step, wanted))
        if far is not None:
            text = Text(f"{text.zh}：{far.zh}", f"{text.en}: {far.en}")
        short, text = before + (self.title(step) or text) + code, before + text + code
        mark = mark_of(self._trace[step.index])
        read = tuple(self.read(step, apart=is_apart))
        if not read and mark == "unknown" and isinstance(step.node, n.Fact):
            text += Text("：未知", ": unknown")  # the question is the fact itself: no line below says so
        if step.index in self._told and not again and read:
            return Line(short + _ABOVE, mark)
        self._told.add(step.index)
        return Line(text, mark, read)

    def _says(self, step: Step) -> tuple[Text, bool]:
        """A plain question in words, and whether what it asks of records is told below, record by record."""
        if isinstance(step.node, n.Const) and step.node.value is None:
            return Text("本规则不作判断", "left open by the rule"), False
        title, words = self.title(step), wording(step.node, self._titles)
        node = step.node
        is_long = len(words.zh) >= _LONG_ZH or len(words.en) >= _LONG_EN
        if is_long and isinstance(node, n.Aggregate) and self._is_told_by_record(step, node):
            records = quantified(node, self._titles)
            return records if title is None else title + Text("：", ": ") + records, True
        if title is None or title.zh in words.zh:
            return words, False
        if isinstance(node, n.Not) and step.inputs[0].names:
            return title, False  # there is no father: not ‘there is a father’
        return Text(
            f"{title.zh}（{words.zh}）" if len(words.zh) < _LONG_ZH else title.zh,
            f"{title.en} ({words.en})" if len(words.en) < _LONG_EN else title.en,
        ), False

    def _is_told_by_record(self, step: Step, node: n.Aggregate) -> bool:
        """Whether what is asked of records is better told of one of them: it has parts, and there is one that decides."""
        body = node.body.arg if isinstance(node.body, n.Named) else node.body
        if node.how not in (n.How.ANY, n.How.ALL) or operators.joining(body) is None:
            return False
        value = self._trace[step.index]
        return bool(self._trace[step.inputs[0].index]) and any(
            _counted(step, inner) is value for inner in inner_values(ReferenceAlgebra(), step, self._trace)
        )

    def read(self, step: Step, *, apart: bool = False) -> Iterator[Line]:
        """What a step read: facts, parameters, lengths of time, and the records of an aggregate."""
        seen: set[int] = set()
        waiting = list(step.inputs) if step.inputs else [step]
        if isinstance(step.node, n.Aggregate):
            yield from self.records(step, apart=apart)
            waiting = [] if apart else [i for s in _inside(step) for i in s.inputs if i.static]
        while waiting:
            read = waiting.pop(0)
            if read.index in seen:
                continue
            seen.add(read.index)
            node, value = read.node, self._trace[read.index] if read.index < len(self._trace) else None
            if isinstance(node, n.Fact) and node.of is None:
                if read is not step:
                    said = fact_title(node.path, self._titles) + Text("：", ": ") + fact_shown(value, node.kind)
                    yield Line(said + _PROVIDED if node.path in self.assessment.provided else said)
            elif isinstance(node, n.Param):
                yield self.parameter(node.code, value, node.kind)
            elif isinstance(node, n.Years | n.Months | n.Days) and not read.static:
                yield Line(wording(node, self._titles) + Text("：", ": ") + shown(value, node.kind))
                waiting.extend(read.inputs)
            elif isinstance(node, n.Aggregate):
                yield Line(
                    wording(node, self._titles) + Text("：", ": ") + shown(value, node.kind),
                    below=tuple(self.records(read)),
                )
            elif not isinstance(node, n.Const | n.Day):
                waiting.extend(read.inputs)

    # ---- records --------------------------------------------------------------------------------------------

    def records(self, step: Step, *, apart: bool = False) -> Iterator[Line]:
        """The records of an aggregate: what was read of each, and whether it counts.

        Args:
            step: the aggregate.
            apart: tell what is asked of the records that decide it, part by part.
        """
        assert step.where is not None
        assert step.body is not None
        title, listed = wording(step.inputs[0].node, self._titles), self._trace[step.inputs[0].index]
        if listed is None:
            yield Line(title + Text("：未知", ": unknown"), "unknown")
            return
        if not listed:
            yield Line(title + Text("：没有记录在案的", ": none on record"))
            return
        asks = step.body.node.kind.sort is Sort.BOOL
        for number, inner in enumerate(inner_values(ReferenceAlgebra(), step, self._trace), 1):
            facts, number_is = self._facts_of(step, inner), _numbered(step.node, number)
            text = number_is if facts is None else number_is + Text("：", ": ") + facts
            if inner[step.where.index] is False:
                yield Line(text + Text("（不计）", " (does not count)"))
                continue
            counted = _counted(step, inner) if asks else None
            if apart and facts is not None and counted is self._trace[step.index]:
                yield self._of_record(step, inner, number_is + Text(f"（{facts.zh}）", f" ({facts.en})"))
            else:
                yield Line(text, mark_of(counted) if asks else "")

    def _of_record(self, step: Step, inner: list[Any], text: Text) -> Line:
        """What is asked of one record, part by part."""
        assert step.where is not None
        assert step.body is not None
        within, mark, lines = ConditionLines(self.assessment, inner), mark_of(_counted(step, inner)), []
        if inner[step.where.index] is None:
            lines.append(within.line(step.where))
        elif (taken := within._taken(step.body, None)) is not None and taken.says and not within.title(step.body):
            return Line(text + Text("：", ": ") + taken.says, mark, tuple(within._parts(taken, {})))
        return Line(text, mark, (*lines, within.line(step.body)))

    def _facts_of(self, step: Step, inner: list[Any]) -> Text | None:
        """What is known of one record, of what is asked; None where nothing is asked of it but that it is there."""
        asked = [(s, s.node) for s in step.inner if isinstance(s.node, n.Fact)]
        if not asked:
            return None
        facts = [
            self._own_title(step, fact) + Text("：", ": ") + shown(inner[s.index], fact.kind)
            for s, fact in asked
            if not is_unknown(inner[s.index])
        ]
        return join(facts, "；", "; ") if facts else Text("内容未知", "nothing known")

    def _own_title(self, step: Step, node: n.Fact) -> Text:
        """A fact of the record as its own field: whose it is was said."""
        outer = step.node
        if isinstance(outer, n.Aggregate) and node.of == outer.each and outer.source.of is None:
            return own_title(record_of(outer.source.path), node.path)
        return wording(node, self._titles)

    # ---- parameters -----------------------------------------------------------------------------------------

    def _kind_of(self, code: str, kind: Kind) -> Kind:
        """The kind of a standard, with the unit that its declaration states."""
        declared = self.assessment.basis.bound.plan.rules.parameters.get(code)
        if kind != NUMBER or declared is None:
            return kind
        return Kind(Sort.NUMBER, one_unit(declared.unit))

    def parameter(self, code: str, value: Any, kind: Kind) -> Line:
        """A standard with its value, place, period and source; where it is not set, where that is."""
        given = self.assessment.basis.parameters.get(code)
        text = self._titles.get(code, same(code))
        if given is not None or not (value is None or _says_nothing(value)):
            text += Text("：", ": ") + shown(value, self._kind_of(code, kind))
        text += same(f" [{code}]")
        if given is None:
            where = place_in_charge(self.assessment)
            return Line(text + Text(f"（{where.zh}未设定）", f" (not set in {where.en})"), "unknown")
        return Line(text, below=(Line(_origin(given, self._titles)),))


def _left_out(names: Sequence[Text], *, holds: bool) -> tuple[Text, tuple[Line, ...]]:
    """The names of the parts that are not told since they are settled: in the line, or the first of them there and all below."""
    short = [name for name in names if len(name.zh) <= _SHORT_ZH and len(name.en) <= _SHORT_EN]
    if len(short) == len(names) <= _NAMED:
        said = join(short, "；", "; ")
        return Text(f"：{said.zh}", f": {said.en}"), ()
    said = join(short[: _NAMED - 1], "；", "; ")
    text = (
        Text(f"：{said.zh}等，见下", f": {said.en} and others, see below") if short else Text("，见下", ", see below")
    )
    head = Text("其中已符合的", "those that hold") if holds else Text("其中不符合的", "those that do not hold")
    return text, (Line(head, below=tuple(Line(name, mark_of(holds)) for name in names)),)


def _in_brackets(text: Text) -> Text:
    return Text(f"（{text.zh}）", f" ({text.en})")


def _counted_out(node: n.Node, left: int) -> Text:
    """How many parts are not told since they hold, or do not."""
    if isinstance(node, n.And):
        return Text(f"其余{left}项已符合", f"{left} more {'holds' if left == 1 else 'hold'}")
    return Text(f"其余{left}项不符合", f"{left} more {'does' if left == 1 else 'do'} not hold")


def _the_rest(node: n.Node, left: int) -> Text:
    """How the parts stand that are not told beside a single one."""
    if isinstance(node, n.And):
        return Text("另一项已符合", "the other holds") if left == 1 else Text("其余已符合", "the rest hold")
    return Text("另一项不符合", "the other does not hold") if left == 1 else Text("其余不符合", "the rest do not hold")


def _alone(node: n.Node, every: int, rest: Text) -> Text:
    """What stands before the only part that is told of an ``and`` or ``or`` without a title of its own."""
    if isinstance(node, n.And):
        needed = "both are needed" if every == 2 else f"all {every} are needed"
        return Text(f"{every}项须同时符合{rest.zh}：", f"{needed}{rest.en}: ")
    return Text(f"{every}项之一{rest.zh}：", f"one of {every}{rest.en}: ")


def _counted(step: Step, inner: list[Any]) -> bool | None:
    """Whether what is asked holds of a record; of one that may not be meant, it is not known unless it says nothing new."""
    assert step.where is not None
    assert step.body is not None
    where, body = inner[step.where.index], inner[step.body.index]
    settled = isinstance(step.node, n.Aggregate) and step.node.how is n.How.ALL
    if where is False:
        return settled
    answer: bool | None = body if where is True or body is settled else None
    return answer


def _origin(given: "ParameterValue", titles: Titles) -> Text:
    where = join([place_name(given.place, titles), given.period.text], "，", ", ")
    return where + Text("；来源：", "; source: ") + given.sourced


def _numbered(node: n.Node, number: int) -> Text:
    """Which record of a list: never 第1条, which is an article of law."""
    people = isinstance(node, n.Aggregate) and issubclass(record_of(node.source.path), Person)
    return Text(f"第{number}人", f"person {number}") if people else Text(f"第{number}项记录", f"record {number}")


def _inside(step: Step) -> Iterator[Step]:
    for inner in step.inner:
        yield inner
        yield from _inside(inner)


def _under(step: Step) -> set[int]:
    """The places of a step and of all that it is computed from."""
    found: set[int] = set()
    waiting = [step]
    while waiting:
        current = waiting.pop()
        if current.index not in found:
            found.add(current.index)
            waiting += current.inputs
    return found
