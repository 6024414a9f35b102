"""What an error may repeat of a text that somebody typed: codes and names of files, never anybody's number or name.

Read wherever a message names what was given. Nothing is refused here; what must not be repeated becomes ``…``.
"""

import re
import unicodedata

from kinderguard.model.resident_id import holds_resident_id

_CODE = re.compile(r"[A-Za-z0-9._:/#@+-]{1,120}\Z")
_TELEPHONE = re.compile(r"(?<!\d)(?:\+?86)?1\d{10}(?!\d)")
#: Eleven digits and more, an X behind them with it: a telephone or a resident ID, whole or in part.
_LONG_NUMBER = re.compile(r"\d{11,}[Xx]?")
#: Two or three characters that stand alone and begin with a common surname; a few words that do so as well are none.
_NAME = re.compile(
    r"(?<![\u4e00-\u9fff])(?!高中|江苏|江西|石家庄)"
    r"[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏钟汪田任姜"
    r"范石姚谭廖邹熊金陆郝孔白崔康毛邱秦江顾侯邵孟龙段雷钱汤尹黎易武乔贺赖龚欧][\u4e00-\u9fff]{1,2}(?![\u4e00-\u9fff])"
)
HIDDEN = "…"


def holds_number(text: str) -> bool:
    """Whether a text holds what looks like somebody's resident ID or mobile telephone.

    >>> holds_number("19900001111"), holds_number("330199-2025-0007")
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", text)
    return holds_resident_id(plain) or _TELEPHONE.search(plain) is not None


def shown_code(text: str) -> str:
    """A code as it was typed, or ``…`` where it is none or may be somebody's name or number.

    >>> shown_code("educaton"), shown_code("某某"), shown_code("19900001111")
    ('educaton', '…', '…')
    """
    return text if _CODE.match(text) and not holds_number(text) else HIDDEN


def shown_file(name: str) -> str:
    """A file's name with ``…`` for every long number in it and for what may be somebody's name.

    >>> shown_file("学生2025.csv"), shown_file("19900001111.csv"), shown_file("李某某_学籍.csv")
    ('学生2025.csv', '….csv', '…_学籍.csv')
    """
    plain = _LONG_NUMBER.sub(HIDDEN, unicodedata.normalize("NFKC", name)) if holds_number(name) else name
    return _NAME.sub(HIDDEN, plain)
