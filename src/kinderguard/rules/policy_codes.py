"""Whether a code that names a policy, where help received is recorded, is one that the rules at hand could know.

A wrong code is silent otherwise: help that no rule asks for counts nowhere. Called where a case is assessed, a ledger is
read or a table is opened.
"""

import re
from collections.abc import Collection, Mapping

from kinderguard.model.errors import suggested, suggestion
from kinderguard.model.text import Text

_CODE = re.compile(r"(?P<space>cn|\d{2,12})(\.[a-z][a-z0-9_]*)+\Z")


def is_formed(code: str) -> bool:
    """Whether a text is formed as a code of a policy is."""
    return _CODE.match(code) is not None


def mend_of_policy_code(code: str, policies: Mapping[str, Text], spaces: Collection[str]) -> Text | None:
    """For a wrong code of a policy, the nearest right one (an empty text where none is near); None for any other.

    Args:
        code: as it was written.
        policies: the titles of the policies at hand by their codes, those not in force on the day among them.
        spaces: what the codes of the packs at hand begin with: another place's policies are not known here.
    """
    formed = _CODE.match(code)
    if code in policies or (formed is not None and formed["space"] not in spaces):
        return None
    titled = [c for c, title in policies.items() if code.strip() in (title.zh, title.en)]
    return suggested(titled) or suggestion(code, policies)
