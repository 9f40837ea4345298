import { Declarations } from '../../declarations.ts';
import {
  conntrack,
  conntrackCpuStatistics,
  conntrackExpectation,
  conntrackReset,
  conntrackStatistics,
} from './conntrack.ts';

/** Connections that are kept track of. */
export const conntrackMessages = new Declarations([
  conntrack,
  conntrackReset.sent,
  conntrackCpuStatistics,
  conntrackStatistics,
  conntrackExpectation,
]);
