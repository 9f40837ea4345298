export { runLsns as run } from '../personalities/lsns/lsns.ts';
