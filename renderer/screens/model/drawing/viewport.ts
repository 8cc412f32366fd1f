/**
 * Which part of the drawing is visible, and how large: numbers in, numbers out. Offsets are in pixels of
 * the drawing at 100 %.
 */
export interface View {
  /** The point of the drawing at the stage's upper left corner. */
  x: number;
  y: number;
  zoom: number;
}

export interface Extent {
  width: number;
  height: number;
}

export const zooms = { least: 0.4, most: 2.5 };
/** The smallest zoom at which text is legible; a larger drawing is scrolled instead. */
const legible = 0.75;
const fitMost = 1.5;

/**
 * The zoom that shows the whole height, and the whole width as long as it stays legible; otherwise as much
 * as fits.
 */
export function fittedZoom(stage: Extent, drawing: Extent): number {
  const byHeight = stage.height / drawing.height;
  const byWidth = stage.width / drawing.width;
  const zoom = Math.max(Math.min(byHeight, fitMost), legible);
  const whole = Math.min(zoom, byWidth);
  return whole >= legible ? whole : zoom;
}

/** Keeps the drawing in sight; a drawing smaller than the stage is centred. */
export function clamped({ x, y, zoom }: View, stage: Extent, drawing: Extent): View {
  const size = Math.min(zooms.most, Math.max(zooms.least, zoom));
  const along = (place: number, seen: number, whole: number) =>
    whole <= seen ? (whole - seen) / 2 : Math.min(Math.max(place, 0), whole - seen);
  return {
    x: along(x, stage.width / size, drawing.width),
    y: along(y, stage.height / size, drawing.height),
    zoom: size,
  };
}

/** Zooms about a point of the stage, which stays in place. */
export function zoomedAt(
  view: View,
  factor: number,
  point: { x: number; y: number },
  stage: Extent,
  drawing: Extent,
): View {
  const zoom = Math.min(zooms.most, Math.max(zooms.least, view.zoom * factor));
  const x = view.x + point.x / view.zoom - point.x / zoom;
  const y = view.y + point.y / view.zoom - point.y / zoom;
  return clamped({ x, y, zoom }, stage, drawing);
}
