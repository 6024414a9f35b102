"""Nothing personal is shown by accident: not by repr, logs or notebooks, and not by any error."""

import copy
import json
import logging
import pickle
import traceback
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kinderguard import model as public
from kinderguard.model import Case, Child, InvalidRecordError, Person, Personal
from kinderguard.model.record import Record, is_personal, models_within

ID = "11010519491231002X"
MARKS = {
    "name": "隐名某",
    "resident_id": ID,
    "telephone": "13900001111",
    "address": "隐秘路9号院",
    "number": "HIDDENNO77",
    "child_director": "隐主任",
    "note": "隐备注文字",
}
MODELS = list(models_within(Case))
PUBLIC_RECORDS = [v for v in vars(public).values() if isinstance(v, type) and issubclass(v, Record)]


def marked(model: type[Record]) -> Record:
    """An instance with a mark in every personal field, also within parts and lists."""
    facts: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if is_personal(field):
            facts[name] = MARKS[name]
        else:
            inner = record_in(field.annotation)
            if inner is not None:
                facts[name] = marked(inner) if isinstance(field.default, Record) else (marked(inner),)
    return model(**facts)


def record_in(annotation: Any) -> type[Record] | None:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    return next(filter(None, map(record_in, typing.get_args(annotation))), None)


def leaks(text: str) -> list[str]:
    return [mark for mark in MARKS.values() if mark in text or mark.lower() in text]


def everything_shown(error: BaseException) -> str:
    """All that a log, a terminal or an error tracker could show of an exception."""
    tracker = traceback.TracebackException.from_exception(error)
    parts = [str(error), repr(error), repr(error.args), repr(vars(error)), *traceback.format_exception(error)]
    parts += [*tracker.format(chain=True), repr(pickle.loads(pickle.dumps(error)))]
    while chained := (error.__cause__ or error.__context__):
        parts += [str(chained), repr(chained), repr(chained.args), repr(vars(chained))]
        error = chained
    return "\n".join(parts)


def assert_refused_in_silence(call: Callable[[], object]) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        call()
    assert not leaks(everything_shown(caught.value))


def test_every_public_record_is_walked() -> None:
    # Person is what the others are made from; no case holds one as such.
    assert set(PUBLIC_RECORDS) - set(MODELS) == {Person}


@pytest.mark.parametrize("model", [*MODELS, Person], ids=lambda m: m.__name__)
def test_only_reveal_and_json_show_what_is_personal(model: type[Record], caplog: pytest.LogCaptureFixture) -> None:
    record = marked(model)
    with caplog.at_level(logging.INFO):
        logging.getLogger().info("%s %r", record, record)
    shown = [
        repr(record), str(record), f"{record}", f"{record!r:>5}", "{}".format(record), "%s %r" % (record, record),  # noqa: UP031, UP032
        caplog.text, ascii(record), repr(record.model_dump()), repr(dict(record)), repr(vars(record)),
        repr(list(record.__repr_args__())), repr(list(record.__rich_repr__())), repr(copy.deepcopy(record)),
        repr(pickle.loads(pickle.dumps(record))), repr([record]), repr({"a": record}), repr(record.model_fields_set),
        repr(model.model_construct(**dict(record))), *notebook_views(record),
    ]  # fmt: skip
    assert not leaks("\n".join(shown))
    personal = {MARKS[n] for m in models_within(model) for n, f in m.model_fields.items() if is_personal(f)}
    assert set(leaks(record.to_json())) == personal == set(leaks(record.model_dump_json()))


def notebook_views(record: Record) -> Iterator[str]:
    for name in ("_repr_html_", "_repr_markdown_", "_repr_mimebundle_", "_repr_pretty_", "_repr_json_"):
        if hasattr(type(record), name):
            yield repr(getattr(record, name)())


def test_personal_text_is_shown_by_reveal_alone() -> None:
    text = Personal(MARKS["name"])
    assert text.reveal() == MARKS["name"]
    assert not leaks(f"{text} {text!r} {text:>30} {[text]} {(text,)} {vars(type(text)).keys()}")
    with pytest.raises(TypeError) as caught:
        json.dumps(text)
    assert not leaks(everything_shown(caught.value))


def test_personal_text_is_equal_by_its_text_and_cannot_be_changed() -> None:
    assert Personal("某某") == Personal("某某") != Personal("某")
    assert Personal("某某") != "某某"
    assert len({Personal("某某"), Personal("某某")}) == 1
    with pytest.raises(AttributeError):
        Personal("某某")._text = "某"
    assert pickle.loads(pickle.dumps(Personal("某某"))) == Personal("某某")


class Spy:
    """Any object at all, with a telling repr."""

    def __repr__(self) -> str:
        return MARKS["name"]


WRONG: list[Any] = [
    MARKS["name"], ID, ID.lower(), MARKS["telephone"], int(MARKS["telephone"]), float(MARKS["telephone"]) / 7, Spy(),
    [MARKS["name"]], (MARKS["name"], ID), {MARKS["name"]: ID}, {"name": Spy()}, [{"name": [ID]}], MARKS["name"].encode(),
    Personal(MARKS["name"]), [Personal(ID)], [[MARKS["address"]]], {"kind": MARKS["name"]}, [{"kind": MARKS["name"]}],
    [{"birth_date": ID, MARKS["name"]: 1}], {"birth_date": MARKS["name"]}, {"resident_id": ID, "sex": "male"},
    [{"resident_id": ID, "birth_date": "2012-03-05"}], {"resident_id": ID[:-1] + "1"}, ID + "0" * 30, f"-{ID}e9",
]  # fmt: skip


def refusal(way: Callable[[Any], object], value: Any) -> InvalidRecordError | None:
    """Any error but ours fails the test, except that of an object for which there is no JSON."""
    try:
        way(value)
    except InvalidRecordError as error:
        return error
    except TypeError as error:
        if "JSON serializable" not in str(error):
            raise
    return None


FIELDS = [(m, name) for m in MODELS for name in m.model_fields]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=[f"{m.__name__}.{n}" for m, n in FIELDS])
def test_a_wrong_value_is_refused_in_silence(model: type[Record], name: str) -> None:
    ways: list[Callable[[Any], object]] = [
        lambda v: model(**{name: v}),
        lambda v: model.model_validate({name: v}),
        lambda v: model.model_validate(types.MappingProxyType({name: v})),
        lambda v: model().model_copy(update={name: v}),
        lambda v: model.model_validate_strings({name: v}),
        lambda v: model.model_validate_json(json.dumps({name: v}, ensure_ascii=False)),
    ]
    errors = [error for value in WRONG for way in ways if (error := refusal(way, value)) is not None]
    assert any(isinstance(error, InvalidRecordError) for error in errors)
    assert not leaks("\n".join(everything_shown(error) for error in errors))


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_a_record_of_the_wrong_shape_is_refused_in_silence(model: type[Record]) -> None:
    for wrong in (MARKS["name"], [MARKS["name"]], Spy(), 7, {MARKS["name"]: 1}, {"ID" + ID: 1}, {"zhang_san": ID}):
        assert_refused_in_silence(lambda wrong=wrong: model.model_validate(wrong))
    assert_refused_in_silence(lambda: model(**{MARKS["name"]: 1}))
    assert_refused_in_silence(lambda: model(**{MARKS["number"]: 1}))
    assert_refused_in_silence(lambda: model.model_validate_strings(MARKS["name"]))


@pytest.mark.parametrize(
    "text",
    [
        f'{{"child": {{"name": "{MARKS["name"]}"',
        f'{{"child": {MARKS["name"]}}}',
        f"{MARKS['name']}",
        f'"{MARKS["name"]}"',
        f'["{MARKS["name"]}"]',
        f'{{"child": {{"name": "{MARKS["name"]}\\ud800"}}}}',
        "",
    ],
)
def test_broken_json_is_refused_in_silence(text: str) -> None:
    assert_refused_in_silence(lambda: Case.model_validate_json(text))
    assert_refused_in_silence(lambda: Case.model_validate_json(text.encode()))


def test_a_record_inside_a_record_is_refused_in_silence() -> None:
    assert_refused_in_silence(lambda: Case(child=Child(name=MARKS["name"], birth_date=MARKS["name"])))
    assert_refused_in_silence(lambda: Case(child={"name": MARKS["name"], "harms": [{"kind": MARKS["note"]}]}))
    assert_refused_in_silence(lambda: Case(extra={MARKS["name"]: {ID: Spy()}}))
    assert_refused_in_silence(lambda: Case(extra={ID: MARKS["name"]}))


def test_facts_by_path_are_refused_in_silence() -> None:
    assert_refused_in_silence(lambda: Case.from_facts({MARKS["name"]: 1}))
    assert_refused_in_silence(lambda: Case.from_facts({f"child.{MARKS['name']}": 1}))
    assert_refused_in_silence(lambda: Case.from_facts({"child": MARKS["name"], "child.name": MARKS["name"]}))
    assert_refused_in_silence(lambda: Case.from_facts({"child.birth_date": MARKS["name"]}))


def test_a_frozen_record_refuses_a_change_in_silence() -> None:
    child = Child(name=MARKS["name"])
    assert_refused_in_silence(lambda: setattr(child, "name", MARKS["note"]))
    assert_refused_in_silence(lambda: setattr(child, MARKS["note"], 1))
    assert_refused_in_silence(lambda: delattr(child, "name"))
    assert child.name == Personal(MARKS["name"])


@pytest.mark.parametrize(
    "facts",
    [
        {"resident_id": ID, "birth_date": "1950-01-01"},
        {"resident_id": ID, "sex": "male"},
        {"resident_id": ID[:-1] + "1"},
        {"resident_id": ID[:6]},
        {"resident_id": "00" + ID[2:]},
        {"resident_id": ID[:6] + "19491331" + ID[14:]},
        {"resident_id": ID, "birth_date": ID},
    ],
)
def test_an_id_that_is_wrong_or_contradicts_is_refused_in_silence(facts: dict[str, Any]) -> None:
    assert_refused_in_silence(lambda: Child(**facts))
    assert_refused_in_silence(lambda: Child(**{k: v.lower() for k, v in facts.items()}))


def test_an_error_survives_pickling() -> None:
    with pytest.raises(InvalidRecordError) as caught:
        Child(name=7, sex="x")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.problems) == (str(caught.value), caught.value.problems)


def test_a_python_dump_keeps_personal_text_wrapped() -> None:
    dumped = Child(name=MARKS["name"]).model_dump()
    assert dumped["name"] == Personal(MARKS["name"])


def test_packs_own_facts_are_shown_by_name_only() -> None:
    shown = repr(Case(extra={"330199": {"central_heating": MARKS["note"]}}))
    assert "central_heating" in shown
    assert not leaks(shown)
