// Icons as strokes on a 24 × 24 grid. They are decoration: the words beside them are the name.
import { h } from './dom.js';

const handset = 'M5 4h3.2l1.6 4-2 1.5a12 12 0 0 0 6.7 6.7l1.5-2 4 1.6V19a2 2 0 0 1-2.2 2A16.3 16.3 0 0 1 3 6.2 2 2 0 0 1 5 4z';

const strokes = {
  phone: [handset],
  incoming: [handset, 'M20 4l-5.5 5.5M14.5 5v4.5H19'],
  outgoing: [handset, 'M14.5 9.5L20 4M15.5 4H20v4.5'],
  missed: [handset, 'M15 4l5 5M20 4l-5 5'],
  internal: [handset, 'M14 5h6M17.5 2.5L20 5l-2.5 2.5M20 9h-6'],
  hangUp: ['M3.5 14.5c-1-3 3.5-6.5 8.5-6.5s9.5 3.5 8.5 6.5c-.3.9-1.2 1.2-2 1l-2.8-.7a1.5 1.5 0 0 1-1.2-1.5v-1.6a10 10 0 0 0-5 0v1.6a1.5 1.5 0 0 1-1.2 1.5l-2.8.7c-.8.2-1.7-.1-2-1z'],
  hold: ['M9 5v14M15 5v14'],
  play: ['M8 5.5v13l10.5-6.5z'],
  transfer: ['M4 8h14M14.5 4.5L18 8l-3.5 3.5M20 16H6M9.5 12.5L6 16l3.5 3.5'],
  menu: ['M5 7h14M5 12h14M5 17h14'],
  close: ['M6 6l12 12M18 6L6 18'],
  back: ['M14.5 5.5L8 12l6.5 6.5'],
  open: ['M14 5h5v5M19 5l-8 8M11 6H6a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-5'],
  down: ['M6 9.5l6 6 6-6'],
  search: ['M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5'],
  add: ['M12 5v14M5 12h14'],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  warning: ['M12 4.5L21 19.5H3zM12 10.5v4M12 17v.1'],
  people: ['M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3 19.5c.5-3 3-4.5 6-4.5s5.5 1.5 6 4.5M15.5 5.5a3.3 3.3 0 0 1 0 6.3M17.5 15.3c2 .6 3.2 2 3.5 4.2'],
  bell: ['M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4'],
  money: ['M4 7h16v10H4zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z'],
  folder: ['M4 6.5h5.5l2 2.5H20v9.5H4z'],
  mail: ['M4 6h16v12H4zM4.5 6.5L12 13l7.5-6.5'],
  sliders: ['M4 8h8M16 8h4M14 6v4', 'M4 16h3M11 16h9M9 14v4'],
  keyboard: ['M3.5 7h17v10h-17z', 'M7 10.5h.1M10.5 10.5h.1M14 10.5h.1M17 10.5h.1M8.5 13.8h7'],
  exit: ['M13 4.5H6v15h7', 'M10 12h10M16.5 8.5L20 12l-3.5 3.5'],
  building: ['M5 20V5h9v15', 'M14 10h5v10', 'M8 9h3M8 13h3M3.5 20h17'],
  task: ['M5 5h14v14H5zM8.5 12l2.5 2.5 4.5-5'],
};

/** The icon of this name, hidden from screen readers. */
export function icon(name, className = '') {
  const paths = strokes[name].map((line) => h('path', { d: line }));
  return h('svg', { class: ['icon', className], viewBox: '0 0 24 24', 'aria-hidden': 'true' }, paths);
}
