import { type RouteMessageInput, route, routeTypes } from '../../../../netlink/families/route/route.ts';
import { NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../../netlink/header.ts';
import { KeptFiles } from '../bpf-programs.ts';
import { DeviceNames } from '../device-names.ts';
import { requestChange } from '../echo.ts';
import { familyNumber } from '../families.ts';
import { readOptions } from '../grammar.ts';
import { isAny, labelsOf, toText } from '../inet.ts';
import type { Command } from '../session.ts';
import { Words } from '../words.ts';
import { routeJson, routeText } from './describe.ts';
import type { RouteDraft } from './draft.ts';
import { readHops } from './hops.ts';
import { routeGrammar } from './options.ts';
import { routeHelp } from './usage.ts';

/** A command that makes, changes (with these flags) or deletes a route. */
function change(verb: 'new' | 'del', flags: number): Command {
  return async (session, list) => {
    const { family } = session.options;
    const connection = await session.connection();
    const words = new Words(list);
    using kept = new KeptFiles();
    const devices = new DeviceNames(connection, session.deviceIndexes);
    const context = { words, devices, kept, help: () => routeHelp() };
    const draft: RouteDraft = { family, flags: 0, gateway: false, metrics: {}, attributes: {} };
    readOptions(routeGrammar, words, draft, context);
    if (draft.destination === undefined) routeHelp();
    if (draft.device !== undefined) draft.attributes.oif = context.devices.needed(draft.device);
    if (draft.hops !== undefined) draft.attributes.multipath = readHops(draft, draft.hops, context);
    const operation = verb === 'new' ? 'add a route' : 'delete a route';
    await requestChange(session, route, verb, toMessage(draft, verb), { operation, flags }, async (found) => {
      const { routeView } = await import('./show.ts');
      const view = await routeView(session, devices, [found], new Set());
      return { text: () => routeText(found, view), json: () => routeJson(found, view) };
    });
    return 0;
  };
}

export const addRoute = change('new', NLM_F_CREATE | NLM_F_EXCL);
export const changeRoute = change('new', NLM_F_REPLACE);
export const replaceRoute = change('new', NLM_F_CREATE | NLM_F_REPLACE);
export const prependRoute = change('new', NLM_F_CREATE);
export const appendRoute = change('new', NLM_F_CREATE | NLM_F_APPEND);
export const testRoute = change('new', NLM_F_EXCL);
export const deleteRoute = change('del', 0);

const type = (name: (typeof routeTypes)[number]) => routeTypes.indexOf(name);
const scopeHost = 254;
const scopeLink = 253;
const scopeNowhere = 255;
const localTable = 255;
const mainTable = 254;
const bootProtocol = 3;

/** The attributes of the draft become those of the message. */
function toMessage(draft: RouteDraft, verb: 'new' | 'del'): RouteMessageInput {
  const { destination, source, metrics, attributes } = draft;
  const table = draft.table ?? defaultTable(draft);
  if (destination?.family === 'mpls') attributes.dstLabel = labelsOf(destination);
  else if (destination !== undefined && (destination.length > 0 || !isAny(destination)))
    attributes.dst = toText(destination);
  if (source !== undefined && source.length > 0) attributes.src = toText(source);
  if (table >= 256) attributes.table = table;
  if (Object.keys(metrics).length > 0) attributes.metrics = metrics;
  return {
    header: {
      family: familyNumber(draft.family ?? 'inet'),
      dstLen: destination?.length ?? 0,
      srcLen: source?.length ?? 0,
      tos: draft.tos ?? 0,
      table: table < 256 ? table : 0,
      protocol: draft.protocol ?? (verb === 'new' ? bootProtocol : 0),
      scope: draft.scope ?? defaultScope(draft, verb),
      type: draft.type ?? (verb === 'new' ? type('unicast') : 0),
      flags: draft.flags,
    },
    attributes,
  };
}

const ownTypes = [type('local'), type('broadcast'), type('nat'), type('anycast')];

/** Routes to this machine itself are in a table of their own. */
function defaultTable(draft: RouteDraft): number {
  return ownTypes.includes(draft.type ?? 0) ? localTable : mainTable;
}

/** How far away the destination is, where it is not said: without a router it is on the link. */
function defaultScope(draft: RouteDraft, verb: 'new' | 'del'): number {
  const kind = draft.type ?? (verb === 'new' ? type('unicast') : 0);
  if (draft.family === 'inet6' || draft.family === 'mpls') return 0;
  if (kind === type('local') || kind === type('nat')) return scopeHost;
  if ([type('broadcast'), type('multicast'), type('anycast')].includes(kind)) return scopeLink;
  if (kind !== type('unicast') && kind !== 0) return verb === 'del' ? scopeNowhere : 0;
  if (verb === 'del') return scopeNowhere;
  const direct = !draft.gateway && draft.hops === undefined && draft.attributes.nhId === undefined;
  return direct ? scopeLink : 0;
}
