export { runUnshare as run } from '../personalities/unshare/unshare.ts';
