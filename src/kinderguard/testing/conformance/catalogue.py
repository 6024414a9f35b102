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
            f"{check.title.zh} · {check.title.en[0].upper()}{check.title.en[1:]}.\n\n"
            f"- *protects*: {check.protects.zh} {check.protects.en}\n"
            f"- *mend*: {check.mend.zh}。 {check.mend.en[0].upper()}{check.mend.en[1:]}.\n"
        )
    return "\n".join(parts)
