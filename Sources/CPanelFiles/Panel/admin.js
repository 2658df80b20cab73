// The administration: which element shows which address.
import { h } from './dom.js';
import { words } from './admin-words.js';
import { loadSession, openFrame, showPage } from './pages-frame.js';
import { go, startRouter } from './pages-router.js';
import { pageWords } from './pages-words.js';
import './admin-call-log.js';
import './admin-connections.js';
import './admin-deliveries.js';
import './admin-health.js';
import './admin-matching.js';
import './admin-nodes.js';
import './admin-people.js';
import './elements.js';
import './pages-nowhere.js';

const base = '/admin';
const icons = {
  health: 'check', matching: 'search', 'call-log': 'task', people: 'people', connections: 'transfer',
  deliveries: 'mail', nodes: 'building',
};

openFrame({
  product: { name: words.brand, href: base },
  label: words.sections,
  sections: () => Object.entries(words.pages).map(([name, label]) => ({
    href: `${base}/${name}`, label, icon: icons[name],
  })),
  links: () => [{ href: '/', label: pageWords.panel }, { href: '/crm', label: pageWords.crm }],
  main: page,
});

function page(path, agent, visit) {
  const key = `${visit}`;
  const name = path.slice(base.length + 1);
  // The server refuses everybody else as well; this says why.
  if (agent && agent.role !== 'administrator') return h('page-nowhere', { key, home: '/', administrators: true });
  if (!Object.hasOwn(words.pages, name)) return h('page-nowhere', { key, home: base });
  return h(`admin-${name}`, { key });
}

function show(path, visit) {
  if (path.replace(/\/$/, '') === base) go(`${base}/health`, { replace: true });
  else showPage(path, visit);
}

startRouter({ base, show, productName: words.product });
loadSession();
