"""A file's own number is no person's number."""

import pytest

from kinderguard import Case, InvalidRecordError

#: The example of GB 11643, and the same as it was written until 1999.
ID, SHORT = "11010519491231002X", "110105491231002"


@pytest.mark.parametrize("number", [ID, ID.lower(), f" {ID} ", SHORT])
def test_a_persons_number_is_no_ref_and_is_not_repeated(number):
    for made in (
        lambda: Case(ref=number),
        lambda: Case.from_facts({"ref": number}),
        lambda: Case().model_copy(update={"ref": number}),
    ):
        with pytest.raises(InvalidRecordError, match="put a letter before it") as refused:
            made()
        assert number.strip()[:14] not in f"{refused.value}{refused.value.text.zh}"


@pytest.mark.parametrize("ref", ["110105194912310021", "330199202500007", "a" + ID, "330199-2025-0007", "七号", ""])
def test_what_is_ones_own_is_a_ref(ref):
    assert Case(ref=ref).ref == ref
