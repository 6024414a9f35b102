"""Every view in a real Chromium: light and dark, Chinese and English, on pages that have a theme and styles of their own."""

import pytest

from browser import Browser, needs_chinese_font, needs_chromium
from kinderguard import Text
from kinderguard.model.view import Column, Marked, Section, Table, View

pytestmark = needs_chromium

#: What pages do to whatever stands on them: the rules of JupyterLab and of Sphinx's themes, made worse.
HOST = """
body{margin:0;background:#777;color:#777}
.host table{table-layout:fixed;margin:0 auto;font-size:12px;width:100%}
.host td,.host th,.host tr{text-align:right;vertical-align:middle;padding:2em;white-space:pre;border:3px solid red}
.host tbody tr:nth-child(odd){background:yellow}.host code{background:yellow;color:yellow;border:1px solid red}
.host p,.host li{color:#888;margin:3em}.host dt{float:left;color:#888}.host summary{display:block;color:#888}
"""
LEAK = "<table><tr><th>a<td>b</table><p>p<ul><li>l</ul><dl><dt>t<dd>d</dl><pre>r</pre><code>c</code><details><summary>s</summary></details>"
#: For each text that is seen, its contrast to what lies behind it.
CONTRAST = """(() => {
  const parts = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll('.kg-view, .kg-view *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push([e.tagName, e.className, e.textContent.slice(0, 40), ratio]);
  }
  return found;
})()"""
#: What reaches out of its view and is in nothing that scrolls.
OUTSIDE = """[...document.querySelectorAll('.kg-view *')].filter(e => !e.closest('.kg-scroll, svg') || e.matches('.kg-scroll, svg'))
  .filter(e => e.getBoundingClientRect().right > e.closest('.kg-view').getBoundingClientRect().right + 1)
  .map(e => [e.tagName, e.className, e.textContent.slice(0, 60)])"""
#: Whether the view's font can write Chinese: what has no letter of its own is drawn as one and the same box.
LETTERS = """(() => {
  const draw = letter => { const c = document.createElement('canvas'), x = c.getContext('2d');
    x.font = '40px ' + getComputedStyle(document.querySelector('.kg-view')).fontFamily; x.fillText(letter, 5, 50);
    return c.toDataURL(); };
  return new Set([...'困境儿童✓✗'].map(draw)).size;
})()"""
GROUND = "getComputedStyle(document.querySelector('.kg-view')).backgroundColor"
WHITE, BLACK = "rgb(255, 255, 255)", "rgb(22, 25, 29)"
OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"


@pytest.fixture(scope="module")
def browser():
    with Browser() as started:
        yield started


def page_of(gallery, lang, extra=""):
    shown = "".join(view(lang).html for view in gallery.values())
    return f'<!doctype html><meta charset="utf-8"><style>{HOST}</style><body>{extra}<div class="host">{shown}</div>'


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_can_be_read_on_a_page_with_styles_of_its_own(browser, gallery, lang, dark):
    page = browser.open(page_of(gallery, lang), dark=dark)
    page.run(OPEN_ALL)
    assert page.run("document.querySelectorAll('.kg-view').length") == len(gallery)
    assert page.run(GROUND) == (BLACK if dark else WHITE)
    assert page.run(CONTRAST) == []
    assert page.run(OUTSIDE) == []
    cell = "getComputedStyle(document.querySelector('.kg-view td:not(.kg-number)'))"
    assert page.run(f"[{cell}.textAlign, {cell}.whiteSpace, {cell}.borderTopWidth]") == ["left", "normal", "0px"]
    row = "getComputedStyle(document.querySelector('.kg-view tbody tr')).backgroundColor"
    assert page.run(row) == "rgba(0, 0, 0, 0)"


@needs_chinese_font
def test_chinese_is_written_in_letters_and_not_in_boxes(browser, gallery):
    assert browser.open(gallery["case"]("zh").page).run(LETTERS) == 6


def test_light_and_dark_and_the_two_languages_are_four_pictures(browser, gallery):
    blank = browser.open("<!doctype html>").picture(whole=False)
    seen = [
        browser.open(gallery["case"](lang).page, dark=dark).picture(whole=False)
        for lang in ("zh", "en")
        for dark in (False, True)
    ]
    assert len({blank, *seen}) == 5
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 2 * len(blank) for picture in seen)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_narrow_window_is_not_wider_than_itself(browser, gallery, lang):
    page = browser.open(page_of(gallery, lang), width=420)
    page.run(OPEN_ALL)
    assert page.run(OUTSIDE) == []
    assert page.run("document.documentElement.scrollWidth") <= 420


@pytest.mark.parametrize(
    ("attribute", "value", "ground"),
    [
        ("data-jp-theme-light", "false", BLACK),
        ("data-jp-theme-light", "true", WHITE),
        ("class", "vscode-dark", BLACK),
        ("class", "vscode-light", WHITE),
        ("class", "vscode-high-contrast", BLACK),
        ("class", "vscode-high-contrast vscode-high-contrast-light", WHITE),
        ("data-theme", "dark", BLACK),
        ("data-theme", "light", WHITE),
    ],
)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_own_theme_goes_before_what_the_system_prefers(browser, gallery, attribute, value, ground, dark):
    page = browser.open(gallery["condition"]("zh").page, dark=dark)
    page.run(f"document.body.setAttribute('{attribute}', '{value}')")
    assert page.run(GROUND) == ground
    assert page.run(CONTRAST) == []
    page.run(f"document.body.setAttribute('{attribute}', '')")
    assert page.run(GROUND) == (BLACK if dark else WHITE)  # the theme "auto" follows the system


def test_english_titles_within_a_view_begin_alike_and_codes_stay_as_they_are(browser, gallery):
    page = browser.open(page_of({"case": gallery["case"], "ledger": gallery["ledger"]}, "en"))
    first = "[...new Set([...document.querySelectorAll('.kg-view {}')].map(e => getComputedStyle(e, '::first-letter').textTransform))]"
    for head in (".kg-head", "thead th", "dt:not(:has(code))"):
        assert page.run(first.format(head)) == ["uppercase"], head
    for other in ("dt:has(code)", "td", "dd", "li"):
        assert page.run(first.format(other)) == ["none"], other


def test_a_head_of_several_words_breaks_before_its_table_is_wider_than_the_page(browser):
    table = Table(
        [Text("甲", "a"), *(Column(Text("很长的标题", "a long head of words"), number=True) for _ in range(8))],
        [("x", *range(8))],
    )
    wider = "(e => e.scrollWidth > e.clientWidth)(document.querySelector('.kg-scroll'))"
    page = browser.open(View(Text("表", "Table"), [table], "en").page, width=800)
    assert page.run(wider) is False
    assert page.run(
        "document.querySelector('thead').offsetHeight > 2 * document.querySelector('tbody').offsetHeight / 1.5"
    )


def wide(lang="en"):
    """A view of a table that no screen and no paper has room for, and of one that every one has."""
    months = [Column(Text(f"2025-{month:02}-28", f"2025-{month:02}-28"), number=True) for month in range(1, 13)]
    tables = [
        Table([Text("甲", "a"), *months], [("x", *[1_000_000] * 12)]),
        Table([Text("甲", "a")], [("x",)]),
    ]
    return View(Text("表", "Table"), tables, lang)


def test_where_a_table_goes_on_a_shade_lies_until_its_end(browser):
    page = browser.open(wide().page, width=700)
    beyond = "[...document.querySelectorAll('.kg-scroll')].map(e => e.scrollWidth > e.clientWidth)"
    assert page.run(beyond) == [True, False]
    shade = "document.querySelector('.kg-view').style.setProperty('--kg-shade', '{}')"

    def pictures():
        for colour in ("red", "blue"):
            page.run(shade.format(colour))
            yield page.picture(whole=False)

    assert len(set(pictures())) == 2
    page.run("document.querySelector('.kg-scroll').remove()")
    # None is seen on a table that is seen whole. A busy machine may still draw what was there before: then once more.
    assert any(len(set(pictures())) == 1 for _ in range(5))


def test_on_paper_no_table_is_cut(browser):
    page = browser.open(wide().page, width=700)
    page.ask("Emulation.setEmulatedMedia", media="print")
    cut = "[...document.querySelectorAll('.kg-scroll')].filter(e => getComputedStyle(e).overflowX !== 'visible').length"
    assert page.run(cut) == 0
    # What a printer can still make small enough: browsers shrink a page to half.
    assert page.run("document.documentElement.scrollWidth") < 1400


def test_a_name_that_somebody_gave_keeps_its_letters_in_a_heading(browser):
    sections = [Section(Marked("dibao 低保", "name"), []), Section(Text("政策", "policies"), [])]
    page = browser.open(View(Text("表", "Table"), sections, "en").page)
    first = "[...document.querySelectorAll('.kg-head')].map(e => getComputedStyle(e, '::first-letter').textTransform)"
    assert page.run(first) == ["none", "uppercase"]


def test_the_style_of_a_view_changes_nothing_outside_it(browser, gallery):
    page = browser.open(page_of(gallery, "en", f'<div id="others">{LEAK}</div>'), dark=True)
    looks = (
        "JSON.stringify([document.body, ...document.querySelectorAll('#others, #others *')].map(e => "
        "{ const s = getComputedStyle(e); return [...s].map(name => s.getPropertyValue(name)); }))"
    )
    assert page.run("document.querySelectorAll('.host style').length") == len(gallery)
    # Hidden views take no room, so that only their style could have made a difference.
    page.run("document.querySelector('.host').style.display = 'none'")
    hidden = page.run(looks)
    page.run("document.querySelectorAll('.host style').forEach(s => s.remove())")
    assert page.run(looks) == hidden


def test_a_printed_view_is_dark_on_white(browser, gallery):
    page = browser.open(gallery["assessment"]("zh").page, dark=True)
    page.ask("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert page.run(GROUND) == WHITE
    assert page.run(CONTRAST) == []


def test_a_saved_page_fetches_nothing(browser, gallery, tmp_path):
    page = browser.open(gallery["book"]("zh").save(tmp_path / "book.html"))
    assert page.run("performance.getEntriesByType('resource').length") == 0
    assert page.run("document.title") == "政策库"
    assert page.run("document.documentElement.lang") == "zh-CN"


def test_a_tree_opens_by_keyboard(browser, gallery):
    page = browser.open(gallery["explanation of one"]("zh").page)
    closed = "document.querySelectorAll('details:not([open])').length"
    before = page.run(closed)
    page.run("document.querySelector('details:not([open]) > summary').focus()")
    for kind in ("keyDown", "keyUp"):
        page.ask("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    assert page.run(closed) == before - 1
