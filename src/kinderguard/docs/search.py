"""The search of pages in two languages: English by words, Chinese by each two characters that stand together.

Sphinx takes a run of Chinese for one word unless a dictionary cuts it; pairs need none, in Python and in the browser alike.
"""

import re

from sphinx.search.en import SearchEnglish

_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_PIECES = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")


def pieces(text: str) -> list[str]:
    """The words of a text, and its Chinese as pairs; a character that stands alone by itself."""
    found = []
    for piece in _PIECES.findall(text):
        if _CHINESE.fullmatch(piece) and len(piece) > 1:
            found += [piece[k : k + 2] for k in range(len(piece) - 1)]
        else:
            found.append(piece)
    return found


class ChineseAndEnglish(SearchEnglish):
    """``html_search_language = "zh_en"``."""

    lang = "zh_en"
    language_name = "English"  # whose stemmer the browser takes
    js_splitter_code = r"""
function splitQuery(query) {
    const found = [];
    for (const piece of query.match(/[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{Letter}\p{Number}_])+/gu) || []) {
        if (/^[\u3400-\u9fff]{2,}$/u.test(piece)) {
            for (let k = 0; k + 1 < piece.length; k++) found.push(piece.slice(k, k + 2));
        } else {
            found.push(piece);
        }
    }
    return found;
}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx's name
        """The pieces of a text of a page."""
        return pieces(input)
