"""Settings of a linkage: the stated weights, a file of one's own, columns of one's own, and weights that were learnt."""

import re
import tomllib
from importlib import resources

import attrs
import pytest

from kinderguard import Case
from kinderguard.analysis import plant
from kinderguard.survey.linking import LinkSettings, LinkSettingsError, RowKey, link, link_columns, train, training

TEXT = (resources.files("kinderguard.survey.linking") / "chinese.toml").read_text("utf-8")


OWN = {"child.name": "王小明", "child.birth_date": "2015-03-05", "child.sex": "male"}


@pytest.mark.parametrize(("line", "band"), [("beside_own = 0", "same"), ("beside_own = 2", "ask"), ("", "ask")])
def test_how_much_must_agree_besides_the_childs_own_is_a_setting(changed, line, band):
    rows = [(RowKey(code, "1", 2), Case.from_facts(OWN)) for code in ("a", "b")]
    (pair,) = link(rows, settings=changed("beside_own = 1", line)).pairs
    assert pair.band == band


@pytest.fixture
def changed(tmp_path):
    """The stated settings with one text put in the place of another."""

    def make(before: str, after: str) -> LinkSettings:
        assert before in TEXT
        path = tmp_path / "own.toml"
        path.write_text(TEXT.replace(before, after, 1), "utf-8")
        return LinkSettings.from_toml(path)

    return make


def test_the_stated_settings_are_those_of_the_file():
    stated = LinkSettings()
    assert LinkSettings.from_data(tomllib.loads(TEXT), "chinese.toml") == stated
    assert [one.code for one in stated.comparisons][:4] == ["resident_id", "name", "birth_date", "sex"]


def test_closer_degrees_speak_for_one_child_and_the_last_against():
    for one in LinkSettings().comparisons:
        assert one.degrees[0].weight > 0
        assert one.degrees[-1].code == "different"
        assert one.degrees[-1].weight < 0


def test_what_a_family_has_in_common_says_nothing_among_siblings_and_names_do():
    stated = LinkSettings()
    for code in ("father", "mother", "guardian", "telephone", "division", "address"):
        assert {degree.weight_among_siblings for degree in stated.comparison(code).degrees} == {0.0}
    same, *_, one_character, different = stated.comparison("name").degrees
    assert (
        same.weight_among_siblings > 6 > 0 > one_character.weight_among_siblings > different.weight_among_siblings - 2
    )


def test_bounds_of_ones_own_move_the_bands(changed):
    lists = plant(60, seed=2, noise="high").cases()
    strict = changed("same = 6.5", "same = 60.0")
    assert all(
        pair.band != "same"
        for pair in link(lists, settings=strict).pairs
        if not any(r.comparison == "resident_id" for r in pair.reasons)
    )
    assert any(
        pair.band == "same"
        for pair in link(lists).pairs
        if not any(r.comparison == "resident_id" for r in pair.reasons)
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("same = 6.5", "same = -7.0", "same > ask >= shown"),
        ("rival = 3.0", "rivals = 3.0", "rival"),
        ('kind = "date"', 'kind = "dates"', "does not exist.*'date'"),
        ("degrees.turned = ", "degrees.twisted = ", "exactly these degrees: same, homophone, turned"),
        ("m = 0.999, u", "m = 0.0, u", "resident_id: m lies above 0"),
        ("[blocking]", "[blocked]", "lacks 'blocking'"),
        ("[prior]", "[prior", "no TOML file"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_mend(changed, before, after, told):
    with pytest.raises(LinkSettingsError, match=told) as error:
        changed(before, after)
    assert re.search(r"[\u4e00-\u9fff]", error.value.text.zh)


def test_an_unknown_comparison_is_told_with_the_nearest():
    with pytest.raises(LinkSettingsError, match="'birth_date'"):
        LinkSettings().comparison("birthdate")


def test_records_with_columns_of_their_own_are_linked_by_comparisons_of_their_own():
    """English names: near spellings, and given name and surname swapped."""
    same = {"m": 0.9, "u": 0.01, "zh": "相同", "en": "same"}
    rest = {"m": 0.05, "u": 0.9, "zh": "不同", "en": "different"}
    near = {"m": 0.1, "u": 0.01, "zh": "相近", "en": "near"}
    name = {"zh": "名", "en": "name", "kind": "latin_name", "identifies": True}
    settings = LinkSettings.from_data(
        {
            "bands": {"same": 5.0, "ask": 0.0, "shown": -6.0, "rival": 1.0, "agreeing": 2},
            "prior": {"rows": 10, "siblings": 0.0, "within_source": 1.0, "names": 100},
            "blocking": {"rules": [["born"]]},
            "comparison": [
                {"code": "given", "columns": ["given", "surname"], **name, "degrees": {"same": same, "turned": same, "near": near, "alike": near, "different": rest}},
                {"code": "surname", "columns": ["surname"], **name, "degrees": {"same": same, "near": near, "alike": near, "different": rest}},
            ],
        },
        "own",
    )  # fmt: skip
    columns = {
        "given": ["mary", "marry", "smith", "john"],
        "surname": ["smith", "smith", "mary", "brown"],
        "born": ["19900101"] * 4,
    }
    links = link_columns([RowKey("x", "1", n) for n in range(4)], columns, settings=settings)
    assert {r.degree for r in links.pair(RowKey("x", "1", 0), RowKey("x", "1", 2)).reasons} == {"turned", "different"}
    assert [r.degree for r in links.pair(RowKey("x", "1", 0), RowKey("x", "1", 1)).reasons] == ["near", "same"]
    assert RowKey("x", "1", 1) in links.groups()[0]
    assert links.groups()[-1] == {RowKey("x", "1", 3)}


def test_few_rows_teach_nothing():
    with pytest.raises(LinkSettingsError, match="at least 10,000 rows; here are"):
        train(plant(20, seed=1).cases())


def test_weights_are_learnt_from_many_rows_the_same_each_time(monkeypatch, capfd):
    monkeypatch.setattr(training, "LEAST_ROWS", 300)
    monkeypatch.setattr(training, "LEAST_PAIRS", 150)
    monkeypatch.setattr(training, "DRAWN", 200_000.0)
    rows = plant(200, seed=4, noise="medium").cases()
    stated, learnt = LinkSettings(), train(rows)
    assert learnt == train(rows)
    assert capfd.readouterr() == ("", "")
    name, telephone = (learnt.comparison(code).degrees for code in ("name", "telephone"))
    assert name[0].m != stated.comparison("name").degrees[0].m
    assert 0.3 < telephone[0].m < 0.9  # it is another one in a fifth of the rows of each list
    assert telephone[0].weight_among_siblings == 0.0
    # What an ID fills in by itself, and the ID, are not learnt from rows with one ID.
    assert [d.m for d in learnt.comparison("birth_date").degrees] == [
        d.m for d in stated.comparison("birth_date").degrees
    ]
    assert learnt.comparison("resident_id") == stated.comparison("resident_id")
    assert attrs.evolve(learnt, comparisons=stated.comparisons) == stated
    monkeypatch.undo()
    with pytest.raises(LinkSettingsError, match=r"at least 10,000"):
        train(rows)
