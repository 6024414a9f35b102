"""Why a pack does not load, told by the check that looks after it.

A fact that does not exist keeps the whole pack out. The loader then names one problem; here it is given to the check
whose concern it is, so that an author reads "facts_exist" and not only "it does not load".
"""

import re

from kinderguard.model.errors import Problem

#: The check that looks after a problem of the loader, by the problem's code.
_BY_CODE = {
    "pack.version_unfit": "version_range",
    "pack.version_range_invalid": "version_range",
    "pack.code_differs": "metadata",
    "pack.name_invalid": "metadata",
    "pack.name_taken": "metadata",
}
#: The same by what an error of the rule language says, first match first. Tests keep these in step with the errors.
_BY_WORDS = (
    ("need_codes", r"kinderguard_needs gave the code"),
    ("profile_codes", r"kinderguard_source_profiles gave the code"),
    ("need_services", r"(services|qualifications) is \[|(Service|Qualification) has no member"),
    ("profile_titles", r"ProfileError: .*in both languages|SourceProfile \S+ lacks title"),
    ("need_titles", r"reason is r\.Text|NeedRule \S+ lacks (?:title|reason)"),
    ("exact_money", r"float"),
    ("exact_money", r"between two fen"),
    ("floor", r"below the national floor"),
    ("parameter_gaps", r"has two values at place"),
    ("parameter_sources", r"every value states its|a title is in both languages|trust is one of"),
    ("titles", r"in both languages"),
    ("facts_exist", r"UnknownFactError|no pack declares the|there is no category|gives a fact that no pack declares"),
    ("facts_exist", r"is a policy, not a category"),
    ("facts_exist", r"not declared by any pack|which does not exist|there is no policy or category"),
    ("facts_exist", r"the fact \S+ is .*, not|is used as"),
    ("jurisdiction", r"but all its codes"),
    ("jurisdiction", r"speaks only for its own jurisdiction|outside the jurisdiction|a pack's own parameters begin"),
    ("jurisdiction", r"a county may widen and raise|that counties may|caps policies of several packs"),
    ("jurisdiction", r"is no pack's code|only the pack that declares a parameter"),
)


def owner_of(problem: Problem) -> str:
    """The id of the check that tells a problem of the loader; ``loads`` where none is nearer."""
    found = _BY_CODE.get(problem.code)
    if found is not None:
        return found
    for check_id, words in _BY_WORDS:
        if re.search(words, problem.message.en):
            return check_id
    return "loads"
