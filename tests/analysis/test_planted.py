"""Planted lists: the same for a seed, with the mistakes that are stated, and a truth that names every row."""

import hashlib
from collections import Counter, defaultdict

import pytest

from kinderguard.analysis import Planted, plant
from kinderguard.analysis.synthetic.asked import SynthesisError
from kinderguard.model.errors import FieldValueError
from kinderguard.model.resident_id import read_resident_id
from kinderguard.survey import read_ledger

LEVELS = ("low", "medium", "high")


@pytest.fixture(scope="module")
def planted() -> dict[str, Planted]:
    return {noise: plant(1500, seed=11, noise=noise) for noise in LEVELS}


def rows_by_child(one: Planted) -> dict[int, list[tuple[str, dict]]]:
    found = defaultdict(list)
    for code, some in one.sources.items():
        for place, row in enumerate(some.rows):
            found[one.truth[some.key(place)]].append((code, row))
    return found


def test_a_seed_gives_the_same_lists_everywhere():
    one = plant(300, seed=3, noise="high")
    assert {c: s.to_csv() for c, s in one.sources.items()} == {
        c: s.to_csv() for c, s in plant(300, seed=3, noise="high").sources.items()
    }
    digest = hashlib.sha256("".join(s.to_csv() for s in one.sources.values()).encode()).hexdigest()[:16]
    assert digest == "048ed6a4affedcff"
    assert one.sources["education"].to_csv() != plant(300, seed=4, noise="high").sources["education"].to_csv()


def test_every_row_has_its_child_and_every_child_a_row(planted):
    for one in planted.values():
        keys = [some.key(place) for some in one.sources.values() for place in range(len(some.rows))]
        assert set(keys) == set(one.truth)
        assert len(set(keys)) == len(keys)
        assert set(one.truth.values()) == {child.number for child in one.children} == set(range(1, 1501))


def test_the_levels_are_about_the_same_children(planted):
    assert planted["low"].children == planted["medium"].children == planted["high"].children


def test_the_reader_finds_each_row_where_the_truth_has_it(planted, tmp_path):
    one = planted["high"]
    for some in one.sources.values():
        ledger = read_ledger(some.write(tmp_path))
        assert ledger.rows_in == len(some.rows)
        assert {(r.sheet, r.row) for r in ledger.rows} == {
            (k.sheet, k.row) for k in map(some.key, range(len(some.rows)))
        }
        assert not ledger.unknown_headers
    cases = one.cases()
    assert len(cases) >= 0.995 * len(one.truth)
    assert {key for key, _ in cases} <= set(one.truth)


def is_valid(number: str) -> bool:
    try:
        read_resident_id(number)
    except FieldValueError:
        return False
    return True


def test_ids_are_nobodys_and_one_child_has_one_but_for_slips(planted):
    one = planted["low"]
    slips = 0
    for rows in rows_by_child(one).values():
        valid = {row["身份证号"] for _, row in rows if row["身份证号"] and is_valid(row["身份证号"])}
        assert all(number[:6].startswith("33019") for number in valid)
        slips += len(valid) > 1
    assert slips <= 8
    owners = defaultdict(set)
    for number, rows in rows_by_child(one).items():
        for _, row in rows:
            if is_valid(row["身份证号"]):
                owners[row["身份证号"]].add(number)
    families = {child.number: child.family for child in one.children}
    assert all(len({families[n] for n in numbers}) == 1 for numbers in owners.values())  # a sibling's at worst


@pytest.mark.parametrize(
    "mistake", ["missing ID", "wrong digit", "other name", "no birth date", "month alone", "twice in a list"]
)
def test_more_noise_means_more_of_every_mistake(planted, mistake):
    def share(one: Planted) -> float:
        rows = [row for some in one.sources.values() for row in some.rows]
        usual = {n: Counter(r["儿童姓名"] for _, r in rs).most_common(1)[0][0] for n, rs in rows_by_child(one).items()}
        if mistake == "missing ID":
            return sum(not r["身份证号"] for r in rows) / len(rows)
        if mistake == "wrong digit":
            written = [r["身份证号"] for r in rows if r["身份证号"]]
            return sum(not is_valid(number) for number in written) / len(written)
        if mistake == "other name":
            return sum(r["儿童姓名"] != usual[n] for n, rs in rows_by_child(one).items() for _, r in rs) / len(rows)
        if mistake == "no birth date":
            return sum(not r["出生日期"] for r in rows) / len(rows)
        if mistake == "month alone":
            return sum(len(r["出生日期"]) == 7 for r in rows) / len(rows)
        return sum(n > 1 for rs in rows_by_child(one).values() for n in Counter(code for code, _ in rs).values()) / len(
            rows
        )

    low, medium, high = (share(planted[noise]) for noise in LEVELS)
    assert 0 <= low < medium < high < 0.9


def test_twins_are_born_on_one_day_of_one_family_and_have_names_of_their_own(planted):
    one = planted["low"]
    twins = defaultdict(list)
    for child in one.children:
        if child.twin:
            twins[child.family].append(child.number)
    complete = [numbers for numbers in twins.values() if len(numbers) > 1]
    assert len(complete) >= 10
    rows = rows_by_child(one)

    def usual(number: int, header: str) -> str:
        return Counter(row[header] for _, row in rows[number]).most_common(1)[0][0]

    alike = sum(
        usual(a, "出生日期")[:10] == usual(b, "出生日期")[:10] and usual(a, "儿童姓名") != usual(b, "儿童姓名")
        for a, b, *_ in complete
    )
    assert alike >= 0.9 * len(complete)  # but for planted mistakes


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"n": -1}, "n is a whole number"),
        ({"n": 5, "seed": 1.5}, "seed is a whole number"),
        ({"n": 5, "noise": "hihg"}, "Did you mean 'high'"),
    ],
)
def test_what_cannot_be_planted_is_told(arguments, told):
    with pytest.raises(SynthesisError, match=told):
        plant(**arguments)


def test_nobody_at_all_makes_empty_lists():
    one = plant(0)
    assert all(not some.rows for some in one.sources.values())
    assert one.truth == {}
    assert str(one) == "Planted(synthetic: 0 children in 0 rows of 5 lists, noise low, seed 0)"


def test_the_repr_names_nobody(planted):
    one = planted["low"]
    shown = repr(one) + repr(one.sources["education"])
    assert all(row["儿童姓名"] not in shown for row in one.sources["education"].rows)
