import type { RunSummary } from '../../../main/api.ts';

/** The speeds on offer, in epochs per second; null: as fast as possible. */
export const SPEEDS: readonly (number | null)[] = [1, 2, 5, 10, 50, null];

/**
 * How long the rest of a run takes at the given speed: `≤ 3 s` where the speed bounds it, else `3 s`; null:
 * not known.
 */
export function timeLeft(run: RunSummary | null, speed: number | null): string | null {
  if (!run || run.state.status === 'finished' || run.progress.epoch >= run.epochs) return null;
  const left = run.epochs - epochsDone(run);
  const perEpochMs = msOfEpoch(run);
  if (speed !== null) {
    const seconds = left * Math.max(1 / speed, (perEpochMs ?? 0) / 1000);
    return `≤ ${duration(Math.ceil(seconds))}`;
  }
  if (perEpochMs === null) return null;
  const seconds = (left * perEpochMs) / 1000;
  return seconds < 1 ? '< 1 s' : duration(Math.round(seconds));
}

/** The number of epochs done, including the share of batches done in the current epoch. */
export function epochsDone({
  progress: { epoch, batch, batchesPerEpoch },
}: Pick<RunSummary, 'progress'>): number {
  return epoch + (batchesPerEpoch > 0 ? batch / batchesPerEpoch : 0);
}

function msOfEpoch(run: RunSummary): number | null {
  const done = epochsDone(run);
  return done > 0 ? run.progress.trainedMs / done : null;
}

/** Tokens per second of elapsed time: a limited speed bounds it by the tokens of that many epochs. */
export function tokenRate(run: RunSummary, speed: number | null): number | null {
  const { tokensPerSecond } = run.progress;
  const ms = msOfEpoch(run);
  if (tokensPerSecond === null || speed === null || ms === null) return tokensPerSecond;
  const tokensOfEpoch = (tokensPerSecond * ms) / 1000;
  return Math.min(tokensPerSecond, tokensOfEpoch * speed);
}

/** When an epoch takes this long, its batches are shown too. */
const longEpochMs = 1000;

/** The current batch of a running run, from 1, and their number; null where epochs are short or have one batch. */
export function batchUnderWay(run: RunSummary | null): { batch: number; batches: number } | null {
  if (run?.state.status !== 'running' || run.progress.batchesPerEpoch < 2) return null;
  const { batch, batchesPerEpoch: batches } = run.progress;
  const ms = msOfEpoch(run);
  return ms !== null && ms < longEpochMs ? null : { batch: Math.min(batch + 1, batches), batches };
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600)
    return `${Math.floor(seconds / 60)} min ${seconds % 60 > 0 && seconds < 600 ? `${seconds % 60} s` : ''}`.trim();
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** `980`, `12.4 k`, `3.1 M`: three digits, so that the number keeps its place. */
export function shortRate(perSecond: number | null): string {
  if (perSecond === null || !Number.isFinite(perSecond)) return '—';
  if (perSecond < 1000) return String(Math.round(perSecond));
  if (perSecond < 1e6) return `${(perSecond / 1e3).toPrecision(3)} k`;
  return `${(perSecond / 1e6).toPrecision(3)} M`;
}

/** Training time per epoch in ms, as `0.03`; null before the first epoch. */
export function msPerEpoch(run: RunSummary | null): string | null {
  if (!run || run.progress.epoch === 0) return null;
  const ms = run.progress.trainedMs / run.progress.epoch;
  return ms < 10 ? ms.toPrecision(2) : String(Math.round(ms));
}
