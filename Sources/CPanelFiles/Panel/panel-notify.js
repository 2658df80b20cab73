// Desktop notifications of ringing calls, while the page is not in front.
import { shown } from './format.js';
import { numberText, titleOf } from './panel-calls.js';
import { choose } from './panel-selection.js';
import { words } from './words.js';

const open = new Map(); // call id → {notification, name}

export const notificationsAreBlocked = () => !('Notification' in window) || Notification.permission === 'denied';

export async function askForNotifications() {
  if ('Notification' in window && Notification.permission === 'default') await Notification.requestPermission();
}

export function followNotifications(desk) {
  const ringing = new Map(desk.calls.filter((call) => call.state === 'ringing' && call.direction !== 'outbound')
    .map((call) => [call.id, call]));
  for (const [id, { notification }] of open) {
    if (ringing.has(id)) continue;
    notification.close();
    open.delete(id);
  }
  const isWanted = desk.agent.preferences.notifications && !notificationsAreBlocked()
    && Notification.permission === 'granted' && !document.hasFocus();
  if (!isWanted) return;
  // Who it is may be known a moment later: the same notification then says so.
  for (const call of ringing.values()) if (open.get(call.id)?.name !== titleOf(call)) notify(call);
}

// One tag for all tabs: a second tab replaces the notification of the first without a sound.
function notify(call) {
  const name = titleOf(call);
  const number = numberText(call.number);
  try {
    const notification = new Notification(words.calls.titleWhileRinging(name), {
      tag: `callmatch-${call.id}`,
      body: [shown(call.company), number !== name && number].filter(Boolean).join('\n'),
      icon: '/panel/icon.svg', silent: true, requireInteraction: true,
    });
    notification.addEventListener('click', () => {
      window.focus();
      choose(call.id);
      notification.close();
    });
    open.set(call.id, { notification, name });
  } catch {
    // Some mobile browsers have Notification but allow none from a page.
  }
}
