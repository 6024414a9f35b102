"""TOML as people save it: read with a byte order mark, and its faults told in both languages without what is written."""

import re
import tomllib

import pytest

from kinderguard.model.toml_files import read_toml, wrong_toml

FAULTS = {
    'a = "x': ("没有结束的引号", "no closing quotation mark"),
    "a = 1，b": ("全角符号“，”", "the full-width ，"),
    "a = {x = 1 y = 2}": ("右花括号", "closing brace"),
    "a = [1 2]": ("右方括号", "closing bracket"),
    "d = 2014-1-1": ("日期的写法不对：写作 2025-09-01", "write 2025-09-01"),
    "a = {d = 2014/01/01, b = 1}": ("日期的写法不对：写作 2025-09-01", "write 2025-09-01"),
    "a = [\n    1,\n<<<<<<< HEAD\n    2,\n]": ("合并未完成", "a merge was not finished"),
    "d = 2014-02-30": ("没有这一天", "there is no such day"),
    '["a"]\n["a"]': ("写了两次", "stands there twice"),
    'a "b"': ("等号", "an equals sign"),
    "a = “x”": ("全角符号““”", "the full-width “"),
    'a = "\\q"': ("反斜杠", "backslash"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_told_in_both_languages(text):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    told = wrong_toml(caught.value, text)
    assert FAULTS[text][0] in told.zh
    assert FAULTS[text][1] in told.en
    assert not re.search("[A-Za-z]{6}", told.zh)  # none of the reader's own English
    assert "2014" not in told.en + told.zh  # it may be somebody's birth date


def test_a_file_of_another_encoding_is_told_and_one_with_a_byte_order_mark_is_read(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text('a = "甲"', "utf-8-sig")
    assert read_toml(file) == {"a": "甲"}
    file.write_text('a = "甲"', "gb18030")
    with pytest.raises(UnicodeDecodeError) as caught:
        read_toml(file)
    assert "save it as UTF-8" in wrong_toml(caught.value).en
