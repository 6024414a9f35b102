"""A file's own number (``ref``): what may stand as one in a case and in what is told of it.

It stands in results, messages and tables everywhere, so it is no person's ID number, and all of it can be seen.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from kinderguard.model.errors import FieldValueError
from kinderguard.model.patterns import BLANK, BLANKS, UNSEEN
from kinderguard.model.record import Words
from kinderguard.model.resident_id import is_resident_id
from kinderguard.model.text import Text

_UNSEEN = re.compile(f"[{UNSEEN}]")
#: What to do where somebody's number stands for the file's own.
OWN_REF_MEND = Text(
    "用自编的编号，或以 kinderguard.casefile.pseudonym(密钥, 号码) 生成代号；若确为自编的编号，请在前面加一个字母",
    "a number of your own, or make one with kinderguard.casefile.pseudonym(key, number); if it is your own number, put a "
    "letter before it",
)


def own_ref(ref: str) -> str:
    """``ref`` itself where it shows something, holds nothing that is not seen, and is no person's ID number.

    Raises:
        FieldValueError: otherwise; it is not repeated.
    """
    if not ref.isprintable() and _UNSEEN.search(ref):
        raise FieldValueError(
            "编号中有换行、制表符或其他看不见的字符；请去掉",
            "a ref holds a line break, a tab or another character that is not seen; take it out",
        )
    if not ref.strip(BLANKS):
        raise FieldValueError(
            "编号为空白；没有编号时请不填（null）", "a ref is blank; leave it out (null) where there is none"
        )
    if len(ref) >= 15 and is_resident_id(ref):
        raise FieldValueError(
            f"这是身份证号，而 ref 会出现在各处结果和消息里；请{OWN_REF_MEND.zh}",
            f"this is a resident ID, and a ref stands in results and messages everywhere; use {OWN_REF_MEND.en}",
        )
    return ref


Ref = Annotated[
    Words,
    AfterValidator(own_ref),
    WithJsonSchema({"type": "string", "pattern": f"[^{BLANK}]", "not": {"type": "string", "pattern": f"[{UNSEEN}]"}}),
]
"""A file's own number: never a name or an ID number. What there is not is ``None``, not a blank."""
