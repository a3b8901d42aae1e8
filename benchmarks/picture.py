"""From a widget to the finished picture in a browser, against an empty page; interleaved.

The clock runs in the browser: from the key that sets a filter to the last change of the page (its elements, or what is
drawn on a canvas) after which the script has ended and nothing changes for QUIET_MS. The empty page is always asked by
a typed word. Chromium draws without a graphics card, which would take ten seconds for the land below a map: there is
none.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count

from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

from benchmarks.rows import Part, Row, milliseconds
from benchmarks.servers import EMPTY_FIELD, FILTER_LABELS, dashboard, empty
from benchmarks.stage import COUNTRY, DATES, WORD, Stage
from pages import wording
from tests.browser import ARGS, FLAT, executable
from warehouse import queries
from warehouse.countries import country_labels
from warehouse.engine import run

PAGES = ("", "map", "trends", "pipeline", "incidents")
QUICK = ("2023", wording.QUICK_LAST_MONTH, "2024", wording.QUICK_LAST_90_DAYS)
"""Choices of dates in the sidebar, one for each change."""
ROUNDS = len(QUICK) - 1
MUST = 2.5
QUIET_MS = 700
"""Longer than any pause seen between two steps of drawing."""
SIZE: ViewportSize = {"width": 1366, "height": 768}
NO_LAND = {"type": "FeatureCollection", "features": []}
TIMEOUT_MS = 60_000
TEXT, COUNTRIES, *_ = FILTER_LABELS
WATCH = """
window.bench = {start: 0, last: 0};
const state = () => document.querySelector('[data-testid="stApp"]')?.getAttribute('data-test-script-state');
const mark = () => { bench.last = performance.now(); };
const counts = (record) => {
    if (record.attributeName === 'data-test-script-state') return true;
    const node = record.target.nodeType === Node.ELEMENT_NODE ? record.target : record.target.parentElement;
    return node !== null && node.closest('[data-testid="stMain"]') !== null;
};
new MutationObserver((records) => { if (records.map(counts).includes(true)) mark(); })
    .observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
for (const kind of [WebGLRenderingContext, WebGL2RenderingContext, CanvasRenderingContext2D])
    for (const name of Object.getOwnPropertyNames(kind.prototype))
        if (/^(draw(Arrays|Elements|Image)|fill|fillText|stroke)/.test(name)
            && typeof Object.getOwnPropertyDescriptor(kind.prototype, name).value === 'function') {
            const draw = kind.prototype[name];
            kind.prototype[name] = function (...given) { mark(); return draw.apply(this, given); };
        }
document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') bench.start = performance.now();
}, true);
bench.finished = () => bench.last > bench.start && performance.now() - bench.last > QUIET_MS
    && state() === 'notRunning';
""".replace("QUIET_MS", str(QUIET_MS))


def part(stage: Stage) -> Part:
    """Measure the main pages."""
    program = executable()
    if program is None:
        raise RuntimeError("no Chromium on this machine; 'make browser' installs one")
    reader = stage.reader()
    labels = country_labels()
    countries = [labels[code] for code in run(queries.distinct_values("country"), reader)["value"]]
    reader.close()
    with ExitStack() as running:
        own = running.enter_context(dashboard(stage.large))
        blank = running.enter_context(empty(stage.folder))
        browser = running.enter_context(sync_playwright()).chromium.launch(executable_path=program, args=[*ARGS, FLAT])
        found = []
        words = count()
        for place, page in enumerate(PAGES):
            stage.say(f"  pictures of {page or 'overview'} ...")
            turned = [*countries[place:], *countries[:place]]
            for kind, act in _acts(turned, words).items():
                with _opened(browser, blank.port) as beside, _opened(browser, own.port, page) as shown:
                    found.append((page, kind, *_measured(shown, beside, act)))
        browser.close()
    rows = []
    for page in PAGES:
        own_rows = [(kind, seconds, base) for name, kind, seconds, base in found if name == page]
        rows.append(
            Row(
                f"widget to finished picture / empty page: {page or 'overview'}",
                f"≤ {MUST}",
                ", ".join(f"{kind} {seconds / base:.2f}" for kind, seconds, base in own_rows),
                ", ".join(f"{milliseconds(seconds)} / {milliseconds(base)}" for _, seconds, base in own_rows),
            )
        )
    return Part("Pictures in a browser", rows)


Act = Callable[[Page], None]


def _acts(countries: list[str], words: Iterator[int]) -> dict[str, Act]:
    """For each kind what changes a filter of the page once more, each time to what nobody has asked for before."""
    names, quick = iter(countries), iter(QUICK)

    def word(page: Page) -> None:
        _type(page.get_by_label(TEXT, exact=True), _text(next(words)))

    def country(page: Page) -> None:
        box = page.get_by_test_id("stSidebar").get_by_role("combobox", name=COUNTRIES, exact=True)
        box.fill(next(names))
        page.get_by_role("option").first.wait_for()
        box.press("Enter")

    def dates(page: Page) -> None:
        page.get_by_test_id("stSidebar").get_by_role("radio", name=next(quick), exact=True).press("Enter")

    return {WORD: word, COUNTRY: country, DATES: dates}


def _text(number: int) -> str:
    """Two letters of most summaries, others for each number."""
    letters = "aeiotnrshldcupmg"
    return f"{letters[number % 16]} {letters[number // 16 % 16]}"


def _type(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Enter")


@contextmanager
def _opened(browser: Browser, port: int, path: str = "") -> Iterator[Page]:
    """A page in a profile of its own, once it has stopped changing."""
    context = browser.new_context(viewport=SIZE, locale="en-GB")
    context.set_default_timeout(TIMEOUT_MS)
    context.add_init_script(WATCH)
    context.route("**/countries.geojson", lambda route: route.fulfill(json=NO_LAND))
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/{path}")
    page.get_by_test_id("stMain").get_by_test_id("stElementContainer").first.wait_for(state="attached")
    page.wait_for_function("bench.finished()")
    yield page
    context.close()


def _measured(shown: Page, beside: Page, act: Act) -> tuple[float, float]:
    """Median seconds of the page and of the empty page; the first change of each does not count."""
    ours, empties = [], []
    for number in range(ROUNDS + 1):
        ours.append(_seconds(shown, act))
        empties.append(_seconds(beside, partial(_type_in_empty, number)))
    return statistics.median(ours[1:]), statistics.median(empties[1:])


def _type_in_empty(number: int, page: Page) -> None:
    _type(page.get_by_role("textbox", name=EMPTY_FIELD, exact=True), f"word {number}")


def _seconds(page: Page, act: Act) -> float:
    page.bring_to_front()  # a page behind another one is drawn seldom
    act(page)
    page.wait_for_function("bench.finished()")
    return float(page.evaluate("bench.last - bench.start")) / 1000
