"""Progress: one meaning of ``progress=`` wherever something can take long."""

import sys

import pytest

from kinderguard.model.progress import bar_wanted, told
from kinderguard.model.text import Text

WHAT = Text("已读取行", "rows read")


def test_a_bar_is_shown_where_there_is_much_to_do_unless_the_caller_says_otherwise():
    assert [bar_wanted(None, count, short=10) for count in (10, 11)] == [False, True]
    assert [bar_wanted(asked, 11, short=10) for asked in (True, False)] == [True, False]
    assert bar_wanted(print, 0) is print


@pytest.mark.parametrize(("progress", "total"), [(False, 11), (None, 10)])
def test_nothing_is_shown_where_none_is_wanted(progress, total, capsys):
    with told(progress, 0, total, WHAT, short=10) as tell:
        tell(total, total)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("progress", "total"), [(True, 3), (None, 11)])
def test_a_bar_names_what_is_counted_and_leaves_standard_output_to_the_results(progress, total, capsys):
    with told(progress, 0, total, WHAT, short=10) as tell:
        tell(total, total)
    out, err = capsys.readouterr()
    assert out == ""
    assert "已读取行" in err
    assert f"{total}/{total}" in err


def test_the_callers_function_is_told_as_it_is():
    seen = []
    with told(lambda *step: seen.append(step), 0, 5, WHAT) as tell:
        tell(2, 5)
    assert seen == [(2, 5)]


def test_without_rich_lines_are_written(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    with told(True, 0, 2_000, WHAT) as tell:
        tell(1_000, 2_000)
    assert capsys.readouterr() == ("", "已读取行: 1,000/2,000\n")
