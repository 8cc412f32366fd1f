/**
 * A lab in a process of its own that trains until it is killed: it pauses once (a checkpoint), goes on,
 * then reports.
 */
import { hasStatus, startTestLab, valueIn } from '../lab/open-lab.ts';

const lab = startTestLab(process.argv[2]!);
const window = lab.openWindow();
const source = { kind: 'template', name: 'hello-rnn' } as const;
const { path } = valueIn(await window.api.createProject({ source, path: null }));
const edit = { kind: 'training', patch: { epochs: 1_000_000 } } as const;
valueIn(await window.api.edit({ edit, label: { key: 'edit_test', values: {} } }));
const { id } = valueIn(await window.api.newRun());
const go = { runId: id, command: { kind: 'run', epochsPerSecond: 100 } } as const;
valueIn(await window.api.controlRun(go));
await window.runIs(id, ({ progress }) => progress.epoch >= 5);
valueIn(await window.api.controlRun({ runId: id, command: { kind: 'pause' } }));
const paused = await window.runIs(id, hasStatus('paused'));
valueIn(await window.api.controlRun(go));
await window.runIs(id, ({ progress }) => progress.epoch > paused.progress.epoch + 5);
process.send!({ path, runId: id, pausedAt: paused.progress.epoch });
