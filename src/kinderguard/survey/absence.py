"""Children who stand in one department's list and should stand in another's, but do not.

Called on a survey. Which list should have which children is data (``expected.toml``): a category that holds, or a fact.
What is unknown expects nothing, and a department without a list in the survey is not judged.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.engines.assessment import Assessment, UnknownCodeError
from kinderguard.model.codes import Department
from kinderguard.model.echo import shown_file
from kinderguard.model.errors import suggestion, unknown_field
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.model.text import Language, Text
from kinderguard.model.toml_files import toml_text, wrong_toml
from kinderguard.survey.building import SurveyedChild
from kinderguard.survey.completeness import township_of
from kinderguard.survey.facts import fact_paths, facts_of
from kinderguard.survey.keys import RowKey
from kinderguard.survey.surveyed import Survey, SurveyError
from kinderguard.survey.tables import ListByPlace, Row, place_beside_code

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

_STEP = 200


@attrs.frozen
class Expectation:
    """Which children a department's list should have.

    Args:
        department: whose list.
        because: why, in both languages.
        category: the code of a category that holds for such a child.
        fact: or the path of a fact …
        among: … and the values of it that such a child has, as JSON writes them.

    Raises:
        SurveyError: neither a category nor a fact with its values is given, or both, or there is no such fact.
    """

    department: Department
    because: Text
    category: str | None = None
    fact: str | None = None
    among: tuple[str, ...] = attrs.field(default=(), converter=tuple)

    def __attrs_post_init__(self) -> None:
        if (self.category is None) == (self.fact is None) or (self.fact is None) != (not self.among):
            raise _wrong(
                "应写明 category，或写明 fact 和 among", "An expectation names a category, or a fact and `among` its values."
            )  # fmt: skip
        if self.fact is not None and not self.fact[:1].isdigit() and self.fact not in fact_paths():
            close = suggestion(self.fact, fact_paths())
            raise _wrong(f"没有事实 {self.fact!r}。{close.zh}", f"There is no fact {self.fact!r}.{close.en}")

    def holds(self, child: SurveyedChild, result: Assessment) -> bool:
        """Whether a child is expected; what is unknown expects nothing.

        Raises:
            UnknownCodeError: the book has no such category.
        """
        if self.category is not None:
            if self.category not in result.categories:
                # A county's own category says nothing about children of other places.
                if self.category.startswith("cn."):
                    raise UnknownCodeError(self.category, result.categories)
                return False
            return result.categories[self.category] is True
        value = facts_of(child.case).get(self.fact or "")
        return value is not None and str(value) in self.among


@attrs.frozen
class AbsentChild:
    """A child that a list should have and has not."""

    township: str | None
    department: Department
    ref: str
    #: Where the child does stand.
    rows: tuple[RowKey, ...]
    because: Text


_HEADS = (
    Text("乡镇（街道）代码", "Township"), Text("地名", "Place"), Text("应在其名单的部门", "Department that should have it"),
    Text("儿童编号", "Child"), Text("现有名单行", "Stands in"), Text("理由", "Because"),
)  # fmt: skip


@attrs.frozen(repr=False)
class AbsenceList(ListByPlace[AbsentChild]):
    """The children that lists should have and have not, by township and department."""

    SHEET = Text("不在名单", "Absent")

    #: Departments that are expected to have children but gave no list, so that nothing can be said.
    without_list: tuple[Department, ...]

    def table(self, lang: Language = "zh") -> tuple[list[str], list[Row]]:
        """Heads and rows as plain values; no name or number of a person is in them."""
        rows = [
            (
                row.township, place_beside_code(row.township).in_(lang) if row.township else None,
                row.department.label.in_(lang), row.ref, " ".join(map(str, row.rows)), row.because.in_(lang),
            )
            for row in self.rows
        ]  # fmt: skip
        return [head.in_(lang) for head in _HEADS], list(rows)

    def __repr__(self) -> str:
        return f"<AbsenceList on {self.on}: {len(self.rows)} absences>"


def absent(
    survey: Survey,
    book: "PolicyBook",
    *,
    on: dt.date | None = None,
    expected: Sequence[Expectation] | None = None,
    progress: bool | Progress | None = None,
) -> AbsenceList:
    """The children that one department's list has, and another's should have and has not.

    Args:
        survey: the combined lists.
        book: the rules that say which category a child is in.
        on: the day; may be left out of a book that is pinned.
        expected: which list should have which children; ``default_expectations()`` if left out.
        progress: a bar (True), nothing (False), or a function that is called with (children done, children in all); if left
            out, a bar where there is much to do.

    Raises:
        UnknownCodeError: an expectation names a national category that the book has not.
        NoDayError: no day was given, and the book is not pinned.
    """
    day = book.day_of(on)
    expected = default_expectations() if expected is None else expected
    lists: dict[Department, set[str]] = {}
    for source in survey.sources:
        lists.setdefault(source.profile.department, set()).add(source.code)
    asked = [e for e in expected if e.department in lists]
    found: list[AbsentChild] = []
    total = len(survey.children)
    with told(progress, 0, total, Text("已查儿童", "children looked at"), short=FEW) as tell:
        for number, child in enumerate(survey.children, 1):
            wanting = [e for e in asked if lists[e.department].isdisjoint(child.sources)]
            if wanting:
                result = book.assess(child.case, on=day)
                found += _absences(child, result, wanting)
            if number % _STEP == 0 or number == total:
                tell(number, total)
    without = [d for d in Department if d not in lists and any(e.department is d for e in expected)]
    return AbsenceList(day, tuple(sorted(found, key=_order)), tuple(without))


def _absences(child: SurveyedChild, result: Assessment, wanting: Iterable[Expectation]) -> Iterator[AbsentChild]:
    """A child is absent from a department once, for the first reason that holds."""
    told: set[Department] = set()
    township = township_of(child, result)
    for expectation in wanting:
        if expectation.department not in told and expectation.holds(child, result):
            told.add(expectation.department)
            yield AbsentChild(
                township,
                expectation.department,
                child.ref,
                child.rows,
                expectation.because,
            )


def _order(row: AbsentChild) -> tuple[object, ...]:
    return row.township is None, row.township or "", list(Department).index(row.department), row.rows


# ---- as data -----------------------------------------------------------------------------------------------------

_FIELDS = tuple(field.name for field in attrs.fields(Expectation))


@cache
def default_expectations() -> tuple[Expectation, ...]:
    """Ours: which department's list should have which children. Not law."""
    text = (resources.files("kinderguard.survey") / "expected.toml").read_text("utf-8")
    return expectations_from_text(text, "expected.toml")


def read_expectations(path: str | Path) -> tuple[Expectation, ...]:
    """The expectations in a TOML file.

    Raises:
        SurveyError: the file cannot be read, is no TOML, or an entry does not fit; with its number and the mend.
    """
    path = Path(path)
    try:
        text = toml_text(path)
    except (OSError, UnicodeDecodeError):
        raise _wrong(
            f"读不到文件 {shown_file(path.name)}；请检查路径",
            f"{shown_file(path.name)} cannot be read; check the path.",
        ) from None
    return expectations_from_text(text, path.name)


def expectations_from_text(text: str, name: str = "expected.toml") -> tuple[Expectation, ...]:
    """The expectations in a TOML text; ``name`` is what errors call it.

    Raises:
        SurveyError: it is no TOML, or an entry does not fit.
    """
    try:
        entries = tomllib.loads(text).get("expected", [])
    except tomllib.TOMLDecodeError as error:
        what = wrong_toml(error, text)
        raise _wrong(f"{name} 不是 TOML：{what.zh}", f"{name} is no TOML: {what.en}") from None
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise _wrong(f"{name}：每项写作 [[expected]]", f"{name}: each entry is written as [[expected]]")
    return tuple(_expectation(f"{name} [[expected]] {number}", entry) for number, entry in enumerate(entries, 1))


def _expectation(where: str, entry: Mapping[str, Any]) -> Expectation:
    for field in entry:
        if field not in _FIELDS:
            raise SurveyError(unknown_field(where, field, _FIELDS))
    department, because = entry.get("department"), entry.get("because")
    if department not in set(Department):
        close_to = suggestion(str(department), [d.value for d in Department])
        raise _wrong(
            f"{where}：没有部门 {department!r}。{close_to.zh}", f"{where}: there is no department {department!r}.{close_to.en}"
        )  # fmt: skip
    if not isinstance(because, Mapping) or not {"zh", "en"} <= set(because):
        raise _wrong(
            f'{where}：because 写作 {{ zh = "…", en = "…" }}', f'{where}: because is written {{ zh = "…", en = "…" }}'
        )
    try:
        return Expectation(
            Department.of(department),
            Text(str(because["zh"]), str(because["en"])),
            entry.get("category"),
            entry.get("fact"),
            entry.get("among", ()),
        )
    except SurveyError as error:
        raise _wrong(f"{where}：{error.text.zh}", f"{where}: {error.text.en}") from None


def _wrong(zh: str, en: str) -> SurveyError:
    return SurveyError(Text(zh, en))
