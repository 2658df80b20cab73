// Pages are drawn from descriptions: a view is a pure function that returns what should be there,
// and `draw` changes the document as little as it can. Text becomes text nodes, never markup.

const properties = new Set(['value', 'checked', 'selected', 'indeterminate', 'muted']);
const svgTags = new Set(['svg', 'path', 'circle', 'rect', 'line', 'g', 'polyline']);
const svgNamespace = 'http://www.w3.org/2000/svg';
const drawnAs = new WeakMap(); // node → the description it shows

/**
 * Describes an element. Props: `key` (keeps the element among siblings), `class` (text or a list
 * with falsy entries), `on` ({click: f}), attributes, and the live properties above.
 * `null`, `undefined` and `false` props and children are left out.
 */
export function h(tag, props, ...children) {
  const { key = null, on = {}, ...attributes } = props ?? {};
  return { tag, key, on, attributes, children: children.flat(Infinity).filter(isShown) };
}

/** Makes the children of `container` what the descriptions say; focus, caret and scroll stay. */
export function draw(container, ...descriptions) {
  const focused = document.activeElement;
  drawChildren(container, descriptions.flat(Infinity).filter(isShown));
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

/** A new element for a description, for code that places it itself. */
export function build(description) {
  if (typeof description !== 'object') return document.createTextNode(String(description));
  const { tag } = description;
  const node = svgTags.has(tag)
    ? document.createElementNS(svgNamespace, tag)
    : document.createElement(tag);
  update(node, description);
  return node;
}

/** The address if a page may link to it (http, https, tel, mailto or a path of ours), else null. */
export function safeAddress(address) {
  if (typeof address !== 'string') return null;
  if (/^[/?#](?![/\\])/.test(address)) return address;
  return /^(https?:\/\/|tel:\+?[0-9]|mailto:)/i.test(address) ? address : null;
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false && child !== true && child !== '';
}

function drawChildren(parent, descriptions) {
  if (drawInPlace(parent, descriptions)) return;
  const old = [...parent.childNodes];
  const keyed = new Map();
  const unkeyed = [];
  for (const node of old) {
    const key = drawnAs.get(node)?.key ?? null;
    if (key === null) unkeyed.push(node);
    else keyed.set(key, node);
  }
  const kept = new Set();
  const next = descriptions.map((description) => {
    const found = take(description, keyed, unkeyed, kept);
    if (found) kept.add(found);
    return [found, description];
  });
  for (const node of old) if (!kept.has(node)) node.remove();
  let cursor = parent.firstChild;
  for (const [found, description] of next) {
    if (found && found === cursor) cursor = cursor.nextSibling;
    if (found) update(found, description);
    const node = found ?? build(description);
    if (node.parentNode !== parent || node.nextSibling !== cursor) place(parent, node, cursor);
  }
}

// Mostly the same elements are there in the same order: then nothing is sorted or moved.
function drawInPlace(parent, descriptions) {
  let node = parent.firstChild;
  for (const description of descriptions) {
    if (!node || !isSame(node, description)) return false;
    if ((drawnAs.get(node)?.key ?? null) !== (description.key ?? null)) return false;
    node = node.nextSibling;
  }
  if (node) return false;
  node = parent.firstChild;
  for (const description of descriptions) {
    const next = node.nextSibling;
    update(node, description);
    node = next;
  }
  return true;
}

function take(description, keyed, unkeyed, kept) {
  if (typeof description === 'object' && description.key !== null) {
    const node = keyed.get(description.key);
    return node && !kept.has(node) && isSame(node, description) ? node : null;
  }
  const index = unkeyed.findIndex((node) => isSame(node, description));
  return index < 0 ? null : unkeyed.splice(0, index + 1).at(-1);
}

function isSame(node, description) {
  if (typeof description !== 'object') return node.nodeType === Node.TEXT_NODE;
  return node.nodeType === Node.ELEMENT_NODE && node.localName === description.tag;
}

// `moveBefore` keeps focus and animations of what it moves; where it is missing, `draw` refocuses.
function place(parent, node, before) {
  if (node.isConnected && parent.moveBefore) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

function update(node, description) {
  if (typeof description !== 'object') {
    const text = String(description);
    if (node.data !== text) node.data = text;
    return;
  }
  const before = drawnAs.get(node);
  drawnAs.set(node, description);
  for (const name of Object.keys(before?.attributes ?? {})) {
    if (!(name in description.attributes)) write(node, name, null);
  }
  for (const name of Object.keys(description.attributes)) {
    const value = description.attributes[name];
    const isKnown = before && before.attributes[name] === value && name !== 'open';
    if (!isKnown && !isLive(node, name)) write(node, name, value);
  }
  for (const type of Object.keys(description.on)) {
    if (!before?.on[type]) node.addEventListener(type, dispatch);
  }
  // A custom element that is described without children looks after its own.
  if (description.children.length > 0 || !description.tag.includes('-')) {
    drawChildren(node, description.children);
  }
  // Last, because a select takes its value only once it has its options.
  for (const name of properties) {
    if (name in description.attributes && isLive(node, name)) writeProperty(node, name, description.attributes[name]);
  }
}

// What the user changes is a property; the attribute of that name would only be its start value.
function isLive(node, name) {
  return properties.has(name) && name in node && node.localName !== 'progress';
}

function dispatch(event) {
  drawnAs.get(event.currentTarget)?.on[event.type]?.(event);
}

function write(node, name, value) {
  if (name === 'style' || name === 'srcdoc' || name.startsWith('on')) {
    throw new Error(`${name} must not be set from a description`);
  }
  let text = value;
  if (name === 'class' && Array.isArray(value)) text = value.filter(Boolean).join(' ');
  if (name === 'href' || name === 'src') text = safeAddress(value);
  if (typeof value === 'boolean' && !name.startsWith('aria-')) text = value ? '' : null;
  if (text === null || text === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(text)) node.setAttribute(name, String(text));
}

function writeProperty(node, name, value) {
  const wanted = name === 'value' ? String(value ?? '') : Boolean(value);
  if (node[name] === wanted) return;
  const caret = name === 'value' && node === document.activeElement ? selection(node) : null;
  node[name] = wanted;
  if (caret) node.setSelectionRange(...caret);
}

function selection(field) {
  const hasCaret = typeof field.selectionStart === 'number';
  return hasCaret ? [field.selectionStart, field.selectionEnd] : null;
}
