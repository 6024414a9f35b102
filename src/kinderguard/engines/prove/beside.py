"""What the two sides of a floor give the child of a counterexample: both totals, and the policies in which they differ.

Told beside the child, so that whoever reads the answer sees what is lost, and where; only these policies are explained.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from kinderguard.engines.assessment import ZERO, Assessment, PolicyResult, Total
from kinderguard.engines.prove.logic import Bool, Whole
from kinderguard.engines.prove.spans import Span
from kinderguard.model.money import bounds_text, yuan
from kinderguard.model.text import Text, same

if TYPE_CHECKING:
    from kinderguard.engines.prove.prover import Question

NATION, HERE = Text("国家", "the nation"), Text("本地", "here")
_WORDS = {True: Text("是", "yes"), False: Text("否", "no"), None: Text("待定", "undetermined")}
_NOT_THERE = Text("没有此项", "no such policy")


def differing(q: "Question", assessed: Sequence[Assessment]) -> tuple[str, ...]:
    """The policies of which the two sides say something else of the child; those by which it loses most stand first."""
    nation, here = assessed
    if q.total is None:
        return (q.subject,)
    found = {
        code: None
        for side in assessed
        for code, p in side.policies.items()
        if p.is_cash and (p.every, p.per) == q.total
    }
    paid = {code: (_final(nation.policies.get(code)), _final(here.policies.get(code))) for code in found}
    codes = (code for code, (a, b) in paid.items() if a != b)
    return tuple(sorted(codes, key=lambda code: _won(*paid[code])))


def compared(q: "Question", assessed: Sequence[Assessment], codes: Sequence[str]) -> Iterator[Text]:
    """Both totals, then each policy on both sides."""
    nation, here = assessed
    if q.total is not None:
        every, per = q.total
        a, b = (side.due.total(every, per) for side in assessed)
        yield _beside(
            Text(f"{every.zh}合计", f"total {every.en}"), bounds_text(a.low, a.high), bounds_text(b.low, b.high)
        )
    for code in codes:
        a_policy, b_policy = nation.policies.get(code), here.policies.get(code)
        known = a_policy or b_policy
        title = same(code) if known is None else Text(f"“{known.title.zh}”", f"‘{known.title.en}’")
        said = [_said(q, i, side, code) for i, side in enumerate(assessed)]
        yield _beside(title + same(f" [{code}]"), *said)


def explained(q: "Question", assessed: Sequence[Assessment], codes: Sequence[str]) -> Iterator[Text]:
    """The explanation of each policy, the nation's side first, each said whose it is; one that is the same only once."""
    for code in codes:
        texts = [_explanation(side, code) if code in side.policies else None for side in assessed]
        if texts[0] is not None and texts[0] == texts[1]:
            yield _headed(Text("国家和本地相同", "the nation's and here alike"), texts[0])
            continue
        for label, text in zip((q.against, Text("按本地规则", "by the rules here")), texts, strict=True):
            if text is not None:
                yield _headed(label, text)


def _headed(label: Text, text: Text) -> Text:
    return Text(f"【{label.zh}】\n{text.zh}", f"[{label.en}]\n{text.en}")


def _explanation(assessment: Assessment, code: str) -> Text:
    explanation = assessment.explain(code)
    return Text(explanation.text("zh"), explanation.text("en"))


def _final(policy: PolicyResult | None) -> Total:
    """What is paid; a policy that is not there pays nothing."""
    return Total(ZERO, ZERO) if policy is None else Total(policy.low or ZERO, policy.high)


def _won(nation: Total, here: Total) -> tuple[Decimal, bool, Decimal]:
    """How much more is paid here for sure, then at most; less where it is negative."""
    lost_bound = nation.high is None and here.high is not None
    high = ZERO if nation.high is None or here.high is None else here.high - nation.high
    return here.low - nation.low, not lost_bound, high


def _said(q: "Question", side: int, assessment: Assessment, code: str) -> Text:
    """What one side says of a policy, as far as the question is about it."""
    policy = assessment.policies.get(code)
    if policy is None:
        return _NOT_THERE
    if q.kind == "floor.eligible":
        return Text("符合条件：", "eligible: ") + _WORDS[policy.eligible]
    if q.kind == "floor.amount":
        return _span(q.sides[side].ruling.results_of(assessment).own(code))
    if not policy.is_cash:
        return Text("提供：", "given: ") + _WORDS[policy.granted]
    said = bounds_text(policy.low, policy.high)
    effects = [e for e in policy.stacking if e.changed and e.owner != code]
    titles = assessment.basis.titles
    for effect in effects:
        owner = titles.get(effect.owner, same(effect.owner))
        said += Text(f"（因“{owner.zh}”）", f" (because of ‘{owner.en}’)")
    return said


def _span(span: Span) -> Text:
    """An amount of the reference engine: all constants."""

    def end(number: Whole, there: Bool) -> Decimal | None:
        return yuan(Fraction(number.value, span.denominator)) if there is True and number.value is not None else None

    return bounds_text(end(span.low, span.has_low), end(span.high, span.has_high))


def _beside(what: Text, nation: Text, here: Text) -> Text:
    return Text(
        f"{what.zh}：{NATION.zh} {nation.zh}，{HERE.zh} {here.zh}",
        f"{what.en}: {NATION.en} {nation.en}, {HERE.en} {here.en}",
    )
