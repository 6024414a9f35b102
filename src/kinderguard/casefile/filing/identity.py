"""Whose file a child belongs to, by who the child is: the same for every list, survey and month.

Used by whatever files children from outside. It links nothing: a child belongs to the file of its resident ID, or, where
there is none, of its name, birth date, sex and division of registration.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from kinderguard.casefile.chain.encryption import Vault
from kinderguard.model.case import Case
from kinderguard.model.errors import FieldValueError
from kinderguard.model.resident_id import check_digit, read_resident_id
from kinderguard.model.text import Text
from kinderguard.survey.linking.characters import simplified
from kinderguard.survey.linking.names import plain_name

#: What tells children apart who have no resident ID.
BY_NAME = ("child.name", "child.birth_date", "child.sex", "child.registration.division")

UNIDENTIFIED = Text(
    "没有身份证号，也没有完整的姓名和出生日期，不能确定是谁；请补全后再导入",
    "no resident ID, nor both name and full birth date, so whose row it is cannot be told; complete it and import again",
)
FILED_BY_NAME = Text(
    "没有身份证号，按姓名、出生日期、性别和户籍地建档；请补全身份证号",
    "no resident ID; filed by name, birth date, sex and division of registration. Add the ID",
)
ERASED = Text(
    "该儿童的档案已依规删除，未重新建档；如确需重新建档，请用 store.record(…)，另用编号，或写明 override",
    "the child's file was erased and is not begun again by an import; if it must be, use store.record(...) with another number, or "
    "with override",
)
CLOSED = Text(
    "档案已结案，名单仍列有该儿童；请核对是否已经回来，回来的重新建档（store.reopen_file），再导入",
    "the file is closed and the list still names the child; find out whether it has come back, and if so open the file again "
    "(store.reopen_file) and import again",
)


def read_id(text: object) -> str | None:
    """A resident ID as a case holds it; None where it is none."""
    plain = str(text).strip().upper() if isinstance(text, str) else ""
    try:
        read_resident_id(plain)
    except FieldValueError:
        return None
    return plain


def of_id(number: str) -> str:
    """What the ref of a file is made from, by ``vault.pseudonym``, where the child has a resident ID."""
    return f"id:{number}"


def numbers_of(cases: Iterable[Case]) -> tuple[str, ...]:
    """The resident IDs of the children that have one."""
    found = (case.child.resident_id for case in cases)
    return tuple(dict.fromkeys(each.reveal() for each in found if each is not None))


#: In how many characters two resident IDs may differ that are one with a slip: a digit, and the check digit that it brings.
_SLIP = 2
#: The digits of an ID that say neither the province, the birth date nor the check.
_FREE = (*range(2, 6), *range(14, 17))


def are_near_numbers(one: str, other: str) -> bool:
    """Whether two resident IDs may be one with a slip; those of twins are as near."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= _SLIP


def near_numbers(number: str) -> tuple[str, ...]:
    """The valid IDs of one birth date that differ from one by a digit, and its check digit."""
    return tuple(
        f"{first}{check_digit(first)}"
        for place in _FREE
        for digit in "0123456789"
        if digit != number[place] and (first := f"{number[:place]}{digit}{number[place + 1 : 17]}")
    )


def one_name(name: str) -> str:
    """What two names are compared by: simplified or traditional, with spaces and dots or without, they are the same."""
    return simplified(plain_name(name)).replace("·", "")


def of_number_and_name(number: str, name: str) -> str:
    """What the ref is made from of a child that stands in lists with the resident ID of another."""
    return "named:" + json.dumps([number, one_name(name)], ensure_ascii=False)


def several(refs: Sequence[str]) -> Text:
    """Why a child is not filed whose ID several files hold."""
    named = "、".join(refs), ", ".join(refs)
    return Text(
        f"同一身份证号在多份档案中（{named[0]}），不能确定写入哪一份；请核对，只留一份未结案（store.close_file、store.reopen_file），再导入",
        f"several files hold the same resident ID ({named[1]}), so it cannot be told which to write to; look at them and leave one of "
        "them open (store.close_file, store.reopen_file), then import again",
    )


def file_of(vault: Vault, case: Case, held: Mapping[str, Sequence[str]]) -> str | tuple[str, ...] | None:
    """The ref of a child's file in this store, which gives nobody away.

    Args:
        vault: of the store.
        case: the child.
        held: by resident ID, the files that hold it already (``holders.files_with``).

    Returns:
        The file that holds the child's ID, whatever its ref is, or else the one of its pseudonym; several, where it cannot be
        told which; None where nobody can tell who the child is.
    """
    child = case.child
    if child.resident_id is not None:
        number = child.resident_id.reveal()
        own, there = vault.pseudonym(of_id(number)), tuple(held.get(number, ()))
        return own if own in there or not there else there[0] if len(there) == 1 else there
    if child.name is None or child.birth_date is None or not child.birth_date.is_exact:
        return None
    known = [child.name.reveal(), str(child.birth_date), child.sex, child.registration.division]
    return vault.pseudonym("person:" + json.dumps(known, ensure_ascii=False))
