import { shapesText } from '../../engine/formats/shapes-text.ts';
import { showShapes } from '../../engine/inspect/shapes.ts';
import type { ShapesExperiment } from '../../engine/model/experiment.ts';
import { unwrap } from './refusal.ts';
import { printText } from './terminal.ts';

/** Runs a shapes experiment and prints what the tutorial's programs 1 and 2 print. Returns the exit code, 0. */
export function printShapes(experiment: ShapesExperiment, place: string): number {
  const report = unwrap(showShapes(experiment), place);
  printText(shapesText(report, experiment.dataset.call));
  return 0;
}
