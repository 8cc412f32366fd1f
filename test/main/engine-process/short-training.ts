/**
 * A whole lab with its engine in the Node that runs this file: `short-training.ts HOME`. It trains
 * hello-rnn to the end and sends the engine's description and every epoch as stored in the project file.
 */
import { hasStatus, startHelloLab, valueIn } from '../lab/open-lab.ts';

const { lab, window } = await startHelloLab(process.argv[2]!);
const { id } = valueIn(await window.api.newRun());
valueIn(await window.api.controlRun({ runId: id, command: { kind: 'run', epochsPerSecond: null } }));
await window.runIs(id, hasStatus('finished'));
const { engine } = await window.api.describe();
const rows = valueIn(await window.api.getEpochs({ runId: id, since: 0, limit: 1000 }));
await lab.close();
process.send!({ engine, rows });
process.disconnect();
