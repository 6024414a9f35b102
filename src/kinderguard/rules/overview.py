"""What a place's own rules give, for those who answer for them: to whom, how much, since when, on what ground. Read off
the rules and values each time, so that nothing is written twice; ``kinderguard rules 330199`` prints it.
"""

import datetime as dt
from collections.abc import Iterator

from kinderguard.model.lines import Line
from kinderguard.model.text import Text, join, same
from kinderguard.rules.citations import Cite, Period
from kinderguard.rules.definitions import Check, Policy
from kinderguard.rules.expression import Expr
from kinderguard.rules.parameters import Parameter, show
from kinderguard.rules.rule_card import Card
from kinderguard.rules.ruleset import RuleSet, parameters_read


def overview(rules: RuleSet, code: str, title: Text, *, on: dt.date | None = None) -> Line:
    """What the pack of a place gives beyond what holds above it.

    Args:
        rules: those of the place (``book.for_division(code).rules``).
        code: of the pack, as its rules begin with it: ``330199``.
        title: of the pack.
        on: the day whose values and rules are told; all, if left out.
    """
    return Line(title + same(f" [{code}]"), below=tuple(_Overview(rules, code, on).sections()))


class _Overview:
    def __init__(self, rules: RuleSet, code: str, on: dt.date | None) -> None:
        self.rules, self.code, self.on = rules, code, on
        self.place = code.partition(".")[0]
        self.card = Card(rules, self.place, on)

    def sections(self) -> Iterator[Line]:
        """Its policies, what it changes for those above it, and the standards that it sets."""
        own = f"{self.code}."
        policies = [p for p in self.rules.policies.values() if p.code.startswith(own) and self.counts(p.effective)]
        checks = [c for c in self.rules.checks.values() if c.code.startswith(own) and self.counts(c.effective)]
        values = [p for p in self.rules.parameters.values() if not p.code.startswith(own) and self.set_here(p)]
        narrowing = [c for c in checks if c.requires is not None]
        other = [c for c in checks if c.requires is None]
        sections = (
            (Text("本地政策", "Policies of its own"), [self.policy(p) for p in policies]),
            (Text("对上级政策的放宽和提高", "Wider or higher than above it"), [self.check(c) for c in other]),
            (Text("另加的条件（收窄）", "Further conditions that it sets (narrower)"), [self.check(c) for c in narrowing]),
            (Text("本地公布的标准", "Standards that it sets"), [Line(self.title(p.code), below=self.set_here(p)) for p in values]),
        )  # fmt: skip
        yield from (Line(title + same(f" ({len(lines)})"), below=tuple(lines)) for title, lines in sections if lines)
        if not any(lines for _, lines in sections):
            yield Line(Text("没有本地的规则和标准", "No rules or standards of its own"))

    def counts(self, effective: Period) -> bool:
        return self.on is None or self.on in effective

    def title(self, code: str) -> Text:
        return self.card.titles.get(code, same(code)) + same(f" [{code}]")

    def policy(self, p: Policy) -> Line:
        below = [*self.asked(Text("对象", "To whom"), p.eligible)]
        if p.amount is not None:
            paid = p.every.label + Text("，按户" if p.per == "household" else "，按人", f", per {p.per}")
            below += self.asked(Text(f"金额（{paid.zh}）", f"How much ({paid.en})"), p.amount)
        elif p.service is not None:
            below.append(Line(Text("服务：", "What: ") + p.service))
        below += [self.card.stacking(rule) for rule in p.stacking]
        if p.evidence:
            below.append(Line(Text("材料：", "Papers: ") + join([d.label for d in p.evidence])))
        return Line(self.title(p.code), below=(*below, *_ground(p.effective, p.cites)))

    def check(self, c: Check) -> Line:
        kinds = (
            (Text("以下情形也适用", "Also applies where"), c.widens),
            (Text("还须满足", "Also requires"), c.requires),
            (Text("金额不低于", "The amount is at least"), c.at_least),
        )
        below = [line for title, expr in kinds if expr is not None for line in self.asked(title, expr)]
        below.append(Line(Text("理由：", "Reason: ") + c.reason))
        return Line(self.title(c.on), below=(*below, *_ground(c.effective, c.cites)))

    def asked(self, title: Text, expr: Expr) -> Iterator[Line]:
        """A condition or an amount in words, with the values that it reads."""
        (line,) = self.card.condition(title, expr)
        read = [self.card.parameter(self.rules.parameters[code]) for code in dict.fromkeys(parameters_read(expr))]
        yield Line(line.text, below=(*line.below, *read))

    def set_here(self, p: Parameter) -> tuple[Line, ...]:
        """The values that the place sets itself."""
        kind = p.kind
        return tuple(
            Line(
                show(v.value, kind, p.unit)
                + Text("，", ", ")
                + v.period.text
                + Text("；来源：", "; source: ")
                + v.sourced
            )
            for v in p.values
            if kind is not None and v.place.startswith(self.place) and self.counts(v.period)
        )


def _ground(effective: Period, cites: tuple[Cite, ...]) -> Iterator[Line]:
    yield Line(Text("施行期间：", "In force: ") + effective.text)
    if cites:
        yield Line(Text("依据：", "On the ground of: ") + join([cite.text for cite in cites], "；", "; "))
