"""What was taken from another cell of its row is said beside the summary, and is no problem."""

from survey.lists import number, write


def test_a_day_of_birth_taken_from_the_id_is_a_note_and_ends_with_0(kinderguard, tmp_path):
    rows = [{"儿童姓名": "某某", "身份证号": number(n), "出生年月": "2015.03"} for n in (1, 2)]
    result = kinderguard("assess", write(tmp_path / "a.csv", *rows), "--on", "2025-09-01", "--lang", "en")
    assert "2 notes on the ledger" in result.stdout
    assert "2  the birth date is written to the month or year alone" in result.stdout
    assert "problems in the ledger" not in result.stdout
    assert result.exit_code == 0
