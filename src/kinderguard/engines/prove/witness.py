"""A counterexample made small: as few facts as the reference engine needs, with round numbers.

The solver finds a child; what is not needed of it is taken away, fact by fact, as long as the reference engine still
confirms. So what a person reads is what matters, and nothing is shown that was not confirmed.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import attrs

from kinderguard.model.case import Case
from kinderguard.model.codes import Code
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import KinderguardError
from kinderguard.model.record import Record
from kinderguard.model.text import Text, join, same
from kinderguard.rules.definitions import DeclaredFact
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.titles import fact_title, path_titles

Data: TypeAlias = dict[str, Any]
_WORDS = {True: Text("是", "yes"), False: Text("否", "no")}


@attrs.frozen
class Witness:
    """A child as data for ``Case``, values of open parameters, and what one side has that the other has not."""

    data: Data
    opened: Mapping[str, Any] = attrs.field(factory=dict)
    #: The fact that only the second side knows: its path in the data, and its value.
    paper: tuple[tuple[Any, ...], Any] | None = None

    def case(self) -> Case:
        """The child.

        Raises:
            InvalidRecordError: the model does not accept it.
        """
        return Case.model_validate(self.data)

    def with_paper(self) -> Case:
        """The child once the paper is there."""
        if self.paper is None:
            return self.case()
        data = copy.deepcopy(self.data)
        set_at(data, *self.paper)
        return Case.model_validate(data)


def set_at(data: Any, path: tuple[Any, ...], value: Any) -> None:
    """Put a value at a path of the data, making what is around it."""
    for name in path[:-1]:
        data = data[name] if isinstance(name, int) else data.setdefault(name, {})
    data[path[-1]] = value


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The values in the data, lists of records included, with their paths; inner ones last."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from leaves(value, (*path, name))
        return
    yield path, data
    if isinstance(data, list):
        for i, value in enumerate(data):
            if isinstance(value, dict):
                yield from leaves(value, (*path, i))


def smallest(found: Witness, confirms: Callable[[Witness], bool], *, rounds: int = 6) -> Witness:
    """The witness with everything taken away that ``confirms`` does not need."""

    def holds(witness: Witness) -> bool:
        try:
            return confirms(witness)
        except KinderguardError:
            return False  # no longer a case that the model accepts

    for _ in range(rounds):
        before = found
        for make in (_fewer, _simpler):
            done = False
            while not done:
                done = True
                for smaller in make(found):
                    if holds(smaller):
                        found, done = smaller, False
                        break
        if found == before:
            break
    return found


def _fewer(found: Witness) -> Iterator[Witness]:
    """One fact, record or parameter less."""
    for code in found.opened:
        yield attrs.evolve(found, opened={k: v for k, v in found.opened.items() if k != code})
    for path, value in leaves(found.data):
        if found.paper is not None and found.paper[0][: len(path)] == path:
            continue
        yield attrs.evolve(found, data=without(found.data, path))
        if isinstance(value, list):
            for i in range(len(value)):
                if found.paper is None or found.paper[0][: len(path) + 1] != (*path, i):
                    yield attrs.evolve(found, data=without(found.data, (*path, i)))


def blanked(case: Case, path: str) -> Case:
    """A child without a fact, and without what is below it.

    Args:
        case: the child.
        path: the fact; of records, without their places.

    Raises:
        InvalidRecordError: the model does not accept that.
    """
    data = case.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    found = [at for at, _ in leaves(data) if _named(at) == path or _named(at).startswith(f"{path}.")]
    # What is in a list that goes is gone with it.
    for at in reversed([at for at in found if not any(at != up and at[: len(up)] == up for up in found)]):
        data = without(data, at)
    return Case.model_validate(data)


def _named(at: tuple[Any, ...]) -> str:
    names = [str(name) for name in at if not isinstance(name, int)]
    return ".".join(names[1:] if names[0] == "extra" else names)


def without(data: Data, path: tuple[Any, ...]) -> Data:
    """The data without what is at a path, and without parts that are empty then."""
    copied = copy.deepcopy(data)
    at: Any = copied
    for name in path[:-1]:
        at = at[name]
    del at[path[-1]]
    return _pruned(copied)


def _pruned(data: Data) -> Data:
    return {k: v for k, v in ((k, _pruned(v) if isinstance(v, dict) else v) for k, v in data.items()) if v != {}}


def _simpler(found: Witness) -> Iterator[Witness]:
    """One value simpler."""
    for path, value in leaves(found.data):
        for new in _simpler_values(value):
            copied = copy.deepcopy(found.data)
            set_at(copied, path, new)
            yield attrs.evolve(found, data=copied)
    for code, value in found.opened.items():
        if isinstance(value, int) and not isinstance(value, bool):
            for new in _rounder(value):
                yield attrs.evolve(found, opened={**found.opened, code: new})
    if found.paper is not None:
        for new in _simpler_values(found.paper[1]):
            yield attrs.evolve(found, paper=(found.paper[0], new))


def _simpler_values(value: Any) -> Iterator[Any]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        yield from _rounder(value)
    elif isinstance(value, str):
        if value.count(".") == 1 and value.replace(".", "").isdigit():
            yield from (str(Decimal(fen).scaleb(-2)) for fen in _rounder(int(Decimal(value) * 100)))
        elif value[:4].isdigit() and len(value) in (7, 10) and value[4] == "-":
            yield value[:4]
            if len(value) == 10:
                yield value[:7]
                yield from (day for day in (f"{value[:4]}-01-01", f"{value[:7]}-01") if day < value)


def _rounder(value: int) -> Iterator[int]:
    """Numbers with fewer digits that are not zero, the roundest first."""
    if value != 0:
        yield 0
    digits = len(str(value))
    for power in range(digits - 1, 0, -1):
        step = 10**power
        if value % step:
            yield value // step * step
            # Upwards only where that makes it rounder for good, or two numbers would take turns.
            if power > 1 or value % 10:
                up = (value // step + 1) * step
                if _weight(up) < _weight(value):
                    yield up


def _weight(value: int) -> int:
    return len(str(value).rstrip("0"))


# ---- in words -------------------------------------------------------------------------------------------------------


def described(case: Case, declared: Mapping[str, DeclaredFact[Any]] | None = None) -> tuple[Text, ...]:
    """Every fact of a case that is known, in words. The case is a made-up one.

    Args:
        case: the case.
        declared: the packs' own facts by code, for their titles.
    """
    return (*_described(case, ""), *_own(case, declared or {}))


def _own(case: Case, declared: Mapping[str, DeclaredFact[Any]]) -> Iterator[Text]:
    """The packs' own facts: by title and path, since no other word says whose they are."""
    for space, facts in case.extra.items():
        for name, raw in facts.items():
            code = f"{space}.{name}"
            fact = declared.get(code)
            title = same(code) if fact is None else fact.title + same(f" [{code}]")
            yield _line(title, _own_value(raw, None if fact is None else fact.kind))


def _own_value(raw: Any, kind: Kind | None) -> Text:
    if kind is not None and kind.codes is not None:
        label = next((code.label for code in kind.codes if code.value == raw), None)
        return same(str(raw)) if label is None else label
    if kind is not None and kind.sort is Sort.MONEY:
        return _value(Decimal(str(raw)))
    return _WORDS[raw] if isinstance(raw, bool) else same(str(raw))


def _described(record: Record, path: str) -> Iterator[Text]:
    for name in type(record).model_fields:
        value, at = getattr(record, name), f"{path}{name}"
        if isinstance(value, Record):
            yield from _described(value, f"{at}.")
        elif name == "extra" and not path:
            continue  # told by their own titles
        elif isinstance(value, tuple) and value and isinstance(value[0], Record):
            for number, item in enumerate(value, 1):
                inner = tuple(_described(item, f"{at}."))
                title = _title(at)
                head = Text(f"{title.zh}（{number}）", f"{title.en} ({number})")
                yield _line(head, join([_short(t, title) for t in inner], "，", ", ")) if inner else head
        elif value is not None:
            yield _line(_title(at), _value(value))


def _title(path: str) -> Text:
    return (
        fact_title(path) if path.split(".")[0] in ("child", "father", "mother", "household") else path_titles(path)[-1]
    )


def _short(line: Text, owner: Text) -> Text:
    return Text(line.zh.removeprefix(owner.zh), line.en.removeprefix(f"{owner.en}: "))


def _line(title: Text, value: Text) -> Text:
    return Text(f"{title.zh}：{value.zh}", f"{title.en}: {value.en}")


def _value(value: Any) -> Text:
    match value:
        case bool():
            return _WORDS[value]
        case Code():
            return value.label
        case Decimal():
            return Text(f"{value:,.2f}元", f"{value:,.2f} yuan")
        case PartialDate() | int() | str():
            return same(str(value))
        case tuple() if not value:
            return Text("无", "none")
        case _:
            return join([_value(v) for v in value])
