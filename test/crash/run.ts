/**
 * `npm run test:crash [-- SEED [KILLS]]`: the whole crash drill, then for each kill 500 corrupted inputs to
 * the readers, 50 corrupted messages to the lab's door and ten corrupted project files.
 */
import { runDrill } from './drill.ts';
import { fuzzProjects } from './fuzz.ts';
import { fuzzDoor, fuzzReaders } from './fuzz-readers.ts';

const given = process.argv.slice(2);
const [seed = 2026, rounds = 200] = given.map(Number);
if (given.length > 2 || ![seed, rounds].every((number) => Number.isSafeInteger(number) && number >= 0)) {
  console.error('npm run test:crash takes two whole numbers at most: npm run test:crash -- SEED KILLS');
  process.exit(2);
}
console.log(`The crash drill: ${rounds} kills from seed ${seed}`);
await runDrill({ seed, rounds, report: console.log });
console.log(`All ${rounds} passed`);

const inputs = 500 * rounds;
console.log(`${inputs} spoilt inputs to the readers: ${JSON.stringify(fuzzReaders(seed, inputs))}`);
const messages = 50 * rounds;
console.log(
  `${messages} spoilt messages to the lab's door: ${JSON.stringify(await fuzzDoor(seed, messages))}`,
);

const files = 10 * rounds;
const { refused, opened, kinds, codes } = await fuzzProjects(seed, files);
console.log(
  `${files} spoilt project files: ${refused} refused, ${opened} opened, none written over or crashed on`,
);
for (const [kind, counts] of Object.entries(kinds)) {
  console.log(`  ${kind}: ${counts.refused} refused, ${counts.opened} opened`);
}
for (const [code, count] of [...codes].sort((a, b) => b[1] - a[1])) console.log(`  ${code}: ${count}`);
// The last lab's engine is still running; nothing else ends it.
process.exit(0);
