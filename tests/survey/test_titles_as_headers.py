"""A list whose headers are what explanations call the facts is read."""

import pytest

from kinderguard.survey import read_ledger


@pytest.mark.parametrize("header", ["重病", "是否患有重病", "儿童是否患有重病", "儿童重病"])
def test_a_fact_by_its_title_is_read(tmp_path, header):
    path = tmp_path / "list.csv"
    path.write_text(f"儿童姓名,出生日期,{header}\n甲,2015-05-09,是\n", "utf-8")
    ledger = read_ledger(path)
    (case,) = ledger.cases
    assert case.child.illness.serious is True
    assert ledger.unknown_headers == ()
