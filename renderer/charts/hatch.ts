/** A pattern of thin diagonal lines, 6 CSS pixels apart, in the form that zrender takes for a canvas. */
export function hatchPattern(colour: string): { image: HTMLCanvasElement; repeat: 'repeat' } {
  const scale = window.devicePixelRatio || 1;
  // The distance between neighbouring diagonals is the side of the tile divided by √2.
  const side = Math.round(6 * Math.SQRT2 * scale);
  const image = document.createElement('canvas');
  image.width = side;
  image.height = side;
  const context = image.getContext('2d');
  if (context) {
    context.strokeStyle = colour;
    context.lineWidth = 1.2 * scale;
    for (const shift of [-side, 0, side]) {
      context.beginPath();
      context.moveTo(shift - 1, side + 1);
      context.lineTo(shift + side + 1, -1);
      context.stroke();
    }
  }
  return Object.assign({ image, repeat: 'repeat' as const }, { scaleX: 1 / scale, scaleY: 1 / scale });
}
