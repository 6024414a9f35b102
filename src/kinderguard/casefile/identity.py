"""Whose file a child belongs to, by who the child is: the same for every list, survey and month.

Used by whatever files children from outside. It links nothing: a child belongs to the file of its resident ID, or, where
there is none, of its name, birth date, sex and division of registration.
"""

import json

from kinderguard.casefile.encryption import Vault
from kinderguard.model.case import Case
from kinderguard.model.text import Text

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
    "该儿童的档案已依规删除，未重新建档；如确需重新建档，请用 store.record(…)",
    "the child's file was erased and is not begun again by an import; if it must be, use store.record(...)",
)


def file_of(vault: Vault, case: Case) -> str | None:
    """The ref of a child's file in this store, which gives nobody away; None where nobody can tell who the child is."""
    child = case.child
    if child.resident_id is not None:
        return vault.pseudonym(f"id:{child.resident_id.reveal()}")
    if child.name is None or child.birth_date is None or not child.birth_date.is_exact:
        return None
    known = [child.name.reveal(), str(child.birth_date), child.sex, child.registration.division]
    return vault.pseudonym("person:" + json.dumps(known, ensure_ascii=False))
