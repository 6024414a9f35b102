"""JSON text behind a byte order mark: what is said of it, and that files which some editor saved with one are read."""

import json

import pytest

import kinderguard
from kinderguard import Case
from kinderguard.commands.casefile.mending import from_file
from kinderguard.commands.children import read_children
from kinderguard.model import InvalidRecordError
from kinderguard.report import read_line
from kinderguard.survey import read_decisions, save_decisions

TEXT = json.dumps({"child": {"name": "某某", "birth_date": "2015-03-05"}}, ensure_ascii=False)


@pytest.mark.parametrize("read", [Case.model_validate_json, read_line])
def test_a_text_behind_a_byte_order_mark_is_refused_by_its_name(read):
    with pytest.raises(InvalidRecordError) as error:
        read("\ufeff" + TEXT)
    (problem,) = error.value.problems
    assert "byte order mark" in problem.message.en
    assert 'encoding="utf-8-sig"' in problem.message.en
    assert "字节顺序标记" in problem.message.zh
    with pytest.raises(InvalidRecordError, match="byte order mark"):
        Case.model_validate_json(TEXT.encode("utf-8-sig"))
    assert "某某" not in str(error.value)


def test_files_with_a_byte_order_mark_are_read(tmp_path):
    lines = tmp_path / "children.jsonl"
    lines.write_text(f"{TEXT}\n{TEXT}\n", "utf-8-sig")
    assert [str(c.child.birth_date) for c in read_children(lines, kinderguard.load()).cases] == ["2015-03-05"] * 2
    facts = tmp_path / "facts.json"
    facts.write_text('{"child.birth_date": "2015-03-05"}', "utf-8-sig")
    assert from_file(facts) == {"child.birth_date": "2015-03-05"}
    save_decisions((), tmp_path / "decisions.json")
    marked = tmp_path / "marked.json"
    marked.write_text((tmp_path / "decisions.json").read_text("utf-8"), "utf-8-sig")
    assert read_decisions(marked) == ()
