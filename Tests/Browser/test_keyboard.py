"""Everything without a mouse: with the shortcuts, and with Tab, arrows, Enter and Space alone."""

import pytest
from customers import ADA, KONTOR, free_number
from playwright.sync_api import Locator, Page, expect

# What has the focus, in words for a failure.
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  return `${at.localName} ${(at.ariaLabel || at.labels?.[0]?.innerText || at.innerText || at.id)
    .trim().replaceAll('\\n', ' ').slice(0, 80)}`;
}"""

# True when the focus comes to an element a second time.
HAS_BEEN_HERE = """() => {
  window.visited ??= new Set();
  const here = visited.has(document.activeElement);
  visited.add(document.activeElement);
  return here;
}"""

# Whether the focus can be seen: on the element or on the label that stands for it.
RINGED = """() => {
  const at = document.activeElement;
  return [at, at.closest('label')].filter(Boolean).some((element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return outline || style.boxShadow !== 'none';
  });
}"""


def focused(page: Page) -> str | None:
    return page.evaluate(FOCUSED)


def tab(page: Page) -> str | None:
    """Presses Tab; what has the focus then is to be seen. `None` between the end and the start."""
    page.keyboard.press("Tab")
    at = focused(page)
    assert at is None or page.evaluate(RINGED), f"nothing shows that the focus is on {at}"
    return at


def tab_to(page: Page, goal: Locator, most: int = 100) -> None:
    """Presses Tab until the goal has the focus."""
    expect(goal).to_be_visible()
    for _ in range(most):
        tab(page)
        if goal.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{most} Tabs do not lead to {goal}")


def test_a_call_by_shortcuts_alone(desk):
    call = desk.ring(KONTOR)
    panel, keys = desk.panel, desk.page.keyboard
    expect(panel.button("Answer")).to_be_visible()
    keys.press("Alt+a")
    expect(panel.button("Hang up")).to_be_visible()
    keys.press("Alt+m")
    tab_to(desk.page, panel.choice("Wiebke Petersen"))
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    keys.press("Enter")
    expect(panel.person).to_contain_text("Wiebke Petersen")
    keys.press("Alt+b")
    tab_to(desk.page, panel.choice("Lars Clausen"))
    keys.press("Enter")
    expect(panel.person).to_contain_text("Lars Clausen")
    keys.press("Alt+n")
    expect(panel.notes).to_be_focused()
    keys.type("Written without a mouse.")
    keys.press("Tab")
    expect(panel.disposition).to_be_focused()
    keys.type("Call")
    expect(panel.disposition).to_have_value("Call back")
    keys.press("Alt+h")
    expect(panel.button("Retrieve")).to_be_visible()
    keys.press("Alt+h")
    expect(panel.button("Hold")).to_be_visible()
    keys.press("Alt+u")
    expect(panel.button("Done")).to_be_visible()
    keys.press("Alt+Enter")
    expect(panel.idle).to_be_visible()
    filed = desk.filed(call)
    assert filed["person"]["name"] == "Lars Clausen"
    filed = filed["activity"]
    assert (filed["notes"], filed["disposition"]) == ("Written without a mouse.", "Call back")


def test_a_call_by_tab_enter_and_space_alone(desk):
    call = desk.ring(KONTOR)
    panel, page, keys = desk.panel, desk.page, desk.page.keyboard
    tab_to(page, panel.button("Answer"))
    keys.press("Enter")
    expect(panel.button("Hang up")).to_be_visible()
    assert focused(page) is not None, "the focus stays near the call"
    tab_to(page, panel.matches(5))
    keys.press("Space")
    tab_to(page, panel.choice("Nils Jäger"))
    keys.press("Enter")
    expect(panel.person).to_contain_text("Nils Jäger")
    expect(panel.caller.get_by_role("heading", name="Nils Jäger Contact")).to_be_focused()
    tab_to(page, panel.tab("Activity"))
    keys.press("ArrowRight")
    expect(panel.tab("Opportunities")).to_have_attribute("aria-selected", "true")
    expect(panel.tab("Opportunities")).to_be_focused()
    tab_to(page, panel.scope("Account"))
    keys.press("ArrowRight")
    expect(panel.scope("Contact")).to_be_checked()
    tab_to(page, panel.notes)
    keys.type("By Tab.")
    tab_to(page, panel.disposition)
    keys.press("ArrowDown")
    expect(panel.disposition).to_have_value("Resolved")
    tab_to(page, panel.button("Hang up"))
    keys.press("Space")
    expect(panel.button("Done")).to_be_visible()
    tab_to(page, panel.button("Done"))
    keys.press("Enter")
    expect(panel.idle).to_be_visible()
    filed = desk.filed(call)
    assert filed["person"]["name"] == "Nils Jäger"
    assert (filed["activity"]["notes"], filed["activity"]["disposition"]) == ("By Tab.", "Resolved")


def test_finding_a_person_by_keyboard(desk, admin):
    call = desk.ring(free_number(admin))
    panel, keys = desk.panel, desk.page.keyboard
    expect(panel.button("Answer")).to_be_visible()
    keys.press("Alt+a")
    expect(panel.button("Hang up")).to_be_visible()
    keys.press("Alt+s")
    expect(panel.search).to_be_focused()
    keys.type("babbage")
    expect(panel.results.get_by_role("button", name="Charles Babbage Contact")).to_be_visible()
    expect(panel.results).not_to_have_attribute("aria-busy", "true")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(panel.person).to_contain_text("Charles Babbage")
    assert desk.call(call)["log"]["person"]["name"] == "Charles Babbage"


@pytest.mark.parametrize(
    "shortcut, button", [("Alt+c", "New contact"), ("Alt+l", "New lead")], ids=["contact", "lead"]
)
def test_creating_a_person_by_keyboard(desk, admin, shortcut, button):
    desk.ring(free_number(admin))
    expect(desk.panel.button(button)).to_be_visible()
    with desk.context.expect_page() as opening:
        desk.page.keyboard.press(shortcut)
    page = opening.value
    expect(page.get_by_role("heading", level=1, name=button)).to_be_visible()
    page.bring_to_front()
    tab_to(page, page.get_by_role("textbox", name="Last Name"))
    page.keyboard.type("Keyboarder")
    page.keyboard.press("Enter")
    expect(desk.panel.call("Keyboarder")).to_be_visible()


def test_question_mark_lists_the_shortcuts_and_escape_closes_them(desk):
    page = desk.page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    for action in ("Answer", "Decline", "Hang up", "Multiple Matches", "Back", "Notes", "Done"):
        expect(dialog.get_by_text(action, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_dialog_keeps_the_focus_and_gives_it_back(desk):
    page, keys = desk.page, desk.page.keyboard
    tab_to(page, desk.panel.button("Ring me"))
    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Ring me")
    expect(dialog.get_by_role("button", name=ADA.name)).to_be_visible()
    for _ in range(30):
        tab(page)
        inside = page.evaluate("() => Boolean(document.activeElement.closest('dialog'))")
        assert inside or focused(page) is None, focused(page)
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(desk.panel.button("Ring me")).to_be_focused()


def test_tab_reaches_every_button_and_field_and_comes_back(desk):
    desk.ring(ADA.number)
    desk.panel.answer()
    expect(desk.panel.notes).to_be_visible()
    reached = set()
    while not desk.page.evaluate(HAS_BEEN_HERE):
        reached.add(tab(desk.page))
        assert len(reached) < 200, "Tab does not come back to where it began"
    for name in ("Menu", "Hang up", "Hold", "Transfer", "Someone else", "New contact", "Subject"):
        assert any(at and at.endswith(f" {name}") for at in reached), f"{name}: {reached}"
    for name in ("Notes", "Disposition", "Add a follow-up", "Search recent calls"):
        assert any(at and at.endswith(f" {name}") for at in reached), f"{name}: {reached}"


def test_typing_is_not_disturbed_by_a_call_that_rings(desk):
    desk.ring(ADA.number)
    panel, keys = desk.panel, desk.page.keyboard
    panel.answer()
    panel.notes.click()
    keys.type("First half, ")
    desk.ring(KONTOR)
    expect(panel.call("040 66969100")).to_be_visible()
    expect(panel.notes).to_be_focused()
    keys.type("second half.")
    expect(panel.notes).to_have_value("First half, second half.")
    expect(panel.person).to_contain_text(ADA.name)
