"""The documentation builds without a warning, and prints everything that has a code, a hook's or a public name."""

import importlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("sphinx")
pytest.importorskip("furo")
from sphinx.util.inventory import InventoryFile

import kinderguard
from browser import Browser, needs_chromium

ROOT = Path(__file__).parents[2]
PACKS = ("cn", "22", "33", "330199")
PUBLIC = (
    "rules", "model", "packs", "national", "survey", "survey.linking", "casefile", "care", "care.allocation", "formats", "report",
    "analysis", "testing", "scaffold.doctor",
)  # fmt: skip


#: Sphinx as it is, but for how often it looks for garbage among pages that stay to the end: that is nearly half its time.
SPHINX = (
    "import gc, sys; gc.set_threshold(20_000, 20, 100); from sphinx.cmd.build import main; sys.exit(main(sys.argv[1:]))"
)


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SPHINX, "-q", "-W", "--keep-going", "-E", "-b", "html", str(source), str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("site")
    done = build(ROOT / "docs", out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def inventory(site):
    return InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data


@pytest.mark.parametrize("pack", PACKS)
def test_every_code_of_every_pack_is_printed(pack, inventory):
    rules = kinderguard.load().overlay(None if pack == "cn" else pack).rules
    codes = [*rules.categories, *rules.policies, *rules.checks, *rules.parameters]
    own = {c for c in codes if c.startswith(f"{pack}.")}
    assert own or pack == "22" or pack == "33"
    printed = {
        name for kind in ("category", "policy", "check", "parameter") for name in inventory[f"kinderguard:{kind}"]
    }
    assert own - printed == set()


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_documented(module, inventory):
    names = importlib.import_module(f"kinderguard.{module}").__all__
    known = {name for kind, found in inventory.items() if kind.startswith("py:") for name in found}
    documented = {name.rsplit(".", 1)[-1] for name in known}
    assert set(names) - documented == set()


def test_options_and_quotation_marks_can_be_typed_as_they_are_printed(site):
    commands, checks = ((site / f"{name}.html").read_text("utf-8") for name in ("reference/commands", "conformance"))
    assert "--facts" in commands
    assert not re.search(r"[–—]facts", commands)
    assert "zh='…'" in checks


def test_the_api_names_types_and_leaves_out_what_validates_them(site):
    model = (site / "reference" / "api" / "model.html").read_text("utf-8")
    assert "monthly_income" in model
    assert not re.findall(r"Annotated\[|Validator\(|model_config", model)
    text = re.sub(r"<[^>]+>", "", model)
    assert "The division in charge – as stated" in text


def test_every_fact_is_on_the_page_of_facts_and_links_to_the_rules_that_read_it(site):
    text = (site / "reference" / "facts.html").read_text("utf-8")
    for column in kinderguard.load().frame_schema(unread=True):
        assert f'id="fact-{re.sub(r"[._]", "-", column.name)}"' in text
    assert re.search(r'href="[^"]+#rule-cn-migrant"', text)


def page(site: Path, name: str) -> str:
    return (site / "rulebook" / f"{name}.html").read_text("utf-8")


def section(text: str, code: str) -> str:
    """The part of a page that prints one rule."""
    anchor = "rule-" + re.sub(r"[._]", "-", code)
    begin = text.index(f'id="{anchor}"')
    end = text.find('id="rule-', begin + 10)
    return text[begin : end if end > 0 else None]


def test_a_category_and_its_policies_link_to_each_other(site):
    orphans = page(site, "orphans")
    assert 'href="#rule-cn-orphan"' in section(orphans, "cn.orphan_allowance")
    assert 'href="#rule-cn-orphan-allowance"' in section(orphans, "cn.orphan")
    assert 'href="in-difficulty.html#rule-cn-guardianship-deficit"' in section(orphans, "cn.orphan")
    assert "rule-cn-dibao-benefit" in section(page(site, "dibao"), "cn.dibao.monthly_standard")


def test_a_scheme_begins_with_its_law_and_how_far_it_was_checked(site):
    text = page(site, "orphans")
    law = text[text.index("法规与政策文件") : text.index('id="rule-')]
    for said in (
        "国办发〔2010〕54号",
        "已核对政府网页",
        "未核实原文",
        "2026-11-23",
        "sishui.gov.cn",
        "#rule-cn-orphan-allowance",
    ):
        assert said in law, said


def test_within_a_rule_the_law_comes_before_the_wording_and_the_boundaries(site):
    text = section(page(site, "de-facto-unattended"), "cn.unattended_allowance")
    places = [
        text.index(said) for said in ("依据 ·", "条件 ·", "金额 ·", "界限 ·", "所依据的事实 ·", "依据的类别与参数 ·")
    ]
    assert places == sorted(places)


def test_an_amount_has_its_history_once_on_a_page(site):
    text = page(site, "orphans")
    assert "1,987.00元" in section(text, "cn.orphan.scattered_monthly").replace("1987", "1,987")
    assert "嘉祥县宣传单" not in section(text, "cn.orphan_allowance")
    assert 'href="#rule-cn-orphan-scattered-monthly"' in section(text, "cn.orphan_allowance")


def test_links_from_before_lead_on_to_the_scheme(site):
    for old, code, scheme in (
        ("cn-policies", "rule-cn-orphan-allowance", "orphans"),
        ("cn-categories", "rule-cn-dibao", "dibao"),
        ("cn-parameters", "rule-cn-migrant-months", "left-behind-and-migrant"),
    ):
        text = page(site, old)
        at = text.index(f'id="{code}"')
        assert f'href="{scheme}.html#{code}"' in text[at : at + 500]


def test_a_policy_prints_all_that_an_official_asks(site):
    text = section(page(site, "330199"), "330199.winter_heating")
    for said in ("困境儿童冬季取暖补助", "Winter heating grant", "儿童未满16周岁", "the child is under 16", "取暖费票据", "600.00元",
                 "600.00 yuan", "2024-11-01", "示例，非真实规定", "<svg", "kg-ways", "✓", "✗", "界限"):  # fmt: skip
        assert said in text, said
    assert "rule-cn-economic-hardship" in text  # a link into the national pack
    assert "补差" in section(page(site, "de-facto-unattended"), "cn.unattended_allowance")  # what stacking does


def test_the_trust_of_a_source_stands_beside_it(site):
    assert "未核实原文" in section(page(site, "schooling"), "cn.boarder_stipend.primary_yearly")


def write(folder: Path, text: str, **config: object) -> Path:
    folder.mkdir()
    lines = ["extensions = ['kinderguard.docs']", *(f"{k} = {v!r}" for k, v in config.items())]
    (folder / "conf.py").write_text("\n".join(lines), "utf-8")
    (folder / "index.rst").write_text(f"Rules\n=====\n\n{text}\n", "utf-8")
    return folder


def test_one_language_alone(tmp_path):
    source = write(tmp_path / "s", ".. kinderguard:category:: cn.orphan\n", kinderguard_languages=("zh",))
    assert build(source, tmp_path / "o").returncode == 0
    text = (tmp_path / "o" / "index.html").read_text("utf-8")
    assert "未满18周岁" in text
    assert "under 18" not in text


def test_a_countys_page_has_its_own_numbers_and_facts_and_no_value_of_another_place(tmp_path):
    done = build(
        write(tmp_path / "s", ".. kinderguard:pack:: 330199\n\n.. kinderguard:policy:: cn.dibao_benefit\n"),
        tmp_path / "o",
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "o" / "index.html").read_text("utf-8")
    county, nation = page.split("rule-cn-dibao-benefit", 1)
    assert "示例县" in county
    assert "北京" not in county
    assert "北京" in nation


def test_facts_of_a_place_stand_with_kind_codes_and_readers(tmp_path):
    source = write(
        tmp_path / "s",
        ".. kinderguard:facts:: 330199\n   :under: 330199\n\n.. kinderguard:facts::\n   :under: child.care\n"
        "\n.. kinderguard:facts::\n   :under: help\n",
    )
    done = build(source, tmp_path / "o")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "o" / "index.html").read_text("utf-8")
    for said in (
        "330199.central_heating",
        "330199.winter_heating",
        "亲属抚养",
        "kinship care",
        "child.care.last_visit",
        "是/否",
        "help.is_for(POLICY)",
        "由事实推算",
    ):
        assert said in text
    assert "child.schooling" not in text


#: By what is written, the code that is meant. Each stands on a page of its own, and all are built at once.
MISSPELT = {
    "category:: cn.orphn": "cn.orphan",
    "policy:: cn.dibao_benefits": "cn.dibao_benefit",
    "pack:: 330198": "330199",
    "schema:: cases": "case",
    "facts::\n   :under: childe": "child",
}


@pytest.fixture(scope="module")
def misspelt(tmp_path_factory) -> subprocess.CompletedProcess[str]:
    folder = tmp_path_factory.mktemp("misspelt")
    pages = [f"page{number}" for number in range(len(MISSPELT))]
    source = write(folder / "s", ".. toctree::\n\n" + "".join(f"   {name}\n" for name in pages))
    for name, directive in zip(pages, MISSPELT, strict=True):
        (source / f"{name}.rst").write_text(f"Rules\n=====\n\n.. kinderguard:{directive}\n", "utf-8")
    return build(source, folder / "o")


@pytest.mark.parametrize("directive", MISSPELT)
def test_a_misspelt_code_names_the_nearest(directive, misspelt):
    assert misspelt.returncode != 0
    (told,) = (line for line in misspelt.stderr.splitlines() if f"page{list(MISSPELT).index(directive)}.rst:4" in line)
    assert f"Did you mean '{MISSPELT[directive]}" in told


# ---- in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    with Browser() as opened:
        yield opened


@needs_chromium
@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("失联", "rulebook/de-facto-unattended"),
        ("社会散居孤儿", "reference/schemas"),
        ("subtracted nowhere", None),
        ("小数点后八位", None),
        ("term of confinement", "rulebook/de-facto-unattended"),
        ("cn.migrant.months", "rulebook/left-behind-and-migrant"),
    ],
)
def test_the_search_finds_chinese_and_english(query, wanted, site, browser):
    opened = browser.open(site / "search.html")
    opened.run(f"Search.performSearch({json.dumps(query)})")
    end = time.monotonic() + 20
    told = "/finished|did not match/.test(document.getElementById('search-results').innerText)"
    while not opened.run(told):
        assert time.monotonic() < end
        time.sleep(0.05)
    found = opened.run("[...document.querySelectorAll('#search-results li a')].map(a => a.getAttribute('href'))")
    assert (not found) if wanted is None else any(wanted in href for href in found), found


@needs_chromium
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "name", ["index", "overview.zh", "rulebook/orphans", "reference/problems", "reference/schemas"]
)
def test_pages_fit_the_window_and_can_be_read(name, dark, site, browser):
    opened = browser.open(site / f"{name}.html", width=1200, dark=dark)
    assert opened.run("document.documentElement.scrollWidth") <= 1200
    ground, ink = opened.run(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('article p')).color]"
    )
    assert (brightness(ground) < brightness(ink)) is dark


def brightness(colour: str) -> float:
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3]))
