export { runIp } from '../personalities/ip/ip.ts';
