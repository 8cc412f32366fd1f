/** Where the time machine's lines and marks stand: data and a frame in, places out. Pure. */
import type { SettingsChange } from '../../../../engine/api.ts';
import type { CheckpointView } from '../../../../main/api.ts';
import { type Frame, pixelOfEpoch } from '../../../charts/plot-area.ts';
import { type Kin, kinOfEpoch } from './lineage.ts';
import type { Track } from './timeline.svelte.ts';

/** Pixels between two lines, and from the top to the first. */
export const trackHeight = 20;
export const trackTop = 14;
/** Lines that are drawn; of a longer ancestry those nearest to the run. */
const mostTracks = 4;
/** Rings stand no nearer to each other: among many, a line of rings says no more. */
const ringGap = 6;

export interface DrawnTrack {
  kin: Kin;
  y: number;
  /** Its epochs that are drawn. */
  x1: number;
  x2: number;
  /** From the line above to this one, where it branched off; '' for the first. */
  bend: string;
  checkpoints: { epoch: number; x: number }[];
  changes: { change: SettingsChange; x: number }[];
  /** Where what is looked at stands on it. */
  isLookedAt: boolean;
}

/** Epoch 0 stands before the first, and what is out of the shown epochs at their ends. */
export function placeOf(frame: Frame, epoch: number): number {
  if (epoch < 1 && frame.from <= 1) return frame.left;
  return pixelOfEpoch(frame, Math.min(frame.to, Math.max(frame.from, epoch)));
}

export function shownKin(kin: readonly Kin[]): readonly Kin[] {
  return kin.slice(-mostTracks);
}

export function drawTracks(
  kin: readonly Kin[],
  tracks: ReadonlyMap<string, Track>,
  frame: Frame,
  looked: number,
): DrawnTrack[] {
  const at = kinOfEpoch(kin, looked);
  return shownKin(kin).map((one, i, shown) => {
    const { run, until } = one;
    const begins = run.parent?.epoch ?? 0;
    const ends = until === null ? run.progress.epoch : Math.max(run.progress.epoch, until);
    const y = trackTop + i * trackHeight;
    const x1 = placeOf(frame, begins);
    const track = tracks.get(run.id);
    return {
      kin: one,
      y,
      x1,
      x2: placeOf(frame, ends),
      bend: i > 0 && shown[i - 1]!.run.id === run.parent?.runId ? bend(x1, y) : '',
      checkpoints: ringsOf(track?.checkpoints ?? [], frame),
      changes: (track?.changes ?? [])
        // Those of its beginning are what it began with.
        .filter(({ epoch }) => epoch > begins && isShown(frame, epoch))
        .map((change) => ({ change, x: placeOf(frame, change.epoch) })),
      isLookedAt: one === at,
    };
  });
}

const bend = (x: number, y: number) => `M${x} ${y - trackHeight}C${x} ${y} ${x} ${y} ${x + 8} ${y}`;

const isShown = ({ from, to }: Frame, epoch: number) => epoch >= Math.min(from, 1) - 1 && epoch <= to;

/** Whole epochs alone: a checkpoint within one is of no epoch. */
function ringsOf(checkpoints: readonly CheckpointView[], frame: Frame): { epoch: number; x: number }[] {
  const rings: { epoch: number; x: number }[] = [];
  for (const { epoch, batch } of checkpoints) {
    if (batch !== 0 || epoch < frame.from || epoch > frame.to) continue;
    const x = placeOf(frame, epoch);
    const before = rings.at(-1);
    if (before && x - before.x < ringGap) continue;
    rings.push({ epoch, x });
  }
  return rings;
}
