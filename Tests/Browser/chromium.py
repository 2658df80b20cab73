"""Which browser is used, and how it is started."""

import functools
import os
import re

from playwright.sync_api import BrowserType

PROGRAM = os.environ.get("CALLMATCH_CHROMIUM") or "/usr/bin/chromium"

# Containers have no sandbox of their own. Without a graphics card one would be computed, which costs more than to paint
# without.
ARGUMENTS = ("--no-sandbox", "--disable-gpu")

# With each window Chromium loads two pages of suggestions below its address bar, which nobody sees here and which cost
# more than the page under test.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")


@functools.cache
def arguments(kind: BrowserType) -> list[str]:
    """Of two lists of features that are off, Chromium takes the last: so Playwright's is read and made longer."""
    browser = kind.launch(executable_path=PROGRAM, args=ARGUMENTS)
    line = browser.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"]
    browser.close()
    off = re.search(r"--disable-features=\S+", line)
    assert off, line
    return [*ARGUMENTS, ",".join((off[0], *UNSEEN))]
