/** Where the time machine's lines and marks are: data and a frame in, places out. Pure. */
import type { SettingsChange } from '../../../../engine/api.ts';
import type { CheckpointView } from '../../../../main/api.ts';
import { type Frame, pixelOfEpoch } from '../../../charts/plot-area.ts';
import { type Kin, kinOfEpoch } from './lineage.ts';
import type { Track } from './timeline.svelte.ts';

/** Pixels between two lines, and from the top to the first line. */
export const trackHeight = 20;
export const trackTop = 14;
/** The most lines drawn; of a longer ancestry, those nearest to the run. */
const mostTracks = 4;
/** The least distance between rings in pixels: a denser line of rings says no more. */
const ringGap = 6;

export interface DrawnTrack {
  kin: Kin;
  y: number;
  /** The x of the first and last epoch drawn. */
  x1: number;
  x2: number;
  /** The path from the line above to this one, where it branched off; '' for the first. */
  bend: string;
  checkpoints: { epoch: number; x: number }[];
  changes: { change: SettingsChange; x: number }[];
  /** Whether the epoch that is looked at is on this line. */
  isLookedAt: boolean;
}

/** The x of an epoch: epoch 0 is left of the first one, and epochs that are not shown are at the nearer end. */
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
        // Changes at its first epoch are the settings that the run began with.
        .filter(({ epoch }) => epoch > begins && isShown(frame, epoch))
        .map((change) => ({ change, x: placeOf(frame, change.epoch) })),
      isLookedAt: one === at,
    };
  });
}

const bend = (x: number, y: number) => `M${x} ${y - trackHeight}C${x} ${y} ${x} ${y} ${x + 8} ${y}`;

const isShown = ({ from, to }: Frame, epoch: number) => epoch >= Math.min(from, 1) - 1 && epoch <= to;

/** Rings for checkpoints at whole epochs; a checkpoint within an epoch belongs to none. */
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
