"""A file's own number is no person's number."""

import jsonschema
import pytest

from kinderguard import Case, InvalidRecordError
from kinderguard.formats import schema

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


@pytest.mark.parametrize("ref", ["110105194912310021", "330199202500007", "a" + ID, "330199-2025-0007", "七号", "A 1"])
def test_what_is_ones_own_is_a_ref(ref):
    assert Case(ref=ref).ref == ref


@pytest.mark.parametrize(("ref", "mend"), [("", "leave it out"), (" \u3000", "leave it out"), *((each, "take it out") for each in ("A\n", "A\tB", "A\x00", "\ufeffA", "A\u202eB", "A\u2028", "\n"))])  # fmt: skip
def test_a_ref_shows_something_and_all_of_it(ref, mend):
    with pytest.raises(InvalidRecordError, match=f"ref: a ref .*{mend}"):
        Case(ref=ref)
    assert not jsonschema.Draft202012Validator(schema("case")).is_valid({"ref": ref})


def test_a_ref_that_may_be_a_name_is_not_in_repr():
    assert "某某" not in repr(Case(ref="某某"))
    assert repr(Case(ref="330199-7")) == "Case(ref='330199-7')"
