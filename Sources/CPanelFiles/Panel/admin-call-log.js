// Call log: which calls are logged, and what agents fill in.
import { group, SettingsPage } from './admin-settings.js';
import { words as all } from './admin-words.js';
import { pathOf } from './http.js';
import { numberField } from './pages-fields.js';

const words = all.callLog;
const longestWrapUp = 3600; // seconds; the server has the last word

class AdminCallLog extends SettingsPage {
  path = pathOf('admin', 'call-log');
  heading = all.pages['call-log'];
  words = words;

  unreadable({ wrapUpSeconds }) {
    return Number.isInteger(wrapUpSeconds) ? {} : { wrapUpSeconds: words.wrapUpSeconds.whole };
  }

  form() {
    return [
      group('agents', words.groups.agents, this.list('dispositions', { isOrdered: true }), this.wrapUp()),
      group('which', words.groups.which, ['logInbound', 'logOutbound', 'logInternal', 'logMissed'].map(this.check)),
      group('never', words.groups.never,
        this.list('excludedNumbers', { input: { inputmode: 'tel', dir: 'ltr' } }), this.list('excludedQueues')),
    ];
  }

  wrapUp = () => numberField({ ...this.about('wrapUpSeconds'), min: 0, max: longestWrapUp });
}

customElements.define('admin-call-log', AdminCallLog);
