"""Where things stand in the documentation: each page in one place, each national code on one scheme's page, hooks in both languages."""

import re
from collections import Counter
from pathlib import Path

import pytest

import kinderguard
from kinderguard.packs import hookspecs

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    p.relative_to(DOCS).with_suffix("").as_posix(): p for p in DOCS.rglob("*") if p.suffix in (".md", ".rst", ".ipynb")
}


def blocks(text: str, directive: str) -> list[str]:
    return re.findall(rf"^```\{{{directive}\}}[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def entries(page: str) -> list[str]:
    """The pages that a page's tables of contents name."""
    folder = page.rpartition("/")[0]
    found = []
    for block in blocks(PAGES[page].read_text("utf-8"), "toctree"):
        for line in block.splitlines():
            if line.strip() and not line.startswith(":"):
                name = line.rpartition("<")[2].rstrip("> ").strip()
                name = f"{folder}/{name}" if folder else name
                found += [p for p in PAGES if Path(p).match(name)] if "*" in name else [name]
    return found


def test_every_page_stands_in_exactly_one_place():
    named = Counter(entry for page in PAGES if PAGES[page].suffix == ".md" for entry in entries(page))
    assert {page: named[page] for page in PAGES if named[page] != 1} == {"index": 0}
    assert set(named) - set(PAGES) == set()


def test_every_national_code_stands_on_exactly_one_schemes_page():
    rules = kinderguard.load(packs=()).overlay(None).rules
    codes = {*rules.categories, *rules.policies, *rules.checks, *rules.parameters}
    told = Counter(
        code.strip()
        for path in (DOCS / "rulebook").glob("*.md")
        for block in blocks(path.read_text("utf-8"), "kinderguard:scheme")
        for code in block.splitlines()
    )
    assert told == Counter(codes)


def test_every_hook_is_told_in_both_languages():
    rows = re.findall(
        r"^\| `(kinderguard_\w+)` \|[^|]*\| (.*) \|$", (DOCS / "reference/hooks.md").read_text("utf-8"), re.M
    )
    assert {name for name, _ in rows} == {name for name in vars(hookspecs) if name.startswith("kinderguard_")}
    for name, told in rows:
        assert re.match(r"[\u3400-\u9fff]", told), name
        assert re.search(r"。[A-Z]", told), name


@pytest.mark.parametrize("page", ["overview", "tutorials/importing", "tutorials/analyst"])
def test_both_languages_run_the_same_steps(page):
    def steps(text: str) -> list[str]:
        code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
        code = re.sub(r"#.*|\"[^\"]*\"|'[^']*'|\b(zh|en)\b|display_language\(\)\n?", "", code)
        return [line.strip() for line in code.splitlines() if line.strip() and "display_language" not in line]

    assert steps(PAGES[page].read_text("utf-8")) == steps(PAGES[f"{page}.zh"].read_text("utf-8"))


def test_code_stands_only_where_it_is_run():
    """By conftest.py; the counties' tutorial is gone through step by step in tests/scaffold."""
    run = {"", "why", "tutorials", "counties"}
    with_code = {p for p, path in PAGES.items() if re.search(r"^```(python|console)", path.read_text("utf-8"), re.M)}
    assert {p for p in with_code if p.rpartition("/")[0] not in run and PAGES[p].suffix == ".md"} == set()
