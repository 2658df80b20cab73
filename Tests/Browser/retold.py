"""A page that is told something else than the server says: states that are hard to bring about."""

import json

from playwright.sync_api import BrowserContext, Error, Page, Route

# Every picture of the desk goes through `retold` before the panel gets it.
STREAM = """() => {
  const Stream = window.EventSource;
  let changes = { crm: {}, call: null };
  let last = null;
  let tell = null;
  const retold = () => {
    const desk = JSON.parse(last);
    Object.assign(desk.organisation.crm, changes.crm);
    for (const call of changes.call ? desk.calls : []) {
      Object.assign(call, changes.call);
      if (call.log && !call.person) call.log.person = null;
    }
    tell({ data: JSON.stringify(desk) });
  };
  window.retell = (wanted) => {
    changes = { ...changes, ...wanted };
    if (last) retold();
  };
  window.EventSource = class extends Stream {
    addEventListener(type, listener) {
      if (type !== 'desk') return super.addEventListener(type, listener);
      tell = listener;
      return super.addEventListener(type, (event) => {
        last = event.data;
        retold();
      });
    }
  };
}"""


def retell_desk(context: BrowserContext) -> None:
    """Before the page is opened; `tell` then says what."""
    context.add_init_script(f"({STREAM})()")


def tell(page: Page, **changes: dict | None) -> None:
    """`crm`: fields of the organisation's CRM. `call`: of every live call; None for its own."""
    page.evaluate("(changes) => retell(changes)", changes)


def answer(page: Page, pattern: str, change) -> None:
    """What the server answers to these requests, changed."""

    def handle(route: Route) -> None:
        told = route.fetch()
        try:
            body = told.json()
        except Error as error:
            # The page has gone on to another address meanwhile: nobody waits for this answer.
            if "disposed" not in error.message:
                raise
            return
        change(body)
        route.fulfill(response=told, body=json.dumps(body))

    page.route(pattern, handle)
