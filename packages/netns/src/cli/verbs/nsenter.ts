export { runNsenter as run } from '../personalities/nsenter/nsenter.ts';
