"""The checks as a page prints them: each id with what it checks, what it protects and how to mend it.

Written into ``docs/conformance.md``; a test holds that page against it, so that no check is undocumented.
"""

from kinderguard.testing.conformance.registry import CHECKS


def markdown() -> str:
    """Every check in the order in which they are made.

    >>> print(markdown().splitlines()[0])
    ### `loads`
    """
    parts = []
    for check in CHECKS.values():
        parts.append(
            f"### `{check.check_id}`\n\n"
            f"{check.title.zh} · {_sentence(check.title.en)}.\n\n"
            f"- *protects*: {check.protects.zh} {check.protects.en}\n"
            f"- *mend*: {check.mend.zh}。 {_sentence(check.mend.en)}.\n"
        )
    return "\n".join(parts)


def _sentence(said: str) -> str:
    """A text as a sentence begins; code is left as it is written."""
    begins = " ".join(said.split()[:2])
    return said if any(c in begins for c in "=[(_") else said[0].upper() + said[1:]
