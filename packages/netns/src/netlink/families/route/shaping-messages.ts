import { Declarations } from '../../declarations.ts';
import { action } from './action.ts';
import { chain, filter } from './filter.ts';
import { qdisc, trafficClass } from './qdisc.ts';

/** What shapes traffic: `tc`. */
export const shapingMessages = new Declarations([qdisc, trafficClass, filter, chain, action]);
