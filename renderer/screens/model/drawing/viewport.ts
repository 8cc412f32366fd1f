/** Which part of the drawing is seen, and how large: numbers in, numbers out. Offsets are of the drawing at 100 %. */
export interface View {
  /** The drawing's place at the stage's upper left corner. */
  x: number;
  y: number;
  zoom: number;
}

export interface Extent {
  width: number;
  height: number;
}

export const zooms = { least: 0.4, most: 2.5 };
/** Text is legible down to here; what does not fit then is moved through. */
const legible = 0.78;
const fitMost = 1.15;

/** The whole height, and the whole width as long as it stays legible; else as much as fits, from `keepX` on. */
export function fitted(stage: Extent, drawing: Extent, keepX = 0): View {
  const byHeight = stage.height / drawing.height;
  const byWidth = stage.width / drawing.width;
  const zoom = Math.max(Math.min(byHeight, fitMost), legible);
  const whole = Math.min(zoom, byWidth);
  return clamped({ x: keepX, y: 0, zoom: whole >= legible ? whole : zoom }, stage, drawing);
}

/** Nothing is moved out of sight; what is smaller than the stage stands in its middle. */
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

/** Larger or smaller about a point of the stage, which stays where it is. */
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
