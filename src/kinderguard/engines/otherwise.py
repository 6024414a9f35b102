"""In words: what came out otherwise in one result than in another, a condition or the value of a parameter.

Used where two assessments are laid beside each other: by one plan, as of a case file that is assessed anew, or by two, as of a
reform.
"""

from typing import TYPE_CHECKING

from kinderguard.model.text import Text, same
from kinderguard.rules.parameters import show

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Basis


def turned(title: Text, before: bool | None, after: bool | None) -> Text:
    """That a condition came out otherwise.

    Args:
        title: of the condition.
        before, after: how it came out; None where it is not known.
    """
    return {
        True: Text(f"“{title.zh}”成立", f"‘{title.en}’ now holds"),
        False: Text(f"“{title.zh}”不成立，此前待定", f"‘{title.en}’ does not hold, it was open")
        if before is None
        else Text(f"“{title.zh}”不再成立", f"‘{title.en}’ does not hold any more"),
        None: Text(f"“{title.zh}”待定", f"‘{title.en}’ is open now"),
    }[after]


def revised(code: str, before: "Basis", after: "Basis") -> Text | None:
    """That a parameter has another value, with both; None where it has the same.

    Args:
        code: of the parameter, which the rules of ``after`` have.
        before, after: what the two results rest on.
    """
    old, new = before.parameters.get(code), after.parameters.get(code)
    if (old and old.value) == (new and new.value):
        return None
    kind = after.bound.plan.rules.parameters[code].kind
    assert kind is not None
    title = after.titles.get(code, same(code))
    a, b = (show(v.value, kind) if v else Text("未设定", "not set") for v in (old, new))
    return Text(f"“{title.zh}”由{a.zh}改为{b.zh}", f"‘{title.en}’ changed from {a.en} to {b.en}")


__all__ = ["revised", "turned"]
