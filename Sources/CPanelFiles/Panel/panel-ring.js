// The ring sound. Of several tabs one rings: the one that holds the lock "callmatch.ring". When it
// closes, the next one goes on.
const lockName = 'callmatch.ring';
const channelName = 'callmatch.ring';
const election = 200; // ms in which tabs without locks agree on one
const volume = 0.12;
const tab = Math.random().toString(36).slice(2);

let audio = null;
let stopRinging = null;
let wanted = false;

/** Rings as long as a call rings here and the agent wants to hear it. */
export function followRing(desk) {
  wanted = desk.agent.preferences.sound
    && desk.calls.some((call) => call.state === 'ringing' && call.can.includes('answer'));
  if (wanted) start();
  else stop();
}

export const soundIsBlocked = () => audio?.state !== 'running';

// Browsers let a page sound only after a click or a key.
function unlock() {
  audio ??= window.AudioContext ? new AudioContext() : null;
  audio?.resume().then(() => wanted && start()).catch(() => {});
}
addEventListener('pointerdown', unlock, { passive: true });
addEventListener('keydown', unlock, { passive: true });

function start() {
  if (stopRinging || soundIsBlocked()) return;
  const over = new AbortController();
  stopRinging = () => over.abort();
  if (navigator.locks) {
    navigator.locks.request(lockName, { signal: over.signal }, () => ring(over.signal)).catch(() => {});
  } else {
    elect(over.signal, ring);
  }
}

function stop() {
  stopRinging?.();
  stopRinging = null;
}

/** Resolves when the ringing is over. */
function ring(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const gain = audio.createGain();
    gain.gain.value = 0;
    gain.connect(audio.destination);
    const tones = [523.25, 659.25].map((frequency) => {
      const tone = audio.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(gain);
      tone.start();
      return tone;
    });
    bursts(gain.gain);
    const timer = setInterval(() => bursts(gain.gain), 3000);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      gain.gain.cancelScheduledValues(audio.currentTime);
      gain.gain.setTargetAtTime(0, audio.currentTime, 0.02);
      tones.forEach((tone) => tone.stop(audio.currentTime + 0.2));
      resolve();
    });
  });
}

// Two soft bursts, then a pause.
function bursts(gain) {
  const now = audio.currentTime;
  for (const start of [0, 0.55]) {
    gain.setTargetAtTime(volume, now + start, 0.03);
    gain.setTargetAtTime(0, now + start + 0.3, 0.08);
  }
}

// Without locks (a page served over plain HTTP) the tab with the smallest name rings. Whoever rings
// has a name before all candidates, and of two that ring the later name gives way.
function elect(signal, work) {
  if (!window.BroadcastChannel) {
    work(signal);
    return;
  }
  const channel = new BroadcastChannel(channelName);
  const beaten = new AbortController();
  let name = `candidate ${tab}`;
  channel.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string') return;
    if (data < name) beaten.abort();
    else if (data > name) channel.postMessage(name);
  });
  channel.postMessage(name);
  setTimeout(() => {
    if (beaten.signal.aborted || signal.aborted) return;
    name = `a ringing ${tab}`;
    channel.postMessage(name);
    work(AbortSignal.any([signal, beaten.signal]));
  }, election);
  signal.addEventListener('abort', () => channel.close());
}
