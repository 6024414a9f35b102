"""How texts are written, as the published schemas say it: patterns that ECMAScript, Python, RE2 (Go) and Rust read alike.

So there is no lookahead, a digit is ``[0-9]`` (``\\d`` is any script's in Python), and what is blank is spelt out (``\\s`` differs
in each of them). A ``$`` that lets a line feed pass after it, as Python's does, is held to the end by ``not``.
"""

from typing import Any, Final

#: Held by a text with a line feed, so that none passes after what ``$`` ends.
NO_LINE_FEED: Final[dict[str, Any]] = {"not": {"type": "string", "pattern": r"\n"}}
#: What shows nothing: blanks, control characters, marks of direction and of the order of bytes. As the inside of a class.
BLANK: Final = "\\x00-\\x20\\x7f-\\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
#: Each of them.
BLANKS: Final = "".join(
    chr(code)
    for first, last in (
        (0x00, 0x20), (0x7F, 0xA0), (0x1680, 0x1680), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),
        (0x3000, 0x3000), (0xFEFF, 0xFEFF),
    )
    for code in range(first, last + 1)
)  # fmt: skip


#: What shows nothing and is no blank either: control characters, line breaks, marks of direction and of the order of bytes.
UNSEEN: Final = "\\x00-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"


def written(pattern: str, **more: Any) -> dict[str, Any]:
    """The schema of a text that is wholly written as a pattern, from ``^`` to ``$``."""
    return {"type": "string", "pattern": pattern} | NO_LINE_FEED | more
