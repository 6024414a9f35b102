"""What every plot gives: a picture that shows itself in a notebook and is saved as HTML, SVG, PNG, PDF or JSON.

In a notebook, in HTML and in SVG the letters are the reader's own, and a light picture turns dark where the reader's
pages are dark. A PNG or PDF is drawn here, so it needs a font with
Chinese letters here: where there is none, it is refused with how to get one, and no boxes are printed.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import altair as alt
import attrs

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Language, Text, join

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
#: What is open.
QUIET = "#8c959f"
#: One more than colours, so that forty-two lines are told apart; and all of them where nothing is printed in colour.
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


@attrs.frozen
class _Shades:
    """What has another colour on a dark page: letters, lines of axes, the grid, what is not published and its edge, the ground."""

    ink: str
    line: str
    grid: str
    pale: str
    rim: str
    ground: str


_SHADES = {
    False: _Shades("#1f2328", "#afb8c1", "#e4e8ec", "#eaeef2", "#656d76", "white"),
    True: _Shades("#e6edf3", "#545d68", "#262c34", "#21262d", "#9198a1", "#0d1117"),
}
_FOLLOWING = "kg-follows"


def _following(picture: str) -> str:
    """Rules by which a light picture (a selector) takes the colours of a dark one where the reader's pages are dark."""
    light, dark = _SHADES[False], _SHADES[True]
    turned = " ".join(
        f"{picture} [{kind}='{getattr(light, name)}'] {{ {kind}: {getattr(dark, name)}; }}"
        for kind, names in (("fill", ("ink", "pale")), ("stroke", ("ink", "line", "grid", "rim")))
        for name in names
    )
    ground = f"{picture} > rect[fill='{light.ground}'] {{ fill: {dark.ground}; }}"
    return f"@media (prefers-color-scheme: dark) {{ {turned} {ground} }}"


#: About so many figures stand on an axis.
_TICKS = 6
_DASHES = ([1, 0], [7, 3], [2, 3])

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
        title: what it shows, in words, in both languages: also for whoever cannot see it; ``print(plot)`` says it in the
            plot's own.
        lang: the language of its letters.
        rows: the figures that it draws, exact, as rows for a table.
        follows: whether, as HTML or SVG, it turns dark where the reader's pages are dark; one that was drawn dark stays so.
    """

    chart: Any = attrs.field(repr=False)
    title: Text
    lang: Language
    rows: tuple[Mapping[str, Any], ...] = attrs.field(default=(), repr=False)
    follows: bool = attrs.field(default=False, repr=False)

    def __str__(self) -> str:
        """What it shows, in the language of its letters."""
        return self.title.in_(self.lang)

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
        ground = f"background-color: {_SHADES[True].ground} !important;"  # the drawing script writes its own onto the picture
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


def plot(
    chart: Any,
    title: Text,
    lang: Language,
    rows: tuple[Mapping[str, Any], ...] = (),
    dark: bool = False,
    notes: Sequence[Text] = (),
) -> Plot:
    """A chart with the title, the letters and the colours that all plots share.

    Args:
        chart: without them.
        title: what it shows.
        lang: the language of the letters.
        rows: the figures.
        dark: for a dark page.
        notes: how to read it, and what is not in it: under the title.
    """
    shade = _SHADES[dark]
    font = ", ".join(FONTS if lang == "zh" else (*_LATIN, *FONTS))
    heading = alt.TitleParams(
        text=wrapped(_heading(title, lang), 72), anchor="start", fontSize=15, fontWeight=600, offset=10,
        subtitle=[line for note in notes for line in wrapped(_heading(note, lang), 92)], subtitleFontSize=12,
        subtitleLineHeight=16, subtitlePadding=5,
    )  # fmt: skip
    letters = {"labelFont": font, "titleFont": font, "labelColor": shade.ink, "titleColor": shade.ink}
    lines = {"gridColor": shade.grid, "domainColor": shade.line, "tickColor": shade.line}
    whole = title + Text("（", " (") + join(list(notes), "；", "; ") + Text("）", ")") if notes else title
    shown = (
        chart.properties(title=heading, background=shade.ground, padding=12, description=whole.in_(lang))
        .configure(font=font)
        .configure_axis(
            labelFontSize=12, labelLimit=420, titleFontSize=12, titleFontWeight="normal", titlePadding=8,
            # Figures keep apart, and each stands under its tick.
            labelFlush=False, labelOverlap="greedy", labelSeparation=10, **lines, **letters,
        )
        .configure_axisQuantitative(tickCount=_TICKS)
        # Read without turning one's head, and Chinese letters stand upright.
        .configure_axisY(titleAngle=0, titleAlign="left", titleAnchor="end", titleBaseline="bottom", titleX=0, titleY=-8)
        .configure_legend(labelFontSize=12, labelLimit=0, symbolLimit=0, orient="bottom", symbolOpacity=1, **letters)
        .configure_title(font=font, color=shade.ink, subtitleFont=font, subtitleColor=shade.ink)
        .configure_header(**letters)
        .configure_view(stroke=None)
        .configure_point(opacity=1)
        .configure_range(category=list(COLOURS))
    )  # fmt: skip
    return Plot(shown, whole, lang, rows, not dark)


def _heading(text: Text, lang: Language) -> str:
    """A text as a title begins, its quotation marks as wide as the letters."""
    if lang == "zh":
        return text.zh
    said = text.en.translate(_STRAIGHT)
    return said[:1].upper() + said[1:]


def upwards(numbers: Iterable[float | None], *, whole: bool = False, **axis: Any) -> dict[str, Any]:
    """The scale and the axis of amounts or counts: from nought at its foot, also where nothing is above it, to a figure.

    Args:
        numbers: what stands on the axis.
        whole: whether there is nothing between two whole numbers.
        axis: more of the axis.
    """
    top = max((number for number in numbers if number is not None), default=0)
    if top <= 0 or (whole and top <= _TICKS):
        axis |= {"values": list(range(int(top) + 1)), "format": "d"}
    scale = alt.Scale(zero=True, nice=_TICKS) if top > 0 else alt.Scale(domain=[0, 1], nice=False)
    return {"scale": scale, "axis": alt.Axis(**axis)}


def ink(dark: bool) -> str:
    """The colour of letters."""
    return _SHADES[dark].ink


def faint(dark: bool) -> str:
    """The colour of lines that only join."""
    return _SHADES[dark].line


def pale(dark: bool) -> str:
    """The colour of what is not published: close to the ground, within an edge that is seen on it."""
    return _SHADES[dark].pale


def rim(dark: bool) -> str:
    """The colour of the edge of what is not published: no other part has one."""
    return _SHADES[dark].rim


@attrs.frozen
class Apart:
    """How lines and their points are told apart, in this order: where a colour comes again, the line is dashed.

    Args:
        field: what they are lines of.
        names: of the lines.
        columns: of the legend, which shows the points.
    """

    field: str
    names: tuple[str, ...]
    columns: int

    def lines(self, base: Any, **mark: Any) -> list[Any]:
        """The lines of a chart that says where they run: one layer for each way to draw them."""
        rounds = [self.names[i : i + len(COLOURS)] for i in range(0, len(self.names), len(COLOURS))]
        return [
            base.transform_filter(alt.FieldOneOfPredicate(field=self.field, oneOf=list(names)))
            .mark_line(strokeWidth=2, strokeDash=dash, **mark)
            .encode(self._colour)
            for names, dash in zip(rounds, cycle(_DASHES), strict=False)
        ]

    def points(self, base: Any, tooltip: list[Any]) -> Any:
        """Their points."""
        shape = alt.Shape(f"{self.field}:N", title=None, scale=self._scale(_SHAPES), legend=self._legend)
        return base.mark_point(filled=True, size=50).encode(self._colour, shape, tooltip=tooltip)

    def dotted(self, base: Any) -> Any:
        """Lines of what is only taken to be so, in steps."""
        return base.mark_line(strokeWidth=2.5, strokeDash=[2, 4], interpolate="step-after").encode(self._colour)

    def bridges(self, base: Any) -> Any:
        """Thin dots from one drawn point to the next where a line has none between; ``gap`` tells one from another."""
        return base.mark_line(strokeWidth=1.4, strokeDash=[1, 3]).encode(self._colour, detail="gap:N")

    def crosses(self, base: Any, y: float) -> Any:
        """A × of the line's colour for each number that is not published, so far (pixels) from the top."""
        return base.mark_text(text="×", fontSize=12).encode(self._colour, y=alt.value(y))

    @property
    def _colour(self) -> alt.Color:
        return alt.Color(f"{self.field}:N", title=None, scale=self._scale(COLOURS), legend=self._legend)

    @property
    def _legend(self) -> alt.Legend:
        return alt.Legend(columns=self.columns)

    def _scale(self, ways: Sequence[str]) -> alt.Scale:
        return alt.Scale(domain=list(self.names), range=[ways[i % len(ways)] for i in range(len(self.names))])


def values(rows: Any) -> Any:
    """Rows as the data of a chart."""
    return alt.InlineData(values=list(rows))


def width_of(text: str) -> int:
    """How wide a text is, in letters; a Chinese letter is as wide as two."""
    return sum(1 if ord(c) < 0x2E80 else 2 for c in text)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of so many letters; a Chinese letter is as wide as two."""
    lines, line, length = [], "", 0.0
    words = [w for part in text.split("\n") for w in (*_words(part), "\n")][:-1]
    for word in words:
        wide = width_of(word)
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
