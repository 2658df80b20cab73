// The page around the panel, when it speaks Open CTI: it fits where panel-host.js asks for a host page.
import { OpenCTI, originIn, usualVersion } from './open-cti.js';

const kinds = { contact: 'Contact', lead: 'Lead' };
const icons = { idle: 'call', call: 'call', ended: 'end_call' };
const longestNumber = 64; // characters; what is displayed as a number and is longer is none

/** The page in whose frame we are, or null: not in a frame, or its address does not say whose. */
export function openCTIPage() {
  const origin = originIn(location.search);
  return origin && parent !== window ? new OpenCTIPage(origin) : null;
}

class OpenCTIPage {
  #cti;
  #origin;

  constructor(origin) {
    this.#origin = origin;
    this.#cti = new OpenCTI(parent, origin);
    this.#quietly('notifyInitializationComplete');
  }

  /** What the server says of the CRM. Its version may be another than the usual one. */
  follow({ openCTI }) {
    const version = Number.isInteger(openCTI?.version) ? openCTI.version : usualVersion;
    if (version === this.#cti.version) return;
    this.#cti.version = version;
    this.#quietly('notifyInitializationComplete');
  }

  /**
   * Opens a record `{record}`, the form for a new one `{newRecord, phone, name}`, a search `{search}` or a page of the
   * CRM `{address}`. Rejects when the page refuses or does not answer.
   */
  pop(target) {
    return this.#cti.call('screenPop', this.#destination(target));
  }

  /** Whether `pop` can open this address: it is one of the page's own origin. */
  opens(address) {
    try {
      return new URL(address).origin === this.#origin;
    } catch {
      return false;
    }
  }

  /** Calls `dial` with each number clicked on the page, as it is displayed there. */
  onDial(dial) {
    this.#cti.listen('onClickToDial', ({ number }) => {
      const text = typeof number === 'string' ? number.trim() : '';
      if (text && text.length <= longestNumber) dial(text);
    });
  }

  /** Calls `see` when the agent has gone to a record on the page. */
  onRecord(see) {
    this.#cti.listen('onNavigationChange', ({ recordId }) => {
      if (typeof recordId === 'string' && recordId) see();
    });
  }

  setCanDial(canDial) {
    this.#quietly(canDial ? 'enableClickToDial' : 'disableClickToDial');
  }

  show() {
    this.#quietly('setSoftphonePanelVisibility', { visible: true });
  }

  hide() {
    this.#quietly('setSoftphonePanelVisibility', { visible: false });
  }

  setLabel(label) {
    this.#quietly('setSoftphonePanelLabel', { label });
  }

  /** `state`: idle, call or ended. */
  setIcon(state) {
    this.#quietly('setSoftphonePanelIcon', { key: icons[state] });
  }

  #destination({ record, newRecord, phone, name, search, address }) {
    if (record) return { type: 'sobject', params: { recordId: record } };
    if (search) return { type: 'search', params: { searchString: search } };
    if (address) {
      const { pathname, search: query, hash } = new URL(address);
      return { type: 'url', params: { url: pathname + query + hash } };
    }
    const values = { ...(phone && { Phone: phone }), ...(name && { LastName: name }) };
    return { type: 'newRecord', params: { entityName: kinds[newRecord], defaultFieldValues: values } };
  }

  // What goes wrong here is nothing that an agent could mend.
  async #quietly(method, args) {
    try {
      await this.#cti.call(method, args);
    } catch (error) {
      console.info(String(error));
    }
  }
}
