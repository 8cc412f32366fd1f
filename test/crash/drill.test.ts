import { it } from 'vitest';
import { runDrill } from './drill.ts';

it.skipIf(process.platform === 'win32')(
  'a lab, its engine or both killed at random moments lose nothing (6 rounds of npm run test:crash)',
  async () => {
    await runDrill({ seed: 1, rounds: 6, report() {} });
  },
  120_000,
);
