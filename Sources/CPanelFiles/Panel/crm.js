// The built-in CRM's pages: which element shows which address.
import { h } from './dom.js';
import { iconOf, lists, pageAt, pageOf } from './crm-kinds.js';
import { words } from './crm-words.js';
import { dialOnClick } from './crm-dial.js';
import { loadSession, openFrame, showPage } from './pages-frame.js';
import { go, startRouter } from './pages-router.js';
import { pageWords } from './pages-words.js';
import './crm-activity.js';
import './crm-edit.js';
import './crm-import.js';
import './crm-list.js';
import './crm-new.js';
import './crm-record.js';
import './pages-nowhere.js';

const isAdministrator = (agent) => agent?.role === 'administrator';

openFrame({
  product: { name: words.product, href: '/crm' },
  label: words.sections,
  sections: (agent) => [
    ...lists.map((list) => ({ href: pageOf(list), label: words.plurals[list], icon: iconOf(list) })),
    ...(isAdministrator(agent) ? [{ href: pageOf('import'), label: words.import, icon: 'down' }] : []),
  ],
  links: (agent) => [
    { href: '/', label: pageWords.panel },
    ...(isAdministrator(agent) ? [{ href: '/admin', label: pageWords.administration }] : []),
  ],
  main: page,
});

function page(path, agent, visit) {
  const { page: name, list, id } = pageAt(path);
  const key = `${visit}`;
  const about = { key, list, record: id };
  switch (name) {
    case 'list': return h('crm-list', about);
    case 'new': return h('crm-new', about);
    case 'record': return h('crm-record', about);
    case 'activity': return h('crm-activity', about);
    case 'edit': return h('crm-edit', about);
    case 'import':
      // The server refuses everybody else as well; this says why.
      if (agent && !isAdministrator(agent)) return h('page-nowhere', { key, home: '/crm', administrators: true });
      return h('crm-import', { key, import: id });
    default: return h('page-nowhere', { key, home: '/crm' });
  }
}

function show(path, visit) {
  if (pageAt(path).page === 'start') go(pageOf(lists[0]), { replace: true });
  else showPage(path, visit);
}

dialOnClick();
startRouter({ base: '/crm', show, productName: words.product });
loadSession();
