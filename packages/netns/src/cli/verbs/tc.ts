export { runTc } from '../personalities/tc/tc.ts';
