import { expect, it } from 'vitest';
import { fuzzProjects } from './fuzz.ts';

it('spoilt project files get a sentence or open, and none is written over (150 of 2,000 in npm run test:crash)', async () => {
  const { refused, opened, codes } = await fuzzProjects(1, 150);
  expect(refused).toBeGreaterThan(15);
  expect(opened).toBeGreaterThan(20);
  expect([...codes.keys()]).toContain('project-damaged');
}, 120_000);
