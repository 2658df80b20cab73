// A CRM's page that has a telephone panel in its frame and speaks Open CTI with it. It is strict: what a real page
// might forgive is written down as a mistake. Written from what is known of the messages, with no code of any vendor.
//
// Tests read `host.calls` and `host.mistakes`, set `host.answers`, and use `host.fire`.
const settings = new URLSearchParams(location.search);
const panel = document.getElementById('panel');
const address = new URL(settings.get('panel'));
const recordID = /^[A-Za-z0-9-]{1,64}$/;

const host = {
  version: Number(settings.get('version') ?? 43),
  calls: [], // {method, args} of each request that was in order
  mistakes: [],
  otherVersions: new Set(), // asked for in vain
  listeners: new Set(),
  answers: {}, // method → 'error' | 'late'; else it succeeds
  held: [], // what is answered late
  canDial: false,
  icon: null,
  nextID: 0,

  /** As the page does it when somebody clicks a number, or goes elsewhere. */
  fire(methodName, response, more = {}) {
    const message = { apiVersion: host.version, apiType: 'opencti', methodName, callId: 0, response, ...more };
    panel.contentWindow.postMessage(message, address.origin);
  },
  post: (message) => panel.contentWindow.postMessage(message, address.origin),
  answerLate: () => host.held.splice(0).forEach((message) => answer(message)),
  minimise: () => document.getElementById('phone').classList.add('is-minimised'),
};

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string' && value.length > 0;
const hasOnly = (value, ...names) => isPlain(value) && Object.keys(value).sort().join() === names.sort().join();
const nothing = (args) => hasOnly(args);

const destinations = {
  sobject: (params) => hasOnly(params, 'recordId') && recordID.test(params.recordId),
  url: (params) => hasOnly(params, 'url') && /^\/(?!\/)/.test(params.url),
  search: (params) => hasOnly(params, 'searchString') && isText(params.searchString)
    && params.searchString.length >= 3,
  newRecord: (params) => hasOnly(params, 'entityName', 'defaultFieldValues')
    && ['Contact', 'Lead', 'Account'].includes(params.entityName)
    && isPlain(params.defaultFieldValues) && Object.values(params.defaultFieldValues).every(isText),
};

// What each method takes, and what it does to this page.
const methods = {
  notifyInitializationComplete: [nothing],
  enableClickToDial: [nothing, () => { host.canDial = true; }],
  disableClickToDial: [nothing, () => { host.canDial = false; }],
  onClickToDial: [nothing],
  onNavigationChange: [nothing],
  screenPop: [(args) => hasOnly(args, 'type', 'params') && Boolean(destinations[args.type]?.(args.params)),
    ({ params }) => { document.getElementById('record').textContent = Object.values(params)[0]; }],
  setSoftphonePanelVisibility: [(args) => hasOnly(args, 'visible') && typeof args.visible === 'boolean',
    ({ visible }) => document.getElementById('phone').classList.toggle('is-minimised', !visible)],
  setSoftphonePanelLabel: [(args) => hasOnly(args, 'label') && isText(args.label),
    ({ label }) => { document.getElementById('label').textContent = label; }],
  setSoftphonePanelIcon: [(args) => hasOnly(args, 'key') && /^[a-z_]+$/.test(args.key),
    ({ key }) => { host.icon = key; }],
};
const listening = ['onClickToDial', 'onNavigationChange'];

function whatIsWrong(message) {
  const names = ['methodName', 'callId', 'apiVersion', 'apiType', 'isCallbackRegistered', 'isListenerRegistered', 'args'];
  if (!hasOnly(message, ...names)) return 'its fields are others';
  if (message.apiType !== 'opencti' || !Number.isInteger(message.apiVersion)) return 'it is of another kind';
  // A panel that is loaded anew counts from 0.
  if (![0, host.nextID].includes(message.callId)) return `its number is not ${host.nextID}`;
  const method = methods[message.methodName];
  if (!method) return 'there is no such method';
  if (!method[0](message.args)) return 'these are not its arguments';
  const isListener = listening.includes(message.methodName);
  if (message.isListenerRegistered !== isListener) return 'a listener is missing, or not asked for';
  return typeof message.isCallbackRegistered === 'boolean' ? null : 'it does not say whether it wants an answer';
}

function take(message) {
  const wrong = whatIsWrong(message);
  host.nextID = Number.isInteger(message?.callId) ? message.callId + 1 : host.nextID;
  if (wrong) {
    host.mistakes.push(`${wrong}: ${JSON.stringify(message)}`);
    return;
  }
  if (message.apiVersion !== host.version) {
    host.otherVersions.add(message.apiVersion);
    return;
  }
  const { methodName, args } = message;
  host.calls.push({ method: methodName, args });
  const how = host.answers[methodName];
  if (how !== 'error') methods[methodName][1]?.(args);
  if (listening.includes(methodName)) host.listeners.add(methodName);
  else if (how === 'late') host.held.push(message);
  else if (message.isCallbackRegistered) answer(message, how);
}

function answer({ methodName, callId, apiVersion, apiType }, how) {
  const response = how === 'error'
    ? { success: false, returnValue: null, errors: [{ code: 'X', description: 'The page would not.' }] }
    : { success: true, returnValue: null, errors: null };
  host.post({ methodName, callId, apiVersion, apiType, response });
}

addEventListener('message', (event) => {
  if (event.source !== panel.contentWindow) return;
  if (event.origin !== address.origin) host.mistakes.push(`a message from ${event.origin}`);
  // The test's own: all that the panel sent before has come.
  else if (event.data === 'settled') host.isSettled = true;
  else take(event.data);
});

for (const name of ['width', 'height']) {
  if (settings.has(name)) panel.style.setProperty(`--${name}`, `${settings.get(name)}px`);
}
address.searchParams.set('sfdcIframeOrigin', settings.get('claims') ?? location.origin);
address.searchParams.set('mode', 'Lightning');
panel.src = address.href;
window.host = host;
