"""Explanations in a terminal: no sign stands alone on a line, no line is wider than the window, none begins with a comma."""

import datetime as dt

import pytest
from rich.cells import cell_len
from rich.console import Console

import kinderguard
from kinderguard import Case
from kinderguard.engines.render import breaks

DAY = dt.date(2025, 9, 1)
FACTS = {
    "child.birth_date": "2024-04-29", "child.registration.division": "330199", "household.aid": [],
    "father.situations": [{"kind": "dead", "since": "2025-01-27"}], "mother.supports_child": False,
    "mother.situations": [{"kind": "lost_contact", "since": "2024-10-28", "ongoing": True}],
}  # fmt: skip


@pytest.fixture(scope="module")
def explanation():
    return kinderguard.load().assess(Case.from_facts(FACTS), on=DAY).explain("cn.unattended_allowance")


def parted(text, width):
    ends = [*breaks(text, width), len(text)]
    return [text[start:end].rstrip() for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_sign_stands_alone_and_no_line_is_too_wide(explanation, lang, width, tmp_path):
    with (tmp_path / "shown").open("w", encoding="utf-8") as file:
        Console(width=width, file=file).print(explanation.rich(lang))
    lines = (tmp_path / "shown").read_text("utf-8").splitlines()
    assert max(cell_len(line) for line in lines) <= width
    texts = [line.lstrip("│├└─ ").rstrip() for line in lines]
    assert not [text for text in texts if text in ("✓", "✗", "?", "")]
    assert not [text for text in texts if text[0] in "，。；：、）”’"]
    whole = explanation.text(lang).translate(str.maketrans("", "", "│├└─ \n"))
    assert "".join(texts).replace(" ", "").replace("─", "") == whole


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("✓ 儿童未满18周岁，且", ["✓ 儿童未", "满18周", "岁，且"]),
        ("一二三“四五六”。", ["一二三“四", "五六”。"]),
        ("the child is", ["the child", "is"]),
        ("abcdefghijkl mn", ["abcdefghi", "jkl mn"]),
        ("", [""]),
    ],
)
def test_a_line_is_parted_as_its_writing_is(text, lines):
    assert parted(text, 9) == lines
