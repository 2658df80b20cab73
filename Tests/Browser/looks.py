"""How a state looks and reads: pictures for people, and axe-core's rules for screen readers and contrast."""

from axe_playwright_python.sync_playwright import Axe
from pictures import EACH_ONCE, SCHEMES, Pictures
from playwright.sync_api import Locator, Page

# A page that is far higher than what it shows scrolls into nothing.
BLANK = """() => {
  const main = document.querySelector('main').getBoundingClientRect();
  const bottom = Math.max(main.bottom + scrollY, innerHeight);
  return Math.round(document.documentElement.scrollHeight - bottom);
}"""
MOST_BLANK = 200  # px; room for what lies over the foot of the page


class Looks:
    """Takes the pictures of a state and holds it against the rules."""

    def __init__(self, pictures: Pictures):
        self._pictures = pictures
        self._axe = Axe()
        self.faults: list[str] = []

    def at(self, page: Page, state: str) -> None:
        def check(width: int, scheme: str) -> None:
            # Contrast differs by scheme, structure by width.
            if (width, scheme) in EACH_ONCE:
                self.faults += [f"{state} {width} {scheme}: {each}" for each in self._against(page)]

        # The pointer still lies where something was pressed, often on what stands there now.
        page.mouse.move(0, 0)
        page.evaluate("() => scrollTo(0, 0)")
        self._pictures.take(page, state, check)
        blank = page.evaluate(BLANK)
        if blank > MOST_BLANK:
            self.faults.append(f"{state}: {blank} px of nothing below the page")

    def under_the_mouse(self, page: Page, state: str, control: Locator) -> None:
        """The rules again, with the pointer on a control."""
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            control.hover()
            self.faults += [f"{state} {scheme}, pointed at: {each}" for each in self._against(page)]

    def _against(self, page: Page) -> list[str]:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(self._axe.axe_script)
        found = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {', '.join(map(str, node['target']))}"
            f" {' '.join(node.get('failureSummary', '').split())[:300]}"
            for rule in found
            for node in rule["nodes"][:5]
        ]
