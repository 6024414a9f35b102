"""A real Chromium for tests of what people see: pages laid out, measured and photographed, in light and in dark.

One start serves many pages: Chromium is spoken to over a pipe (its own protocol, JSON with a zero byte at the end), so
that no port is opened and nothing but Chromium itself is needed. ``needs_chromium`` and ``needs_chinese_font`` skip a test
where there is none.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import attrs
import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (Debian: apt install chromium)")


def _has_chinese_font():
    listed = shutil.which("fc-list")
    return bool(listed and subprocess.run([listed, ":lang=zh"], capture_output=True, check=False).stdout.strip())


needs_chinese_font = pytest.mark.skipif(
    not _has_chinese_font(), reason="no Chinese font is installed (Debian: apt install fonts-wqy-zenhei)"
)

_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe",
    # Nothing is fetched: every name leads nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
#: Texts of a drawing that lie over one another, or beyond its edge.
UNREADABLE = """(() => {
  const whole = document.querySelector('svg.marks').getBoundingClientRect();
  const texts = [...document.querySelectorAll('svg.marks text')].filter(e => e.textContent.trim() && e.getAttribute('opacity') !== '0')
    .map(e => [e.textContent, e.getBoundingClientRect()]);
  const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
  const out = texts.filter(([, r]) => r.left < whole.left - 1 || r.right > whole.right + 1).map(([t]) => t);
  return [...out, ...texts.flatMap(([t, r], i) => texts.slice(i + 1).filter(([, q]) => over(r, q)).map(([u]) => [t, u]))];
})()"""
#: Chromium reads what it is told from descriptor 3 and answers on 4.
_START = "import os, sys; a = sys.argv; os.dup2(int(a[1]), 3); os.dup2(int(a[2]), 4); os.execv(a[3], a[3:])"


class Browser:
    """One running Chromium: ``with Browser() as browser: page = browser.open(path, dark=True)``."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        (read, self._to), (self._from, write) = (_high_pipe(), _high_pipe())
        options = (*_OPTIONS, f"--user-data-dir={self._folder.name}")
        command = [sys.executable, "-c", _START, str(read), str(write), CHROMIUM, *options]
        self._process = subprocess.Popen(
            command, pass_fds=(read, write), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )  # fmt: skip
        os.close(read)
        os.close(write)
        self._sent, self._rest = 0, b""
        return self

    def __exit__(self, *_):
        try:
            self.ask("Browser.close")
            self._process.wait(20)
        finally:
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._folder.cleanup()

    def open(self, page, *, width=900, height=700, dark=False):
        """A page laid out as a reader who prefers dark (or light) sees it.

        Args:
            page: a file, or the HTML itself.
            width, height: of the window, in CSS pixels.
            dark: what the reader's system prefers.
        """
        if not isinstance(page, Path):
            path = Path(self._folder.name, f"page-{self._sent}.html")
            path.write_text(page, "utf-8")
            page = path
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        opened = Page(self, session)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        opened.ask("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        opened.ask("Emulation.setEmulatedMedia", media="screen", features=[scheme])
        opened.ask("Page.navigate", url=page.absolute().as_uri())
        end = time.monotonic() + 20
        while not opened.run("location.protocol === 'file:' && document.readyState === 'complete'"):
            assert time.monotonic() < end, f"{page.name} was not laid out in time"
            time.sleep(0.02)
        return opened

    def ask(self, method, session=None, **given):
        """One question of the protocol, and its answer."""
        self._sent += 1
        asked = {"id": self._sent, "method": method, "params": given} | ({"sessionId": session} if session else {})
        message = json.dumps(asked).encode() + b"\0"
        while message:
            message = message[os.write(self._to, message) :]
        while True:
            answer = self._next()
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self):
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], 30)
            assert ready, "Chromium does not answer"
            read = os.read(self._from, 1 << 20)
            assert read, "Chromium has gone"
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


@attrs.frozen
class Page:
    """A page that is laid out."""

    browser: Browser = attrs.field(repr=False)
    session: str

    def ask(self, method, **given):
        """One question about this page, and its answer."""
        return self.browser.ask(method, self.session, **given)

    def run(self, expression):
        """The value of a JavaScript expression on the page."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, path=None, *, whole=True):
        """The page as PNG, written to ``path`` where one is given. A very long page takes long: then not the whole of it.

        Args:
            path: a file.
            whole: beyond the window's edge as well.
        """
        # What was changed before is drawn by the second frame, also on a busy machine.
        drawn = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        self.ask("Runtime.evaluate", expression=drawn, awaitPromise=True, returnByValue=True)
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        beyond = {"captureBeyondViewport": True, "clip": clip} if whole else {}
        png = base64.b64decode(self.ask("Page.captureScreenshot", format="png", **beyond)["data"])
        if path is not None:
            path.write_bytes(png)
        return png


def _high_pipe():
    """A pipe whose ends are clear of the descriptors that Chromium gets."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved
