"""Whether a message is whole in each language: called by tests of errors; it never looks at what a message is about."""

import re

from kinderguard.model.text import Text

#: What reads the same in both languages: code, what is quoted, file names, and codes of rules.
_SAME = re.compile(
    r"`[^`]*`|‹[^›]*›|\[\[?\"[^\]]*\]\]?|(?:Text|r|kinderguard|book|datetime|pathlib)?[\w.]*\([^()（）]*\)"
    r"|\"[^\"]*\"|'[^']*'|[\w.]*[._/@=][\w./@=-]*|\b(?:kinderguard|pip)(?: [\w-]+)+"
)
_CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_ENGLISH_SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,;:]+[A-Za-z]{1,}){2,}")


def stray(text: Text, *same: str) -> list[str]:
    """What stands in the wrong language of a message; ``same`` is what may stand in both, such as Python's own words."""
    zh, en = text.zh, text.en
    for words in same:
        zh, en = zh.replace(words, ""), en.replace(words, "")
    found = [m[0] for m in _ENGLISH_SENTENCE.finditer(_SAME.sub("§", zh))]
    return found + [m[0] for m in _CHINESE.finditer(_SAME.sub("§", en))]
