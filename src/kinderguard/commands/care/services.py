"""Services that organisations promise or give, as they send them in, held against the rules of needs and the files.

Read by ``care allocate`` and ``care overlaps``. A file in which a need is unknown, or a service does not meet its need, is
refused whole with the lines; a line about a child of whom there is no file is told and left out. No number of a child that
may be somebody's name is repeated.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from kinderguard.care import NeedRule, ServiceGiven, need_rules
from kinderguard.commands.care.offers import SheetError, read_placed
from kinderguard.model.errors import FieldValueError, suggestion
from kinderguard.model.places import check_division
from kinderguard.model.text import Text, join
from kinderguard.packs import PolicyBook

Placed = tuple[Text, ServiceGiven]
"""A service with the file and the line that it stands in."""


def read_services(paths: Iterable[Path], book: PolicyBook) -> list[Placed]:
    """The services in some tables: file number, need, service, organisation, first and last day, division.

    Raises:
        SheetError: lines do not fit, a need is none of the place's, or a service does not meet its need; each with its
            place and mend.
    """
    found = [each for path in paths for each in read_placed(path, ServiceGiven)]
    rules = cache(lambda place: {rule.code: rule for rule in need_rules(book, place)})
    wrong = [
        where + Text("：", ": ") + why
        for where, each in found
        if (why := _unfit(each, rules(_place(each)))) is not None
    ]
    if wrong:
        raise SheetError(join(wrong, "\n", "\n"))
    return found


def _place(service: ServiceGiven) -> str | None:
    """Whose needs are meant: those of the child's division, else of the pack that the need's code begins with."""
    if service.division is not None:
        return service.division
    try:
        return check_division(service.need.partition(".")[0])
    except FieldValueError:
        return None


def _unfit(service: ServiceGiven, rules: dict[str, NeedRule]) -> Text | None:
    """Why a service cannot be for its need, or None where it can."""
    rule = rules.get(service.need)
    if rule is None:
        return Text(
            "需求代码（need）不是此地已有的需求；代码见 kinderguard care needs 的结果。",
            "its need is none of this place; kinderguard care needs gives the codes.",
        ) + suggestion(service.need, rules)
    if service.service in rule.services:
        return None
    if not rule.services:
        return rule.title + Text("由主管部门处理，没有机构服务", " is for the authorities: no organisation serves it")
    meets = join([each.label for each in rule.services], "、", " or ")
    return Text(
        f"{service.service.zh}不能满足“{rule.title.zh}”；可满足的服务：{meets.zh}",
        f"{service.service.en} does not meet the need '{rule.title.en}'; {meets.en} does",
    )


def of_known_files(services: Sequence[Placed], files: Collection[str]) -> tuple[list[ServiceGiven], list[Text]]:
    """The services for children who have a file, and what is said of the others."""
    known = frozenset(files)
    return (
        [each for _, each in services if each.ref in known],
        list(_unknown(services, known)),
    )


def _unknown(services: Iterable[Placed], known: Collection[str]) -> Iterator[Text]:
    for where, each in services:
        if each.ref not in known:
            yield where + Text(
                "：没有此编号的儿童，未计入；请核对序号（ref）",
                ": there is no child of that number, so it is not counted; check the number (ref)",
            )
