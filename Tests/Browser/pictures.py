"""Pictures of every state, for people to look at; and what can be told of a state without looking."""

import re
from pathlib import Path

from playwright.sync_api import Page

NARROW, WIDE = 360, 1280
HEIGHTS = {NARROW: 780, WIDE: 900}
SCHEMES = ("light", "dark")
EVERY = tuple((width, scheme) for width in HEIGHTS for scheme in SCHEMES)
# Each width and each colour scheme once.
EACH_ONCE = ((NARROW, "light"), (WIDE, "dark"))

# A list that is longer shows more of the same.
MOST_HEIGHT = 2400


class Pictures:
    """Screenshots of a state, each at a width and in a colour scheme."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, page: Page, state: str, look=None, views=EVERY) -> None:
        """`look(width, scheme)` is called with each view in front."""
        before = page.viewport_size
        # Chromium paints a tab that lies behind another one only now and then.
        page.bring_to_front()
        for width, scheme in views:
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.screenshot(
                path=self.folder / f"{state}-{width}-{scheme}.png",
                clip={"x": 0, "y": 0, "width": width, "height": min(height(page), MOST_HEIGHT)},
                full_page=True,
                animations="disabled",
            )
            if look:
                look(width, scheme)
            wide = overflow(page)
            assert not wide, f"{state} is wider than {width} px: {wide}"
        page.set_viewport_size(before)

    def failure(self, page: Page, test: str) -> None:
        name = re.sub(r"\W+", "-", test)[:100]
        page.screenshot(path=self.folder / f"failed-{name}.png", full_page=True)


def height(page: Page) -> int:
    return page.evaluate("() => document.documentElement.scrollHeight")


OVERFLOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
    .map((element) => `${element.localName}#${element.id}.${element.className}: `
      + element.textContent.slice(0, 60));
  return [`${root.scrollWidth} > ${root.clientWidth}`, ...wide.slice(0, 5)];
}"""


def overflow(page: Page) -> list[str]:
    """What stands out of the window to the side; nothing, where all is well."""
    return page.evaluate(OVERFLOW)
