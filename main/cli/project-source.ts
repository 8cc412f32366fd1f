import type { DatabaseSync } from 'node:sqlite';
import { isSequenceExperiment } from '../../engine/data/check-experiment.ts';
import { draftToExperiment } from '../../engine/data/draft-experiment.ts';
import { forkEngine } from '../engine-process/fork-node.ts';
import { checkerEntry } from '../paths.ts';
import { readLastWeights } from '../project/checkpoint-store.ts';
import { readDraft } from '../project/draft-store.ts';
import { createFileChecker } from '../project/file-checker.ts';
import { inspectFile } from '../project/inspect-file.ts';
import { newestVersion } from '../project/migrations.ts';
import { readEpochs, readRun, readRuns } from '../project/run-store.ts';
import type { ExportSource } from './export-source.ts';
import { readPastWeights } from './past-weights.ts';
import { Refusal, refuse, unwrap } from './refusal.ts';

/**
 * Reads a project file without changing it; the lab may have it open meanwhile. As in the lab, the file is first
 * checked in a process that can be ended. `look` then runs on the same connection and in the same transaction in which
 * the schema is inspected, so that nothing can replace the contents in between. Throws a Refusal.
 */
export async function withProject<T>(path: string, look: (database: DatabaseSync) => T): Promise<T> {
  const checker = createFileChecker(() => forkEngine(checkerEntry, [], true));
  const why = await checker.check(path).finally(checker.close);
  if (why) throw new Refusal([why]);
  const looked: T[] = [];
  const inspected = inspectFile(path, (database, version) => {
    checkVersion(version, path);
    looked.push(look(database));
  });
  if (!inspected.ok) throw new Refusal(inspected.problems);
  return looked[0]!;
}

function checkVersion(version: number, path: string): void {
  if (version === newestVersion) return;
  const advice =
    version > newestVersion ? 'a newer Ohlol reads it' : 'opening it in the lab brings it up to date';
  throw refuse(
    'project-version',
    `${path}: it is of version ${version}, this reads ${newestVersion}; ${advice}`,
  );
}

/**
 * The source of an export from a project: the run with this id, or the last run if it is null, after an epoch, or in
 * its current state if that is null. For a project without runs, the experiment being edited.
 */
export async function readProjectSource(
  path: string,
  runId: string | null,
  epoch: number | null,
): Promise<ExportSource> {
  return withProject(path, (database) => {
    const runs = readRuns(database);
    const id = runId ?? runs.at(-1)?.id ?? null;
    if (id === null) {
      const experiment = unwrap(draftToExperiment(readDraft(database)), path);
      return { experiment, trained: () => Promise.reject(refuse('no-run', `${path} has no run yet`)) };
    }
    const run = runs.some((summary) => summary.id === id) ? readRun(database, id) : null;
    if (run === null) {
      const has = runs.length === 0 ? 'none' : runs.map((summary) => summary.id).join(', ');
      throw refuse('no-run', `${path} has no run ${JSON.stringify(id)}; it has ${has}`);
    }
    const past = epoch === null ? null : readPastWeights(database, id, epoch, `${path}: run ${id}`);
    const isTrained = past === null && isSequenceExperiment(run.experiment);
    const weights = isTrained ? readLastWeights(database, id) : null;
    const rows = readEpochs(database, id, 0, epoch ?? Number.MAX_SAFE_INTEGER);
    return {
      experiment: run.experiment,
      async trained() {
        if (past !== null) return { document: await past(), rows, exitCode: 0 };
        if (weights === null) throw refuse('no-weights', `${path}: run ${id} has no weights yet`);
        return { document: weights, rows, exitCode: 0 };
      },
    };
  });
}
