"""The document ``kinderguard.explanation/1``: everything from which others can compute every step of an assessment again
without this library. Made by ``Explanation.to_dict``; its schema is published. No name is in it.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kinderguard.engines.blame import inner_values
from kinderguard.engines.changing import changes_of
from kinderguard.engines.condition_lines import place_in_charge
from kinderguard.engines.explain import ReferenceAlgebra
from kinderguard.engines.opening import Opening, unset_of
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import Range, bounds
from kinderguard.engines.reasons import Reasons
from kinderguard.model.build import build
from kinderguard.model.money import yuan
from kinderguard.model.text import same
from kinderguard.rules import nodes as n
from kinderguard.rules.canonical import operation_name
from kinderguard.rules.citations import Cite
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.operators import joining
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.titles import fact_title
from kinderguard.rules.wording import wording

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment, PolicyResult

FORMAT = "kinderguard.explanation/1"


def document(assessment: "Assessment", code: str | None) -> dict[str, Any]:
    """The document as plain JSON values.

    Args:
        assessment: the result to tell.
        code: one category or policy; None for everything.
    """
    return _Document(assessment, code).whole()


def sources_of(rules: RuleSet, code: str, own: tuple[Cite, ...]) -> tuple[Cite, ...]:
    """The sources of a rule, and of every county's check on it; what both cite stands there once."""
    checks = [c for _, c in sorted(rules.checks.items()) if c.on == code]
    return tuple(dict.fromkeys((*own, *(cite for c in checks for cite in c.cites))))


class _Document:
    def __init__(self, assessment: "Assessment", code: str | None) -> None:
        self.assessment = assessment
        self.code = code
        self._trace = assessment.trace
        self._plan = assessment.basis.bound.plan
        self._reasons = Reasons(self._trace)
        self._changes = changes_of(assessment, self._reasons)
        self._titles = assessment.basis.titles
        self._algebra = ReferenceAlgebra()

    def whole(self) -> dict[str, Any]:
        from kinderguard import __version__

        a = self.assessment
        wanted = self._wanted()
        return {
            "format": FORMAT,
            "versions": {"kinderguard": __version__, "build": build(), "packs": dict(a.basis.versions)},
            "fingerprint": a.fingerprint,
            "ref": a.ref,
            "on": a.on.isoformat(),
            "division": a.division,
            "complete": a.complete,
            "categories": {c: self._category_entry(c) for c in self._plan.categories if self.code in (None, c)},
            "policies": {c: self._policy_entry(r) for c, r in a.policies.items() if self.code in (None, c)},
            "steps": [self._step_entry(s) for s in self._plan.steps if s.index in wanted],
            "missing": [
                {
                    "path": m.path,
                    "title": fact_title(m.path, self._titles).to_dict(),
                    "decides": round(m.decides, 4),
                    "changes": list(m.changes),
                }
                for m in a.missing
                if self.code is None or self.code in m.changes
            ],
            "documents": [
                {"document": d.document.value, "title": d.document.label.to_dict(), "policies": list(d.policies)}
                for d in a.documents
            ],
            "problems": [{"code": p.code, "where": p.where, "message": p.message.to_dict()} for p in a.problems],
        }

    def _wanted(self) -> set[int]:
        """The steps that the outcome rests on."""
        if self.code is None:
            return {s.index for s in self._plan.steps}
        if self.code in self._plan.categories:
            waiting = [self._plan.categories[self.code]]
        else:
            p = self._plan.policies[self.code]
            waiting = [
                p.eligible,
                p.final,
                *([p.own] if p.own else []),
                *(x for s in p.stacking for x in (s.before, s.after)),
            ]
        top = {s.index: s for s in self._plan.steps}
        seen: set[int] = set()
        while waiting:
            step = waiting.pop()
            if step.index not in seen:
                seen.add(step.index)
                waiting += [i for i in _all_inputs(step) if top.get(i.index) is i]
        return seen

    def _category_entry(self, code: str) -> dict[str, Any]:
        category = self._plan.rules.categories[code]
        step = self._plan.categories[code]
        return {
            "title": category.title.to_dict(),
            "step": step.index,
            "value": self._trace[step.index],
            "unset": self._unset_entries(code),
            "because": [s.index for s in self._reasons.why(step)],
            "needed": self._needed_entries(step),
            "cites": [_cite(c) for c in sources_of(self._plan.rules, code, category.cites)],
        }

    def _policy_entry(self, result: "PolicyResult") -> dict[str, Any]:
        policy, steps = self._plan.rules.policies[result.code], self._plan.policies[result.code]
        return {
            "title": policy.title.to_dict(),
            "eligible_step": steps.eligible.index,
            "own_step": steps.own.index if steps.own else None,
            "final_step": steps.final.index,
            "eligible": result.eligible,
            "amount": _money(result.amount),
            "low": _money(result.low),
            "high": _money(result.high),
            "every": result.every.value,
            "per": result.per,
            "open_steps": self._open_steps(result),
            "unset": self._unset_entries(result.code),
            "because": [s.index for s in self._reasons.why(steps.eligible)],
            "needed": self._needed_entries(steps.eligible),
            "stacking": [
                {
                    "rule": e.rule,
                    "owner": e.owner,
                    "others": list(e.others),
                    "before_step": s.before.index,
                    "after_step": s.after.index,
                    "reason": e.reason.to_dict() if e.reason else None,
                }
                for e, s in zip(result.stacking, steps.stacking, strict=True)
            ],
            "cites": [_cite(c) for c in sources_of(self._plan.rules, policy.code, policy.cites)],
        }

    def _needed_entries(self, step: Step) -> list[dict[str, Any]]:
        if self._trace[step.index] is True:
            return []
        found, leaves = [], self._reasons.needed(step)
        if self._trace[step.index] is False:
            change = self._changes.of(step)
            leaves = () if change is None else change.leaves
        for leaf in leaves:
            far = self._reasons.distance(leaf)
            found.append({"step": leaf.step.index, "wanted": leaf.wanted, "distance": far.to_dict() if far else None})
        return found

    def _open_steps(self, result: "PolicyResult") -> list[int]:
        """What leaves open how much, or whether, a child gets who is eligible."""
        if not result.eligible or result.code not in self.assessment.undetermined:
            return []
        return list(Opening(self.assessment, result.code).steps())

    def _unset_entries(self, code: str) -> list[dict[str, Any]]:
        """The standards that leave a result open since nobody set them, with the place where they are missing."""
        place = (self.assessment.division or "")[:6] or None
        named = place_in_charge(self.assessment).to_dict()
        return [
            {"code": c, "title": self._titles.get(c, same(c)).to_dict(), "place": place, "place_name": named}
            for c in unset_of(self.assessment, code)
        ]

    def _step_entry(self, step: Step, inner: list[Any] | None = None) -> dict[str, Any]:
        node = step.node
        values = self._trace if inner is None else inner
        entry: dict[str, Any] = {
            "id": step.index,
            "op": operation_name(type(node)),
            "kind": node.kind.to_json(),
            "wording": wording(node, self._titles).to_dict(),
            "value": "records" if isinstance(node, n.Collection) else value_json(values[step.index], node.kind),
            "reads": [i.index for i in step.inputs],
        }
        joins = joining(node)
        if joins is not None:
            reasons = self._reasons if inner is None else Reasons(inner)
            entry |= {"joins": joins.to_dict(), "deciding": [i.index for i in reasons.deciding(step)]}
        if isinstance(node, n.Collection):
            entry["value"] = None if values[step.index] is None else {"records": len(values[step.index])}
        if step.names:
            entry["code"], entry["title"] = step.names[0].code, step.names[0].title.to_dict()
        for code, known in self._plan.categories.items():
            if known is step:
                entry["category"] = code
        entry |= _attributes(node)
        if isinstance(node, n.Param):
            entry["parameter"] = self._parameter_entry(node.code)
        if isinstance(node, n.Aggregate):
            assert step.where is not None
            assert step.body is not None
            assert step.element is not None
            entry |= {"where": step.where.index, "body": step.body.index, "element": step.element.index}
            entry["records"] = [
                [self._step_entry(s, w) for s in step.inner] for w in inner_values(self._algebra, step, values)
            ]
        return entry

    def _parameter_entry(self, code: str) -> dict[str, Any]:
        given = self.assessment.basis.parameters.get(code)
        entry: dict[str, Any] = {"code": code, "title": self._titles.get(code, same(code)).to_dict()}
        if given is None:
            return entry | {"set": False, "place": (self.assessment.division or "")[:6] or None}
        return entry | {
            "set": True,
            "place": given.place or "cn",
            "from": given.period.start.isoformat() if given.period.start else None,
            "until": given.period.end.isoformat() if given.period.end else None,
            "source": given.source,
            "trust": given.trust.value,
            "checked_on": given.checked_on.isoformat() if given.checked_on else None,
        }


def _all_inputs(step: Step) -> Iterator[Step]:
    yield from step.inputs
    yield from (s for s in (step.where, step.body) if s is not None)
    for inner in step.inner:
        yield from _all_inputs(inner)


def _money(amount: Any) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _cite(cite: Cite) -> dict[str, Any]:
    return {
        "document": cite.document,
        "article": cite.article,
        "trust": cite.trust.value,
        "source": cite.source,
        "checked_on": cite.checked_on.isoformat() if cite.checked_on else None,
    }


def value_json(value: Any, kind: Kind) -> Any:
    """A value of the trace as JSON: money in yuan (text), ratios as ``"p/q"``, ranges as ``{"low", "high"}``."""
    if isinstance(value, Range):
        low, high = bounds(value)
        return {"low": _point_json(low, kind), "high": _point_json(high, kind)}
    if isinstance(value, tuple | list | set | frozenset):
        return [str(v) for v in value]
    return _point_json(value, kind)


def _point_json(value: Any, kind: Kind) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if kind.sort is Sort.MONEY:
        if value == int(value):
            return f"{yuan(value):.2f}"
        value = Fraction(value) / 100
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    return value if isinstance(value, int) else str(value)


def _attributes(node: n.Node) -> dict[str, Any]:
    """What an operation has besides what it reads: enough to compute it again."""
    match node:
        case n.Fact(path=path) | n.Collection(path=path):
            return {"path": path}
        case n.IsIn(codes=codes) | n.HasAny(codes=codes):
            return {"codes": list(codes)}
        case n.Divide(to=to, rounding=rounding) | n.Round(to=to, rounding=rounding):
            return {"to": _point_json(to, node.kind), "rounding": rounding.value}
        case n.Aggregate(how=how):
            return {"how": how.value}
        case _:
            return {}
