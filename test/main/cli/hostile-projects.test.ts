/**
 * Malicious project files given to `ohlol inspect` and `ohlol export`: as in the lab, each gets one
 * sentence, never a hang or an error of the program, and the file stays unchanged.
 */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { weightsDocument } from '../../../engine/formats/weights.ts';
import type { SequenceExperiment } from '../../../engine/model/experiment.ts';
import { findTemplate } from '../../../engine/templates/templates.ts';
import { createTrainer } from '../../../engine/training/trainer.ts';
import { withProject } from '../../../main/cli/project-source.ts';
import { insertBlob } from '../../../main/project/blob-store.ts';
import { storeCheckpoint } from '../../../main/project/checkpoint-store.ts';
import { newestVersion } from '../../../main/project/migrations.ts';
import { closeProjectFile, createProjectFile } from '../../../main/project/project-file.ts';
import { appendEpochs, insertRun, storeInitialWeights, storeState } from '../../../main/project/run-store.ts';
import { useFolder, withDatabase } from '../project/project-folder.ts';
import { ohlol } from './run-ohlol.ts';

const folder = useFolder();
afterEach(() => vi.restoreAllMocks());

const experiment = findTemplate('hello-rnn') as SequenceExperiment;

/** Makes a project with a run of one epoch, as the lab leaves it. */
function makeTrained(path: string): string {
  const made = createProjectFile(path, experimentToDraft(experiment));
  const trainer = createTrainer(experiment, null);
  if (!made.ok || !trainer.ok) throw new Error('The template cannot be trained.');
  const { database } = made.value;
  const weights = () => writeSafetensors(weightsDocument(experiment, trainer.value.weights(), null));
  const runId = insertRun(database, experiment);
  storeInitialWeights(database, runId, insertBlob(database, weights()));
  appendEpochs(database, runId, [trainer.value.stepEpoch()!]);
  storeCheckpoint(database, runId, { epoch: 1, state: trainer.value.checkpoint(), weights: weights() });
  storeState(database, runId, trainer.value.state(), trainer.value.progress());
  closeProjectFile(made.value);
  return path;
}

function spoil(path: string, sql: string): void {
  withDatabase(path, (database) => {
    database.enableDefensive(false);
    database.exec(`PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; ${sql}`);
  });
}

/** Both commands print one line and leave the file unchanged. */
async function expectRefused(path: string, sentence: string | RegExp): Promise<void> {
  const before = readFileSync(path);
  for (const args of [
    ['inspect', path],
    ['export', path, '--to', 'weights-json', '--out', folder.path('w.json')],
  ]) {
    const { status, stdout, stderr } = await ohlol(...args);
    expect([args[0], stderr]).toEqual([args[0], expect.stringMatching(sentence)]);
    expect(stderr).toMatch(/^ohlol: [^\n]{20,400}\n$/);
    expect(stderr.startsWith(`ohlol: ${path}: `)).toBe(true);
    expect([args[0], status, stdout]).toEqual([args[0], 2, '']);
  }
  expect(readFileSync(path).equals(before)).toBe(true);
}

/** A statement that never finishes. */
const forEver = 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';

describe('of the right version', () => {
  test.each(['draft', 'lock', 'run', 'epoch', 'checkpoint', 'blob', 'blob_part'])(
    'a view that never ends in the place of %s',
    async (table) => {
      const path = makeTrained(folder.path('a.ohlol'));
      spoil(
        path,
        `ALTER TABLE ${table} RENAME TO old_${table};
         CREATE VIEW ${table} AS SELECT * FROM old_${table} WHERE (${forEver}) > 0`,
      );
      await expectRefused(path, 'another program has changed the file, and it is not opened');
    },
  );

  test.each([
    ['a trigger', `CREATE TRIGGER t AFTER UPDATE ON run BEGIN ${forEver}; END`, 'it has a trigger "t"'],
    ['a view beside the tables', `CREATE VIEW v AS ${forEver}`, 'it has a view "v"'],
    ['a computed column', 'ALTER TABLE run ADD COLUMN x INTEGER AS (length(name))', 'it has a table "run"'],
  ])('%s', async (_, sql, sentence) => {
    const path = makeTrained(folder.path('a.ohlol'));
    spoil(path, sql);
    await expectRefused(path, sentence);
  });

  test.each([
    [
      'more parts of a draft than any lab writes',
      "INSERT INTO draft WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 200) SELECT 'p' || x, '1' FROM c",
      'it has 2\\d\\d rows; at most 100 are written',
    ],
    [
      'pages that two tables share',
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'blob') WHERE name = 'frozen'",
      'the project is damaged in its pages \\(they do not belong together\\)',
    ],
  ])('%s, which only looking through all of it finds', async (_, sql, sentence) => {
    const path = makeTrained(folder.path('a.ohlol'));
    spoil(path, sql);
    await expectRefused(path, new RegExp(sentence));
  });
});

describe('blobs', () => {
  test.each([
    ['that says it has a terabyte', 'UPDATE blob SET bytes = 1099511627776'],
    ['that says it has more than any number', 'UPDATE blob SET bytes = 9223372036854775807'],
    ['that says it has less than nothing', 'UPDATE blob SET bytes = -1'],
    ['of two hundred megabytes of zeros', 'UPDATE blob_part SET bytes = zeroblob(200000000)'],
    [
      'of a hundred megabytes of zeros that says so',
      'UPDATE blob_part SET bytes = zeroblob(100000000); UPDATE blob SET bytes = 100000000',
    ],
    ['that has gone', 'DELETE FROM blob_part'],
  ])('%s', async (_, sql) => {
    const path = makeTrained(folder.path('a.ohlol'));
    spoil(path, sql);
    const out = folder.path('w.json');
    const { status, stdout, stderr } = await ohlol('export', path, '--to', 'weights-json', '--out', out);
    expect(stderr).toMatch(/^ohlol: [^\n]{20,400}\n$/);
    expect(stderr).toContain(path);
    expect([status, stdout]).toEqual([2, '']);
  });
});

test('a file of an older version is said to be one, and not changed', async () => {
  const path = folder.path('old.ohlol');
  copyFileSync(join(import.meta.dirname, `../../fixtures/projects/v${newestVersion - 1}.ohlol`), path);
  await expectRefused(
    path,
    `it is of version ${newestVersion - 1}, this reads ${newestVersion}; opening it in`,
  );
});

test('what is read is read in the transaction in which the schema was inspected', async () => {
  const path = makeTrained(folder.path('a.ohlol'));
  const read = await withProject(path, (database: DatabaseSync) => {
    expect(database.isTransaction).toBe(true);
    return database.location();
  });
  expect(read).toBe(path);
});
