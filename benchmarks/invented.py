"""An invented country for benchmarks: counties with numbers of their own, each with one policy of its own.

Nothing here is law: the codes are made by counting, the amounts by their number.
"""

from pathlib import Path

from kinderguard import rules as r
from kinderguard.model.places import PROVINCES
from kinderguard.packs.pack import Pack
from kinderguard.rules import child, param

#: How many county-level divisions the country has.
COUNTIES = 2844
#: Provinces that have counties in the benchmark, in order of their codes.
_PROVINCES = [code for code in PROVINCES if code not in ("71", "81", "82", "83")]


def county_codes(count: int = COUNTIES) -> list[str]:
    """Six-digit codes that no county has (cities begin with 90), spread over the provinces."""
    found = []
    for k in range(count):
        number = k // len(_PROVINCES)
        found.append(f"{_PROVINCES[k % len(_PROVINCES)]}{90 + number // 90}{number % 90 + 10}")
    return sorted(found)


def county_pack(code: str, folder: Path) -> Pack:
    """A county's pack: its standards in a file of ``folder``, and a grant of its own."""
    number = sum(map(int, code))
    standards = {
        "cn.dibao.monthly_standard": 700 + 10 * number,
        "cn.orphan.scattered_monthly": 1400 + 10 * number,
        "cn.orphan.institution_monthly": 1900 + 10 * number,
        "cn.tekun.monthly_standard": 1000 + 10 * number,
        "cn.disability.living_subsidy_monthly": 80 + number,
        "cn.disability.care_subsidy_monthly": 90 + number,
    }
    lines = [
        f'["{code}.grant"]\nkind = "money"\ntitle = {{ zh = "补助", en = "grant" }}',
        f'values = [{{ value = "{100 + number}.00", source = "invented", trust = "illustrative" }}]',
    ]
    for name, yuan in standards.items():
        lines += [
            f'["{name}"]',
            f'values = [{{ value = "{yuan}.00", source = "invented", trust = "illustrative" }}]',
        ]
    path = folder / f"{code}.toml"
    path.write_text("\n".join(lines), "utf-8")
    grant = r.Policy(
        code=f"{code}.grant",
        title=r.Text(zh="本县补助", en="county grant"),
        eligible=child.is_in("cn.economic_hardship") & (child.age < 8 + number % 10),
        amount=param(f"{code}.grant"),
        every=r.MONTH,
        cites=[r.Cite("invented", trust="illustrative")],
    )
    return Pack(
        code=code,
        title=r.Text(zh="虚构县", en="invented county"),
        version="1.0",
        kinderguard=">=0.1",
        policies=[grant],
        parameters=[path],
    )
