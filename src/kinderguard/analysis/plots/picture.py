"""What every plot gives: a picture that shows itself in a notebook and is saved as HTML, SVG, PNG, PDF or JSON.

In a notebook, in HTML and in SVG the letters are the reader's own, and a light picture turns dark where the reader's
pages are dark. A PNG or PDF is drawn here, so it needs a font with
Chinese letters here: where there is none, it is refused with how to get one, and no boxes are printed.
"""

import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import attrs

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Language, Text

#: Fonts with Chinese letters, as the systems of readers have them; the first that is there is taken.
FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "SimHei", "sans-serif",
)  # fmt: skip
#: Before them, for English: quotation marks of Chinese fonts are as wide as a Chinese letter.
_LATIN = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans")
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
#: Told apart also by those who do not see red and green alike (Okabe and Ito's palette).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
GAIN, LOSS, OPEN = COLOURS[0], COLOURS[1], COLOURS[4]
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_INK = {False: ("#1f2328", "#d0d7de", "white"), True: ("#e6edf3", "#444c56", "#0d1117")}
_FOLLOWING = "kg-follows"


def _following(picture: str) -> str:
    """Rules by which a light picture (a selector) takes the colours of a dark one where the reader's pages are dark."""
    (ink, line, ground), (ink2, line2, ground2) = _INK[False], _INK[True]
    return (
        f"@media (prefers-color-scheme: dark) {{ {picture} [fill='{ink}'] {{ fill: {ink2}; }} "
        f"{picture} [stroke='{ink}'] {{ stroke: {ink2}; }} {picture} [stroke='{line}'] {{ stroke: {line2}; }} "
        f"{picture} > rect[fill='{ground}'] {{ fill: {ground2}; }} }}"
    )


#: The formats that are drawn here, letters included.
_DRAWN = (".png", ".pdf")


class NoChineseFontError(ToldError, RuntimeError):
    """A picture with Chinese letters was to be drawn, and no font here has them."""

    @classmethod
    def of(cls, suffix: str) -> "NoChineseFontError":
        """The error for one kind of file."""
        kind = suffix[1:].upper()
        return cls(
            Text(
                f"本机没有中文字体，{kind} 中的汉字会成为方框，因此没有保存。请安装字体（Debian/Ubuntu："
                "apt install fonts-wqy-microhei），或用 plots.fonts_from(文件夹) 指定放有字体文件的文件夹；"
                "也可存为 .svg 或 .html，由读者的字体显示。",
                f"No font here has Chinese letters, so a {kind} would show boxes; nothing was saved. Install one (Debian, "
                "Ubuntu: apt install fonts-wqy-microhei), name a folder of font files with plots.fonts_from(folder), or "
                "save as .svg or .html, which take the reader's font.",
            )
        )


def fonts_from(folder: str | Path) -> None:
    """Take the fonts of a folder for PNG and PDF, from now on.

    Args:
        folder: where font files lie (``.ttf``, ``.otf``, ``.ttc``).

    Raises:
        NotADirectoryError: there is no such folder.
    """
    import vl_convert

    path = Path(folder).resolve()
    if not path.is_dir():
        raise NotADirectoryError(f"没有这个文件夹。 There is no such folder: {folder}")
    vl_convert.register_font_directory(str(path))
    has_chinese_font.cache_clear()


@cache
def has_chinese_font() -> bool:
    """Whether pictures drawn here have Chinese letters: two of them look different, not like two boxes."""
    import vl_convert

    first, second = (
        vl_convert.svg_to_png(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><text y="18" '
            f'font-family="{", ".join(FONTS)}">{letter}</text></svg>'
        )
        for letter in "困童"
    )
    return bool(first != second)


@attrs.frozen
class Plot:
    """A picture. It shows itself in a notebook; ``save`` writes a file.

    Attributes:
        chart: the Altair chart, to be changed or laid beside others.
        title: what it shows, in words: also for whoever cannot see it.
        lang: the language of its letters.
        rows: the figures that it draws, exact, as rows for a table.
        follows: whether, as HTML or SVG, it turns dark where the reader's pages are dark; one that was drawn dark stays so.
    """

    chart: Any = attrs.field(repr=False)
    title: Text
    lang: Language
    rows: tuple[Mapping[str, Any], ...] = attrs.field(default=(), repr=False)
    follows: bool = attrs.field(default=False, repr=False)

    def save(self, path: str | Path, *, scale: float = 2.0) -> Path:
        """Write the picture; the file's name tells how.

        Args:
            path: ends in ``.html`` (one file, nothing is fetched), ``.svg``, ``.png``, ``.pdf`` or ``.json`` (Vega-Lite).
            scale: of a PNG, how many dots a point of the picture has.

        Raises:
            NoChineseFontError: a PNG or PDF, and no font here has Chinese letters.
            ValueError: another kind of file.
        """
        file = Path(path)
        kind = file.suffix.lower()
        if kind not in (".html", ".svg", ".json", *_DRAWN):
            raise ValueError(
                f"可存为 .html、.svg、.png、.pdf 或 .json。 Save as one of these, not as {kind or 'no'} file."
            )
        if kind in _DRAWN and _CHINESE.search(self.chart_text()) and not has_chinese_font():
            raise NoChineseFontError.of(kind)
        if kind == ".html":
            file.write_text(self.html, "utf-8")
        elif kind == ".svg":
            file.write_text(self.svg, "utf-8")
        else:
            self.chart.save(str(file), **({"scale_factor": scale} if kind == ".png" else {}))
        return file

    @property
    def html(self) -> str:
        """A whole page with the picture, with all that it needs in it."""
        import vl_convert

        found: str = vl_convert.vegalite_to_html(self.chart.to_json(), bundle=True)
        lang = "zh-CN" if self.lang == "zh" else "en"
        found = found.replace("<html>", f'<html lang="{lang}">', 1)
        if not self.follows:
            return found
        ground = f"background-color: {_INK[True][2]} !important;"  # the drawing script writes its own onto the picture
        page = f"@media (prefers-color-scheme: dark) {{ body, svg.marks {{ {ground} }} }}"
        return found.replace("<head>", f"<head><style>{_following('svg.marks')} {page}</style>", 1)

    @property
    def svg(self) -> str:
        """The picture as SVG."""
        import vl_convert

        found: str = vl_convert.vegalite_to_svg(self.chart.to_json())
        if not self.follows:
            return found
        head, opening, rest = found.partition('class="marks"')
        attributes, _, body = rest.partition(">")
        style = f"<style>{_following('svg.' + _FOLLOWING).replace(' > ', ' &gt; ')}</style>"
        return f'{head}class="marks {_FOLLOWING}"{attributes}>{style}{body}' if opening else found

    def chart_text(self) -> str:
        """All letters of the picture, data included."""
        import json

        return json.dumps(self.chart.to_dict(), ensure_ascii=False)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        # Altair's own HTML would fetch scripts, and without a network show nothing: viewers that draw Vega-Lite get that,
        # all others the picture itself.
        major = alt.VEGALITE_VERSION.partition(".")[0]
        return {f"application/vnd.vegalite.v{major}+json": self.chart.to_dict(), "image/svg+xml": self.svg}

    def _repr_svg_(self) -> str:
        return self.svg


def plot(chart: Any, title: Text, lang: Language, rows: tuple[Mapping[str, Any], ...] = (), dark: bool = False) -> Plot:
    """A chart with the title, the letters and the colours that all plots share."""
    ink, line, ground = _INK[dark]
    text = title.zh if lang == "zh" else title.en.translate(_STRAIGHT)
    heading = alt.TitleParams(text=wrapped(text, 72), anchor="start", fontSize=15, fontWeight=600)
    font = ", ".join(FONTS if lang == "zh" else (*_LATIN, *FONTS))
    letters = {"labelFont": font, "titleFont": font, "labelColor": ink, "titleColor": ink}
    shown = (
        chart.properties(title=heading, background=ground, padding=12)
        .configure(font=font)
        .configure_axis(labelFontSize=12, titleFontSize=12, gridColor=line, domainColor=line, tickColor=line, **letters)
        .configure_legend(labelFontSize=12, labelLimit=260, orient="bottom", **letters)
        .configure_title(font=font, color=ink)
        .configure_header(**letters)
        .configure_view(stroke=None)
        .configure_range(category=list(COLOURS))
    )
    return Plot(shown, title, lang, rows, not dark)


def ink(dark: bool) -> str:
    """The colour of letters."""
    return _INK[dark][0]


def values(rows: Any) -> Any:
    """Rows as the data of a chart."""
    return alt.InlineData(values=list(rows))


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of so many letters; a Chinese letter is as wide as two."""
    lines, line, length = [], "", 0.0
    words = [w for part in text.split("\n") for w in (*_words(part), "\n")][:-1]
    for word in words:
        wide = sum(1 if ord(c) < 0x2E80 else 2 for c in word)
        if word == "\n" or (length + wide > width and line):
            lines.append(line.rstrip())
            line, length = "", 0.0
        if word != "\n":
            line, length = line + word, length + wide
    return [*lines, line.rstrip()]


def _words(text: str) -> list[str]:
    """Where a line may break: after a space, and after a Chinese letter that no closing mark follows."""
    found, word = [], ""
    for letter, following in zip(text, [*text[1:], ""], strict=True):
        word += letter
        if letter == " " or (ord(letter) >= 0x2E80 and following not in _NOT_FIRST and letter not in _NOT_LAST):
            found.append(word)
            word = ""
    return [*found, word]


#: Marks that no line begins or ends with.
_NOT_FIRST, _NOT_LAST = frozenset("，。；：、！？）】》”’%…"), frozenset("（【《“‘")


def number(value: Any) -> float | None:
    """An exact amount as a place on an axis. What is written beside it stays exact."""
    return None if value is None or not math.isfinite(value) else float(value)
