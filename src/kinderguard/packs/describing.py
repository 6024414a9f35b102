"""A changed book in words: what it changes against the book it came from, change by change, in both languages.

Called by ``PolicyBook.describe`` and by comparisons. Numbers are those in force where and when the book is asked; nothing is
assessed, and no child is known here.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.codes import Frequency
from kinderguard.model.money import yuan
from kinderguard.model.places import covers, place_name
from kinderguard.model.text import Text, join, same
from kinderguard.packs.changes import Change, Given, Without, WithParameters, WithPolicies
from kinderguard.packs.overlay import Overlay, build_overlay
from kinderguard.rules.citations import Period
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.expression import Expr
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.parameters import Parameter, ParameterValue, parameter_value
from kinderguard.rules.ruleset import parameters_read
from kinderguard.rules.stacking import Capped, Excludes, Keep, TopsUp
from kinderguard.rules.wording import quantity, wording

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

#: So many places of one parameter are told one by one.
MOST_PLACES = 12
#: Where more packs are installed, the values that they set are not looked for: each would have to be loaded.
FEW_PACKS = 60

#: So many of them are written out as they may be given to keep them.
_MOST_GIVEN = 3

_A_TIME: Mapping[Frequency, Text] = {
    Frequency.MONTH: Text("/月", " a month"),
    Frequency.QUARTER: Text("/季", " a quarter"),
    Frequency.SCHOOL_YEAR: Text("/学年", " a school year"),
    Frequency.YEAR: Text("/年", " a year"),
    Frequency.ONCE: Text("（一次性）", " once"),
}
_KINDS = {Policy: Text("政策", "policy"), Category: Text("类别", "category"), Check: Text("地方规定", "check")}
#: What is compared of a rule that is replaced, with what it is called.
_PARTS: Mapping[str, Text] = {
    "title": Text("名称", "title"),
    "eligible": Text("条件", "condition"),
    "when": Text("条件", "condition"),
    "amount": Text("金额", "amount"),
    "service": Text("服务", "service"),
    "every": Text("发放周期", "how often"),
    "per": Text("发放对象", "paid"),
    "stacking": Text("与其他政策的关系", "how it combines with others"),
    "evidence": Text("材料", "papers"),
    "effective": Text("有效期", "when it applies"),
    "on": Text("对象规则", "of which rule"),
    "widens": Text("放宽", "widens"),
    "requires": Text("另须", "requires"),
    "at_least": Text("不低于", "at least"),
}


def described(book: "PolicyBook", since: "PolicyBook | None" = None) -> tuple[Text, ...]:
    """What a book changes, a text for each change; one that says so where nothing is changed.

    Args:
        book: the book.
        since: a book that it is held against: one that it was made from, or any other; the one that was loaded, if left
            out. What both changed alike is not told, nor a value that is put in the place of the same one.
    """
    old = since.changes if since is not None else ()
    if book.changes[: len(old)] == old:
        origin = book if since is None else since
        found = tuple(
            line
            for number in range(len(old), len(book.changes))
            for line in _Describing(book, origin, book.changes[:number]).lines(book.changes[number])
        )
    else:
        assert since is not None
        found = tuple(_Describing(book, since, old).against(book.changes))
    return found or (Text("未作任何改动", "nothing is changed"),)


@attrs.frozen(eq=False)
class _Describing:
    """What a book changes, beside the rules as some changes of the book before leave them."""

    book: "PolicyBook"
    since: "PolicyBook"
    changes: tuple[Change, ...]
    _found: dict[str | None, Overlay] = attrs.field(factory=dict)

    def before(self, place: str | None) -> Overlay:
        """The rules of a place as the changes before leave them."""
        place = place or self.book.division
        if place not in self._found:
            stacks: Any = self.since._stacks
            self._found[place] = build_overlay(self.since.registry.chain(place), self.changes, stacks, place)
        return self._found[place]

    # ---- two books of which neither was made from the other -----------------------------------------------------

    def against(self, changes: tuple[Change, ...]) -> Iterator[Text]:
        """What comes out otherwise by other changes, of all that either side changes."""
        shared = 0
        while shared < min(len(changes), len(self.changes)) and changes[shared] == self.changes[shared]:
            shared += 1
        places: dict[str, set[str]] = {}
        rules: dict[str, None] = {}
        for change in (*self.changes[shared:], *changes[shared:]):
            match change:
                case WithParameters(values=values):
                    for code, given in values.items():
                        at = given if isinstance(given, Mapping) else (_owner(code) or "",)
                        places.setdefault(code, set()).update("" if p == "cn" else p for p in at)
                case WithPolicies(definitions=definitions):
                    rules |= {definition.code: None for definition in definitions}
                case Without(codes=codes):
                    rules |= dict.fromkeys(sorted(codes))
        after = _Describing(self.book, self.book, changes)
        for code, where in places.items():
            yield from self._moved(code, where, after)
        for code in rules:
            old, new = (_rule(side.before(_owner(code)), code) for side in (self, after))
            if new is None:
                yield from self._left_out(code) if old is not None else ()
            elif not _alike(old, new):
                yield self._definition(new)

    def _moved(self, code: str, places: set[str], after: "_Describing") -> Iterator[Text]:
        """Where a parameter has another value."""
        lines = []
        for at in sorted({*places, *self._own(code, places), *after._own(code, places)}):
            old, new = (side.before(at or _owner(code)).rules.parameters.get(code) for side in (self, after))
            if old is None or new is None or new.kind is None:
                continue
            unit = self._unit(new, after.before(at or _owner(code)))
            was, now = (self._standing(parameter, at, new.kind, unit) for parameter in (old, new))
            if was != now:
                lines.append(_instead(new, at, was, now, after.before(at or _owner(code))))
        yield from lines[:MOST_PLACES]
        if (more := len(lines) - MOST_PLACES) > 0:
            yield Text(f"{code}：另有 {more} 地改变", f"{code} changes at {more} more places")

    def _own(self, code: str, places: set[str]) -> Iterator[str]:
        """Narrower places that have set the parameter themselves."""
        for at in places:
            yield from self._narrower(code, at)

    # ---- change by change ---------------------------------------------------------------------------------------

    def lines(self, change: Change) -> Iterator[Text]:
        """A change in words."""
        match change:
            case WithParameters(values=values):
                for code, given in values.items():
                    yield from self._parameter(code, given)
            case WithPolicies(definitions=definitions):
                for definition in definitions:
                    yield self._definition(definition)
            case Without(codes=codes):
                for code in sorted(codes):
                    yield from self._left_out(code)

    # ---- parameters ---------------------------------------------------------------------------------------------

    def _parameter(self, code: str, given: Given | Mapping[str, Given]) -> Iterator[Text]:
        home = _owner(code)
        by_place = dict(given) if isinstance(given, Mapping) else {home or "": given}
        for number, (place, raw) in enumerate(by_place.items()):
            at = "" if place == "cn" else place
            overlay = self.before(at or home)
            parameter = overlay.rules.parameters.get(code)
            if parameter is None or parameter.kind is None:
                yield Text(
                    f"{code}：此处没有这个参数，不起作用",
                    f"{code}: there is no such parameter here; it changes nothing",
                )
                continue
            if number == MOST_PLACES:
                rest = len(by_place) - number
                name = parameter.title or same(code)
                yield Text(f"“{name.zh}”另有 {rest} 地改变", f"‘{name.en}’ changes at {rest} more places")
                return
            others = {"" if p == "cn" else p for p in by_place}
            yield from self._value(parameter, at, raw, overlay, others)

    def _value(self, parameter: Parameter, at: str, raw: Given, overlay: Overlay, others: set[str]) -> Iterator[Text]:
        assert parameter.kind is not None
        kind, unit = parameter.kind, self._unit(parameter, overlay)
        new = quantity(parameter_value(raw, kind, parameter.code), kind) + unit
        old = self._standing(parameter, at, kind, unit)
        replaced = self._replaced(parameter, at, others)
        tail = Text("", "")
        if replaced:
            shown = join(
                [self._set_by(place, value, kind, unit) for place, value in list(replaced.items())[:MOST_PLACES]]
            )
            more = len(replaced) - MOST_PLACES
            tail = Text(f"；也取代 {shown.zh}", f"; it also replaces {shown.en}")
            tail += Text(f" 等 {len(replaced)} 地", f" and {more} more") if more > 0 else Text("", "")
            tail += _kept_beside(at, raw, replaced, kind, whole=others == {at})
        elif not at and len(self.book.registry.sources) > FEW_PACKS:
            tail = Text("；也取代各地自定的值", "; it also replaces what places set themselves")
            tail += _kept_beside(at, raw, {}, kind, whole=False)
        if old != new or tail.en:
            yield _instead(parameter, at, old, new, overlay) + tail

    def _standing(self, parameter: Parameter, at: str, kind: Kind, unit: Text) -> Text:
        value = _in_force(parameter, at, self.book)
        if value is not None:
            return quantity(value.value, kind) + unit
        if parameter.floor is not None:
            floor = quantity(parameter.floor.value, kind) + unit
            return floor + Text("（国家下限，未定值）", " (the national floor; no value is set)")
        return Text("未定值", "no value")

    def _replaced(self, parameter: Parameter, at: str, others: set[str]) -> dict[str, ParameterValue]:
        """What narrower places have set, which a value for a wider place replaces; not where the change gives its own."""
        narrower = [place for place in others if place != at and covers(at, place)]
        return {
            place: value
            for place, value in sorted(self._narrower(parameter.code, at).items())
            if not any(covers(other, place) for other in narrower)
        }

    def _set_by(self, place: str, value: ParameterValue, kind: Kind, unit: Text) -> Text:
        name, shown = place_name(place, self.before(place).titles), quantity(value.value, kind) + unit
        return Text(f"{name.zh} {shown.zh}", f"{shown.en} in {name.en}")

    def _narrower(self, code: str, at: str) -> dict[str, ParameterValue]:
        """The values that places within a wider one have set."""
        sources = self.since.registry.sources
        within = [s.jurisdiction for s in sources if s.jurisdiction != at and covers(at, s.jurisdiction)]
        found: dict[str, ParameterValue] = {}
        for overlay in [self.before(at), *(self.before(p) for p in within if len(sources) <= FEW_PACKS)]:
            known = overlay.rules.parameters.get(code)
            for value in known.values if known is not None else ():
                if value.place != at and covers(at, value.place) and _holds(value, self.book):
                    found[value.place] = value
        return found

    def _unit(self, parameter: Parameter, overlay: Overlay) -> Text:
        """How often what it sets is paid, where the policies whose amount it is agree."""
        if parameter.kind is None or parameter.kind.sort is not Sort.MONEY:
            return Text("", "")
        every = {
            p.every
            for p in overlay.rules.policies.values()
            if p.amount is not None and parameter.code in parameters_read(p.amount)
        }
        return _A_TIME[every.pop()] if len(every) == 1 else Text("", "")

    # ---- rules --------------------------------------------------------------------------------------------------

    def _definition(self, new: Policy | Category | Check) -> Text:
        overlay, what = self.before(_owner(new.code)), _KINDS[type(new)]
        title = _title(new)
        # What is new beside it has its title in the book that is described alone.
        titles = {**self.book.overlay(_owner(new.code) or self.book.division).titles, **overlay.titles}
        old = _rule(overlay, new.code)
        if old is None or type(old) is not type(new):
            usual = {name for name, value in _USUAL.items() if getattr(new, name, None) == value}
            told = (name for name in _PARTS if name in _TOLD_OF_NEW and name not in usual)
            parts = [p for name in told if (p := _part(new, name, titles)) is not None]
            where = self._where(new.code, overlay)
            return Text(
                f"新增{what.zh}“{title.zh}”（{new.code}{where.zh}）",
                f"a new {what.en}, ‘{title.en}’ ({new.code}{where.en})",
            ) + (Text("：", ": ") + join(parts, "；", "; ") if parts else Text("", ""))
        changed = [_differing(name, _part(old, name, titles), _part(new, name, titles)) for name in _changed(old, new)]
        where = self._where(new.code, overlay)
        head = Text(f"{what.zh}“{title.zh}”（{new.code}{where.zh}）", f"{what.en} ‘{title.en}’ ({new.code}{where.en})")
        if not changed:
            return Text("改写", "rewritten: ") + head + Text("，内容不变", ", with the same content")
        return Text("改写", "replaced: ") + head + Text("：", ": ") + join(changed, "；", "; ")

    def _left_out(self, code: str) -> Iterator[Text]:
        rules = self.before(_owner(code)).rules
        old = _rule(self.before(_owner(code)), code)
        if old is None:
            yield Text(f"{code}：此处没有，不起作用", f"{code}: not there; it changes nothing")
            return
        what, title = _KINDS[type(old)], _title(old)
        checks = [check for check in rules.checks.values() if check.on == code]
        tail = join([same(c.code) for c in checks])
        where = self._where(code, self.before(_owner(code)))
        yield Text(
            f"取消{what.zh}“{title.zh}”（{code}{where.zh}）",
            f"the {what.en} ‘{title.en}’ ({code}{where.en}) is left out",
        ) + (Text(f"，连同地方规定 {tail.zh}", f", with the checks on it: {tail.en}") if checks else Text("", ""))

    def _where(self, code: str, overlay: Overlay) -> Text:
        """The one place where a rule holds; nothing of a rule of the nation."""
        place = _owner(code)
        if place is None:
            return Text("", "")
        name = place_name(place, overlay.titles)
        return Text(f"，仅限{name.zh}", f", in {name.en} alone")


#: What is told of a rule that is new.
_TOLD_OF_NEW = (
    "eligible",
    "when",
    "amount",
    "service",
    "every",
    "per",
    "stacking",
    "on",
    "widens",
    "requires",
    "at_least",
)
#: What goes without saying of it.
_USUAL: Mapping[str, Any] = {"per": "child", "stacking": ()}
_PER: Mapping[str, Text] = {"child": Text("每名儿童", "per child"), "household": Text("每户", "per household")}
_KEEP: Mapping[Keep, Text] = {
    Keep.HIGHER: Text("只发较高的一项", "the higher one is paid"),
    Keep.THIS: Text("只发本项", "this one is paid"),
    Keep.OTHER: Text("只发另一项", "the other one is paid"),
}


def _instead(parameter: Parameter, at: str, old: Text, new: Text, overlay: Overlay) -> Text:
    place, name = place_name(at, overlay.titles), parameter.title or same(parameter.code)
    return Text(
        f"{place.zh}“{name.zh}”由 {old.zh} 改为 {new.zh}", f"‘{name.en}’ in {place.en}: {new.en} instead of {old.en}"
    )


def _kept_beside(at: str, raw: Given, kept: Mapping[str, ParameterValue], kind: Kind, *, whole: bool) -> Text:
    """How to change a wider place's value alone: narrower places keep theirs where it is given beside it.

    Args:
        at: the wider place; empty for the nation.
        raw: what it is given.
        kept: what places have set.
        kind: of the value.
        whole: whether nothing else belongs into the example.
    """
    pairs = {at or "cn": _literal(parameter_value(raw, kind, ""), kind)}
    pairs |= {place: _literal(value.value, kind) for place, value in list(kept.items())[:_MOST_GIVEN]}
    written = ", ".join(f'"{place}": {value}' for place, value in pairs.items())
    more = "" if whole and len(kept) <= _MOST_GIVEN else ", …"
    example = f"{{{written}{more}}}"
    alone = Text("全国", "the nation's") if not at else Text("此地自身", "this place's")
    return Text(
        f"（只改{alone.zh}的值：把各地自定的值一并写明，{example}）",
        f" (to change {alone.en} alone, give what places set beside it: {example})",
    )


def _literal(value: Any, kind: Kind) -> str:
    """A value as it is written for ``with_parameters``."""
    if kind.sort is Sort.DATE:
        return f"date({value.year}, {value.month}, {value.day})"
    if isinstance(value, bool):
        return str(value)
    written = f"{yuan(value):f}".removesuffix(".00") if kind.sort is Sort.MONEY else value
    return f'"{written}"'


def _rule(overlay: Overlay, code: str) -> Policy | Category | Check | None:
    rules = overlay.rules
    return rules.policies.get(code) or rules.categories.get(code) or rules.checks.get(code)


def _changed(old: Policy | Category | Check, new: Policy | Category | Check) -> list[str]:
    """The parts of a rule that differ."""
    return [name for name in _PARTS if not _same(getattr(old, name, None), getattr(new, name, None))]


def _alike(old: Policy | Category | Check | None, new: Policy | Category | Check) -> bool:
    return type(old) is type(new) and old is not None and not _changed(old, new)


def _owner(code: str) -> str | None:
    first = code.split(".", 1)[0]
    return first if first.isdigit() else None


def _holds(value: ParameterValue, book: "PolicyBook") -> bool:
    """Whether a value is in force on the book's day; of a book without a day, whether it has no end."""
    return value.period.end is None if book.day is None else book.day in value.period


def _in_force(parameter: Parameter, at: str, book: "PolicyBook") -> ParameterValue | None:
    around = [v for v in parameter.values if covers(v.place, at) and _holds(v, book)]
    return max(around, key=lambda v: len(v.place), default=None)


def _title(rule: Policy | Category | Check) -> Text:
    return rule.reason if isinstance(rule, Check) else rule.title


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, Expr) and isinstance(b, Expr):
        return bool(a.node == b.node)
    return bool(a is b) if isinstance(a, Expr) or isinstance(b, Expr) else bool(a == b)


def _part(rule: Any, name: str, titles: Mapping[str, Text]) -> Text | None:
    """One part of a rule in words; None where it has none."""
    value = getattr(rule, name, None)
    if value is None:
        return None
    said = _PER[value] if name == "per" else _said(value, titles)
    return (
        _PARTS[name] + Text("“", " ‘") + said + Text("”", "’")
        if name in ("eligible", "when")
        else _PARTS[name] + (Text("：", ": ") if name == "stacking" else Text(" ", " ")) + said
    )


def _said(value: Any, titles: Mapping[str, Text]) -> Text:
    match value:
        case Expr():
            return wording(value.node, titles)
        case Text():
            return value
        case Frequency():
            return value.label
        case Period():
            return value.text
        case tuple():
            return join([_said(each, titles) for each in value], "、", "; ") if value else Text("无", "none")
        case Excludes(other=other, keep=keep, when=when):
            name, kept = titles.get(other, same(other)), _KEEP[keep]
            only = Text("", "") if when is None else Text("，仅当", ", only if ") + _said(when, titles)
            return (
                Text(f"与{name.zh}不同时享受（{kept.zh}", f"not beside {name.en} ({kept.en}") + only + Text("）", ")")
            )
        case TopsUp(counting=counting, to=to):
            counted = join(
                [_said(c, titles) if isinstance(c, Expr) else titles.get(c, same(c)) for c in counting], "、", ", "
            )
            up = Text("", "") if to is None else Text("，补到", " up to ") + _said(to, titles)
            return Text("补差", "tops up") + up + Text(f"（计入{counted.zh}）", f" (counting {counted.en})")
        case Capped(group=group, limit=limit):
            most = _said(limit, titles)
            return Text(f"“{group}”组合计不超过{most.zh}", f"no more than {most.en} together in the group {group}")
    label = getattr(value, "label", None)
    return label if isinstance(label, Text) else same(str(value))


def _differing(name: str, old: Text | None, new: Text | None) -> Text:
    nothing = _PARTS[name] + Text(" 无", " none")
    before, after = old or nothing, new or nothing
    zh, en = _PARTS[name].zh, _PARTS[name].en
    was, now = (each.zh.removeprefix(zh).strip("： ") for each in (before, after))
    old_, new_ = (each.en.removeprefix(en).strip(": ") for each in (before, after))
    return Text(f"{zh}由{was}改为{now}", f"{en}: {new_} instead of {old_}")


__all__ = ["described"]
