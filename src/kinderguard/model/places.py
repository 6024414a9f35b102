"""Division codes (行政区划代码, GB/T 2260): 2, 4, 6, 9 or 12 digits, each level a prefix of the next.

The table names provinces and the few places that packs and examples use. A code that is not in it is still
accepted: the list of counties changes every year, and no child is refused because a table is old.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from kinderguard.model.errors import FieldValueError
from kinderguard.model.patterns import written
from kinderguard.model.text import Text

#: Provincial level, as resident IDs and division codes begin. Includes 83, given to Taiwan residents' ID cards.
PROVINCES: dict[str, Text] = {
    code: Text(zh, en)
    for code, zh, en in [
        ("11", "北京市", "Beijing"), ("12", "天津市", "Tianjin"), ("13", "河北省", "Hebei"),
        ("14", "山西省", "Shanxi"), ("15", "内蒙古自治区", "Inner Mongolia"), ("21", "辽宁省", "Liaoning"),
        ("22", "吉林省", "Jilin"), ("23", "黑龙江省", "Heilongjiang"), ("31", "上海市", "Shanghai"),
        ("32", "江苏省", "Jiangsu"), ("33", "浙江省", "Zhejiang"), ("34", "安徽省", "Anhui"),
        ("35", "福建省", "Fujian"), ("36", "江西省", "Jiangxi"), ("37", "山东省", "Shandong"),
        ("41", "河南省", "Henan"), ("42", "湖北省", "Hubei"), ("43", "湖南省", "Hunan"),
        ("44", "广东省", "Guangdong"), ("45", "广西壮族自治区", "Guangxi"), ("46", "海南省", "Hainan"),
        ("50", "重庆市", "Chongqing"), ("51", "四川省", "Sichuan"), ("52", "贵州省", "Guizhou"),
        ("53", "云南省", "Yunnan"), ("54", "西藏自治区", "Tibet"), ("61", "陕西省", "Shaanxi"),
        ("62", "甘肃省", "Gansu"), ("63", "青海省", "Qinghai"), ("64", "宁夏回族自治区", "Ningxia"),
        ("65", "新疆维吾尔自治区", "Xinjiang"), ("71", "台湾省", "Taiwan"), ("81", "香港特别行政区", "Hong Kong"),
        ("82", "澳门特别行政区", "Macao"), ("83", "台湾居民", "Taiwan residents"),
    ]
}  # fmt: skip

#: Places that packs and examples name.
COUNTIES: dict[str, Text] = {
    "220102": Text("长春市南关区", "Nanguan District, Changchun"),
    "222401": Text("延吉市", "Yanji"),
    "330106": Text("杭州市西湖区", "Xihu District, Hangzhou"),
    "330199": Text("示例县（虚构）", "the example county (fictitious)"),
    "370829": Text("嘉祥县", "Jiaxiang County"),
    "370831": Text("泗水县", "Sishui County"),
    "440103": Text("广州市荔湾区", "Liwan District, Guangzhou"),
}


#: How many digits a code has: of a province, a city, a county, a township, a village.
LEVELS = (2, 4, 6, 9, 12)
#: Digits of a county's code. What a county numbers itself, as households, it numbers by itself.
COUNTY = 6


def check_division(code: str) -> str:
    """``code`` itself where it is a division code: the one check wherever a division enters.

    Raises:
        FieldValueError: for anything but the digits of a province (2), a city (4), a county (6), a township (9) or a village
            (12), which begin with a province.

    >>> check_division(" 330106003 ")
    '330106003'
    """
    if not isinstance(code, str):
        raise FieldValueError('行政区划代码应写作文字，如 "330106"', 'a division code is text, such as "330106"')
    digits = code.strip()
    if len(digits) not in LEVELS or not (digits.isascii() and digits.isdigit()):
        are = len(digits) if digits.isascii() and digits.isdigit() else 0
        raise FieldValueError(
            "行政区划代码应为 2（省）、4（市）、6（县）、9（乡镇）或 12（村）位数字"
            + (f"，不是 {are} 位；请写全或去掉多余的位" if are else ""),
            "a division code has 2 (a province), 4 (a city), 6 (a county), 9 (a township) or 12 (a village) digits"
            + (f", not {are}; give the whole code" if are else ""),
        )
    if digits[:2] not in PROVINCES:
        raise FieldValueError("行政区划代码的前两位不是省级代码", "the first two digits are no province")
    return digits


def _stated(code: str) -> str:
    """As ``check_division``; without blanks around it, as the published format has it."""
    if code != code.strip():
        raise FieldValueError(
            "行政区划代码前后不能有空白；请去掉", "a division code has no blanks around it; take them out"
        )
    return check_division(code)


DivisionCode = Annotated[
    str,
    AfterValidator(_stated),
    WithJsonSchema(written(rf"^({'|'.join(PROVINCES)})([0-9]{{2}}([0-9]{{2}}([0-9]{{3}}([0-9]{{3}})?)?)?)?$")),
]
"""A division code of 2, 4, 6, 9 or 12 digits."""


def prefixes(division: str) -> tuple[str, ...]:
    """Every division that contains ``division``, widest first: province, city, county, township, village.

    >>> prefixes("330106003")
    ('33', '3301', '330106', '330106003')
    """
    return tuple(division[:n] for n in LEVELS if n <= len(division)) or (division,)


def place_of(division: str | None, digits: int) -> str | None:
    """The place of so many digits that a division belongs to; as much as is known of it where that is less; None where
    nothing is.

    >>> place_of("330199001004", 6), place_of("3301", 9)
    ('330199', '3301')
    """
    if division is None:
        return None
    return max((p for p in prefixes(division) if len(p) <= digits), key=len, default=division)


def covers(jurisdiction: str, division: str) -> bool:
    """Whether ``division`` lies in ``jurisdiction`` (a prefix; the empty prefix is the whole country)."""
    return division.startswith(jurisdiction)


def place_name(division: str, named: Mapping[str, Text] | None = None) -> Text:
    """The name of a place, or of the smallest known place around it with the code.

    Args:
        division: its code; the empty one is the nation.
        named: names by code that go before the table's: a book's packs name the places that they speak for.

    >>> place_name("331199").zh, place_name("331199", {"331199": Text("云溪县", "Yunxi County")}).zh
    ('浙江省 331199', '云溪县')
    """
    if not division:
        return Text("全国", "the nation")
    for prefix in reversed(prefixes(division)):
        name = (named or {}).get(prefix) or COUNTIES.get(prefix) or PROVINCES.get(prefix)
        if name:
            return name if prefix == division else Text(f"{name.zh} {division}", f"{name.en} {division}")
    return Text(division, division)


def place_and_code(division: str, named: Mapping[str, Text] | None = None) -> Text:
    """A place with its code, which stands there already where the place has no name of its own.

    >>> place_and_code("330106").en, place_and_code("330107").en
    ('Xihu District, Hangzhou 330106', 'Zhejiang 330107')
    """
    name = place_name(division, named)
    return name if name.zh.endswith(division) else name + Text(f" {division}", f" {division}")
