"""The published JSON formats of every part of the library, each as a JSON Schema. Printed by ``kinderguard schema``.

A case, what is computed from it, what is decided, filed, shared, due, needed, planned and allocated. What is written as a
table alone (the work list of a survey, say) has no schema: its heads are its columns.
"""

from importlib import import_module
from typing import Any

from kinderguard.report.schemas import SCHEMAS as OF_RESULTS
from kinderguard.report.schemas import UnknownFormatError, published
from kinderguard.report.schemas import schema as schema_of_result

#: By name, the module and the model of a format that is not a result's; loaded when it is asked for.
_MODELS = {
    "decisions": ("kinderguard.survey.documents", "DecisionsDocument"),
    "due-line": ("kinderguard.casefile.documents", "DueLine"),
    "filed-line": ("kinderguard.casefile.documents", "FiledLine"),
    "shared-file": ("kinderguard.casefile.documents", "SharedDocument"),
    "need": ("kinderguard.care", "Need"),
    "plan": ("kinderguard.care", "CarePlan"),
    "allotment": ("kinderguard.care.documents", "AllotmentEntry"),
    "provider-line": ("kinderguard.care.documents", "ProviderLine"),
    "target-line": ("kinderguard.care.documents", "TargetLine"),
    "allocation": ("kinderguard.care.documents", "AllocationDocument"),
}
#: The names of all published formats.
FORMATS: tuple[str, ...] = (*OF_RESULTS, *_MODELS)


def schema(name: str, *, closed: bool = False) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one of ``FORMATS``.

    Args:
        name: of the format.
        closed: refuse keys that the format does not name, also in what is only written: for tests of what writes it.
            Without it a reader accepts what a later version adds.

    Raises:
        UnknownFormatError: there is no such format; with the nearest.

    >>> schema("allocation")["properties"]["format"]["const"]
    'kinderguard.allocation/1'
    """
    if name in OF_RESULTS:
        return schema_of_result(name, closed=closed)
    if name not in _MODELS:
        raise UnknownFormatError.of(name, FORMATS)
    module, model = _MODELS[name]
    # As written: a record leaves out what is unknown, and its dates are texts.
    return published(name, getattr(import_module(module), model).model_json_schema(mode="serialization"), closed=closed)


__all__ = ["FORMATS", "UnknownFormatError", "schema"]
