"""Pictures of every state, for people to look at; and what can be told of a state without looking."""

import re
from pathlib import Path

from playwright.sync_api import Page

NARROW, WIDE = 360, 1280
HEIGHTS = {NARROW: 780, WIDE: 900}
WIDTHS = (NARROW, WIDE)
SCHEMES = ("light", "dark")


class Pictures:
    """Screenshots of a state at each width and in each colour scheme."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, page: Page, state: str, look=None, views=(WIDTHS, SCHEMES)) -> None:
        """`look(width, scheme)` is called with each view in front."""
        before = page.viewport_size
        widths, schemes = views
        for width in widths:
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.screenshot(
                    path=self.folder / f"{state}-{width}-{scheme}.png",
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
