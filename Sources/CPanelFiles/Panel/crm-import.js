// Import: choose a file, look at what was recognised, start, watch, read the report. The address
// names the import, so that a reload or a colleague finds it again.
import { shown } from './format.js';
import { get, pathOf, post } from './http.js';
import { readFile } from './crm-file.js';
import { chooseView } from './crm-import-choose.js';
import { previewView } from './crm-import-preview.js';
import { reportView, runningView, undoDialog } from './crm-import-report.js';
import { kindOf, listOf, pageOf } from './crm-kinds.js';
import { words as all } from './crm-words.js';
import { announce } from './pages-frame.js';
import { failure, loadingRows, pageHead, problemText } from './pages-parts.js';
import { renameAddress } from './pages-router.js';
import { View } from './pages-view.js';

const words = all.importing;
const pollEvery = 500; // ms
const pollWhenLost = 3000; // ms, after the server did not answer

class CRMImport extends View {
  empty = {
    import: null, file: null, kind: '', isGuessed: false, refusal: null, problem: null, busy: null,
    isOver: false, isLost: false, isAsking: false, undone: null,
  };

  state = { ...this.empty };

  opened() {
    const id = this.getAttribute('import');
    if (id) this.load(id);
  }

  closed() {
    clearTimeout(this.polling);
  }

  pageTitle(state) {
    if (!state.import) return state.problem || !this.getAttribute('import') ? words.title : null;
    return heading(state);
  }

  async load(id) {
    this.set({ problem: null });
    const found = await this.attempt((signal) => get(pathOf('imports', id), { signal }));
    if (found) this.show(found);
  }

  show(found) {
    const before = this.state.import?.state;
    this.set({ import: found, kind: found.kind ?? '', busy: null, refusal: null, problem: null, isLost: false });
    clearTimeout(this.polling);
    if (found.state === 'running') this.polling = setTimeout(() => this.poll(), pollEvery);
    if (before === undefined || before === found.state) return;
    announce(heading(this.state));
    this.querySelector('h1')?.focus({ preventScroll: true });
  }

  async poll() {
    const { id } = this.state.import;
    const isLost = () => {
      this.set({ isLost: true });
      this.polling = setTimeout(() => this.poll(), pollWhenLost);
    };
    const found = await this.attempt((signal) => get(pathOf('imports', id), { signal }), isLost);
    if (found) this.show(found);
  }

  async take(files) {
    if (this.state.busy) return;
    if (files.length !== 1) {
      this.set({ isOver: false, refusal: files.length ? words.oneFile : null });
      return;
    }
    this.set({ busy: words.reading, refusal: null, isOver: false });
    const read = await readFile(files[0]);
    if (this.signal.aborted) return;
    if (read.refusal) this.set({ busy: null, refusal: read.refusal });
    else await this.send({ name: files[0].name, text: read.text }, read.isGuessed);
  }

  /** Sends the file for a preview; nothing is written yet. */
  async send(file, isGuessed) {
    this.set({ busy: words.sending, file, isGuessed, refusal: null });
    const body = { ...file, kind: this.state.kind || null };
    const refused = (problem) => this.set({ busy: null, refusal: problemText(problem) });
    const found = await this.attempt((signal) => post(pathOf('imports'), body, { signal }), refused);
    if (!found) return;
    renameAddress(pageOf('import', found.id));
    this.show(found);
  }

  async start() {
    if (this.state.busy) return;
    this.set({ busy: words.starting, refusal: null });
    const { id } = this.state.import;
    const refused = (problem) => this.set({ busy: null, refusal: problemText(problem) });
    await this.attempt(async (signal) => {
      await post(pathOf('imports', id, 'start'), {}, { signal });
      this.show(await get(pathOf('imports', id), { signal }));
    }, refused);
  }

  async undo() {
    this.closeDialog();
    this.set({ busy: words.undoing, refusal: null });
    const { id } = this.state.import;
    const refused = (problem) => this.set({ busy: null, refusal: problemText(problem) });
    const undone = await this.attempt((signal) => post(pathOf('imports', id, 'undo'), {}, { signal }), refused);
    if (undone) this.set({ busy: null, undone });
  }

  again() {
    clearTimeout(this.polling);
    renameAddress(pageOf('import'));
    this.set({ ...this.empty });
    this.querySelector('h1')?.focus();
  }

  chooseKind(kind) {
    this.set({ kind });
    if (this.state.file) this.send(this.state.file, this.state.isGuessed);
  }

  view(state) {
    const isLoading = !state.import && this.getAttribute('import') && !state.file && !state.problem;
    return [
      pageHead({ title: heading(state), text: state.import ? null : words.intro }),
      state.problem && failure(state.problem, () => this.load(this.getAttribute('import'))),
      isLoading && loadingRows(),
      !isLoading && !state.problem && this.step(state),
      state.isAsking && undoDialog({
        undo: () => this.undo(), cancelUndo: () => this.closeDialog(), closeUndo: () => this.set({ isAsking: false }),
      }),
    ];
  }

  step(state) {
    const found = state.import;
    const actions = {
      take: (files) => this.take(files), over: (isOver) => this.set({ isOver }),
      kind: (kind) => this.chooseKind(kind), start: () => this.start(), again: () => this.again(),
      askUndo: () => this.set({ isAsking: true }),
    };
    switch (found?.state) {
      case undefined: return chooseView(state, actions);
      case 'preview': return previewView(state, actions);
      case 'running': return runningView(state);
      default: return reportView(state, actions, listOf(found.kind ?? kindOf('contacts')));
    }
  }
}

function heading({ import: found }) {
  const name = { preview: words.preview, running: words.running, finished: words.finished, failed: words.failed };
  return found ? name[found.state](shown(found.name) ?? words.unnamed) : words.title;
}

customElements.define('crm-import', CRMImport);
