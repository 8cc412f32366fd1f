/** The reader's own thread: one job at a time, each answered with its result. A caller that has waited too long terminates it. */
import { parentPort } from 'node:worker_threads';
import { doReadJob, type ReadJob } from './read-jobs.ts';

parentPort?.on('message', (job: ReadJob) => {
  const result = doReadJob(job);
  const buffers =
    result.ok && 'tensors' in result.value && 'data' in (result.value.tensors[0] ?? {})
      ? (result.value.tensors as { data: Float32Array<ArrayBuffer> }[]).map(({ data }) => data.buffer)
      : [];
  parentPort!.postMessage(result, buffers);
});
