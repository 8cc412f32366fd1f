/**
 * Where things are on a chart. The ECharts grid and everything the window draws over it (cursor, labels,
 * tooltip) are placed by the same frame, so they agree to the pixel.
 */
export interface Frame {
  /** The size of the whole chart, then the margins around the plot, in CSS pixels. */
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** The first and last epoch shown. */
  from: number;
  to: number;
  /** Places epochs by their logarithms. */
  logEpochs?: boolean;
  /** Limits of y in the axis's own unit: the value, or its log10. */
  low: number;
  high: number;
}

/** Pixels between the axis line and the first epoch, and after the last. */
export const edgePad = 8;

/**
 * Room at the right for half of the last epoch's label, which may be at the very end: 6.6 pixels a
 * character.
 */
export function rightMargin(to: number): number {
  const label = Math.round(to).toLocaleString('en-US');
  return Math.max(10, Math.ceil((label.length * 6.6) / 2) - edgePad + 4);
}

/** An epoch in the unit of the x axis. */
export function placeOfEpoch({ logEpochs }: Pick<Frame, 'logEpochs'>, epoch: number): number {
  return logEpochs ? Math.log10(Math.max(epoch, 1)) : epoch;
}

/** The inverse of placeOfEpoch; not rounded. */
function epochOfPlace({ logEpochs }: Frame, place: number): number {
  return logEpochs ? 10 ** place : place;
}

const spanOf = (frame: Frame) =>
  Math.max(placeOfEpoch(frame, frame.to) - placeOfEpoch(frame, frame.from), 1e-9);

/** Axis limits of x that put `from` and `to` edgePad pixels inside the plot. */
export function epochLimits(frame: Frame): { min: number; max: number } {
  const inner = Math.max(1, frame.width - frame.left - frame.right - 2 * edgePad);
  const pad = (spanOf(frame) / inner) * edgePad;
  return { min: placeOfEpoch(frame, frame.from) - pad, max: placeOfEpoch(frame, frame.to) + pad };
}

export function pixelOfEpoch(frame: Frame, epoch: number): number {
  const inner = frame.width - frame.left - frame.right - 2 * edgePad;
  const share = (placeOfEpoch(frame, epoch) - placeOfEpoch(frame, frame.from)) / spanOf(frame);
  return frame.left + edgePad + share * inner;
}

export function pixelOfValue(frame: Frame, value: number): number {
  const inner = frame.height - frame.top - frame.bottom;
  return frame.top + (1 - (value - frame.low) / (frame.high - frame.low)) * inner;
}

/** The epoch at a pixel; neither rounded nor limited to the frame. */
export function epochOfPixel(frame: Frame, pixel: number): number {
  const inner = frame.width - frame.left - frame.right - 2 * edgePad;
  const share = (pixel - frame.left - edgePad) / Math.max(inner, 1);
  const span = placeOfEpoch(frame, frame.to) - placeOfEpoch(frame, frame.from);
  return epochOfPlace(frame, placeOfEpoch(frame, frame.from) + share * span);
}

/**
 * The range chosen by dragging from one pixel to another, in whole epochs within the frame; null where the
 * drag is too short to be meant (under 5 pixels, or under one epoch).
 */
export function draggedRange(frame: Frame, start: number, end: number): [number, number] | null {
  if (Math.abs(end - start) < 5) return null;
  const clamp = (epoch: number) => Math.min(frame.to, Math.max(frame.from, Math.round(epoch)));
  const from = clamp(epochOfPixel(frame, Math.min(start, end)));
  const to = clamp(epochOfPixel(frame, Math.max(start, end)));
  return to > from ? [from, to] : null;
}

/**
 * Where a tooltip of this size goes beside a point: 12 pixels to its right and above it where there is
 * room, never over the point, and within the chart.
 */
export function tooltipPlace(
  point: { x: number; y: number },
  size: { width: number; height: number },
  frame: Frame,
): { left: number; top: number } {
  const gap = 12;
  const above = point.y - gap - size.height;
  const lowest = frame.height - frame.bottom - size.height - 4;
  const top = Math.max(0, Math.min(above, lowest));
  const right = point.x + gap;
  if (right + size.width <= frame.width) return { left: right, top };
  // At the right edge the tooltip may cover the cursor's line as long as it leaves the point clear.
  if (above >= 0) return { left: frame.width - size.width, top };
  return { left: Math.max(0, point.x - gap - size.width), top };
}

/** Whether an epoch is in the right half of the plot, where labels go to its left. */
export function isPastMiddle(frame: Frame, epoch: number): boolean {
  const middle = (placeOfEpoch(frame, frame.from) + placeOfEpoch(frame, frame.to)) / 2;
  return placeOfEpoch(frame, epoch) > middle;
}
