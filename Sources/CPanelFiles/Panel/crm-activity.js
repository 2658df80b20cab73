// The page of one activity: what was said in a call, with whom, about what, and what was promised.
import { h } from './dom.js';
import { day, fullTime, shown } from './format.js';
import { get, pathOf } from './http.js';
import { length, phone } from './crm-values.js';
import { words as all } from './crm-words.js';
import { failure, foreign, loadingRows, longText, pageHead, section } from './pages-parts.js';
import { View } from './pages-view.js';

const words = all.activity;

class CRMActivity extends View {
  state = { page: null, problem: null };

  opened() {
    this.load();
  }

  async load() {
    this.set({ problem: null });
    const path = pathOf('records', 'activities', this.getAttribute('record'));
    const page = await this.attempt((signal) => get(path, { signal }));
    if (page) this.set({ page });
  }

  pageTitle({ page, problem }) {
    if (problem) return all.one.activities;
    return page && subjectOf(page);
  }

  view({ page, problem }) {
    return [
      pageHead({
        up: page?.person && { href: page.person.url, label: shown(page.person.name) },
        kind: page && (all.record.activityKinds[page.activity.kind] ?? all.one.activities),
        title: page ? subjectOf(page) : all.one.activities,
      }),
      problem && failure(problem, () => this.load()),
      !page && !problem && loadingRows(4),
      page && details(page),
    ];
  }
}

const subjectOf = ({ activity }) => shown(activity.subject) ?? all.one.activities;

const link = (summary) => summary && h('a', { href: summary.url, dir: 'auto' },
  shown(summary.name) ?? all.list.noName);

function details({ activity, person, related, direction, outcome, number, followUpOn, followUpText }) {
  const facts = {
    person: link(person),
    related: link(related),
    number: phone(number),
    direction: words.directions[direction] ?? shown(direction),
    outcome: words.outcomes[outcome] ?? shown(outcome),
    at: h('time', { datetime: activity.at }, fullTime(activity.at)),
    duration: length(activity.seconds),
    agent: activity.agent && foreign(activity.agent),
    disposition: activity.disposition && foreign(activity.disposition),
    followUp: followUpOn && [day(followUpOn), followUpText && [' – ', foreign(followUpText)]],
    notes: longText(activity.notes),
  };
  const filled = Object.entries(facts).filter(([, value]) => value);
  return section({ key: 'details', title: all.record.details },
    h('dl', { class: 'details' }, filled.map(([name, value]) => h('div', {
      key: name, class: name === 'notes' && 'detail-wide',
    }, h('dt', { class: 'quiet small' }, words[name]), h('dd', {}, value)))));
}

customElements.define('crm-activity', CRMActivity);
