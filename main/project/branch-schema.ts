/** Schemas of a branch's change, as a file and a window give it. */
import * as v from 'valibot';
import type { BranchChange } from '../api.ts';
import { optimizer } from './draft-schema.ts';
import { settingsSchema } from './past-store.ts';

export const branchChangeSchema = v.variant('kind', [
  v.strictObject({ kind: v.picklist(['none', 'data']) }),
  v.strictObject({ kind: v.literal('setting'), settings: settingsSchema }),
  v.strictObject({ kind: v.literal('optimizer'), optimizer }),
  v.strictObject({ kind: v.literal('seed'), seed: v.number() }),
]) as v.GenericSchema<unknown, BranchChange>;

export const weightPatches = v.array(
  v.strictObject({ key: v.string(), index: v.number(), value: v.number() }),
);
