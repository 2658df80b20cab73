// The format of server-sent events, as the HTML standard has it (section 9.2.6, "Interpreting an event stream").

const longest = 8_000_000; // characters of one event; a picture of the desk is far shorter

/** Takes the text of a stream piece by piece, and calls `dispatch({type, data, lastEventId})` for each event. */
export class EventParser {
  /** ms to wait before connecting again, when the server has said. */
  retry = null;
  lastEventId = '';
  #dispatch;
  #rest = '';
  #type = '';
  #data = [];
  #isStart = true;

  constructor(dispatch) {
    this.#dispatch = dispatch;
  }

  feed(text) {
    let pending = this.#rest + text;
    if (this.#isStart && pending) {
      this.#isStart = false;
      if (pending.startsWith('\ufeff')) pending = pending.slice(1);
    }
    // A carriage return at the end may be half of a line's end.
    const isHalf = pending.endsWith('\r');
    const lines = (isHalf ? pending.slice(0, -1) : pending).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() + (isHalf ? '\r' : '');
    for (const line of lines) this.#line(line);
    if (this.#rest.length > longest) throw new RangeError('An event is too long.');
  }

  #line(line) {
    if (line === '') {
      this.#end();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.lastEventId = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
  }

  #end() {
    const [type, data] = [this.#type || 'message', this.#data];
    this.#type = '';
    this.#data = [];
    if (data.length > 0) this.#dispatch({ type, data: data.join('\n'), lastEventId: this.lastEventId });
  }
}
