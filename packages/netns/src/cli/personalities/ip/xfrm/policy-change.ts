import { xfrmActions, xfrmPolicyFlags } from '../../../../netlink/families/xfrm/structs.ts';
import { type XfrmPolicyInput, xfrmPolicy } from '../../../../netlink/families/xfrm/xfrm.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../../netlink/header.ts';
import { DeviceNames } from '../device-names.ts';
import { duplicateArgument, failure } from '../exit.ts';
import { familyNumber } from '../families.ts';
import type { Family } from '../options.ts';
import type { Command } from '../session.ts';
import { Words } from '../words.ts';
import { readId } from './id.ts';
import { policyTypes } from './policy-describe.ts';
import { type ReadSelector, readSelector } from './selector.ts';
import {
  directionNumber,
  modeNumber,
  noLimits,
  number32,
  placeOf,
  preferredFamily,
  readFlags,
  readLimit,
  readMark,
  securityContext,
  wireAddress,
} from './values.ts';
import { withXfrm } from './xfrm.ts';

type Attributes = NonNullable<XfrmPolicyInput['attributes']>;
type Template = NonNullable<Attributes['tmpl']>[number];

/** XFRM_MAX_DEPTH */
const mostTemplates = 6;
const levels = ['required', 'use'];

/** `main` or `sub`. Throws Exit (255). */
export const typeNumber = (word: string) => placeOf(word, policyTypes, 'PTYPE value is invalid');

/** `allow` or `block`. Throws Exit (255). */
export const actionNumber = (word: string) => placeOf(word, xfrmActions, 'ACTION value is invalid\n');

/** `ip xfrm policy add` and `update`. */
export function changePolicy(verb: 'new' | 'upd'): Command {
  return async (session, list) => {
    const connection = await session.connection();
    const words = new Words(list);
    const header: {
      -readonly [K in keyof NonNullable<XfrmPolicyInput['header']>]: NonNullable<XfrmPolicyInput['header']>[K];
    } = {};
    const attributes: { -readonly [K in keyof Attributes]: Attributes[K] } = {};
    const lifetime = noLimits();
    const templates: Template[] = [];
    let preferred = preferredFamily(session);
    let selector: ReadSelector | undefined;
    for (let word = words.take(); word !== undefined; word = words.take()) {
      if (word === 'dir') {
        if (header.dir !== undefined) throw duplicateArgument('dir', word);
        header.dir = directionNumber(words.value());
      } else if (word === 'ctx') {
        if (attributes.secCtx !== undefined) throw duplicateArgument('context', word);
        attributes.secCtx = securityContext(words.value());
      } else if (word === 'mark') attributes.mark = readMark(words);
      else if (word === 'index') header.index = number32(words.value(), 'INDEX value is invalid');
      else if (word === 'ptype') {
        if (attributes.policyType !== undefined) throw duplicateArgument('ptype', word);
        attributes.policyType = { type: typeNumber(words.value()) };
      } else if (word === 'action') header.action = actionNumber(words.value());
      else if (word === 'priority') header.priority = number32(words.value(), 'PRIORITY value is invalid');
      else if (word === 'flag') header.flags = readFlags(words, xfrmPolicyFlags);
      else if (word === 'limit') readLimit(words, lifetime);
      else if (word === 'if_id') attributes.ifId = number32(words.value(), 'IF_ID value is invalid');
      else if (word === 'tmpl') {
        if (templates.length === mostTemplates) throw failure(`Too many tmpls: buffer overflow`);
        words.value();
        words.putBack();
        templates.push(readTemplate(words, preferred));
      } else {
        if (selector !== undefined) throw duplicateArgument('unknown', word);
        words.putBack();
        selector = readSelector(words, preferred, () => new DeviceNames(connection));
        preferred ??= selector.family;
      }
    }
    if (header.dir === undefined) throw failure('Not enough information: DIR is required.');
    const family = familyNumber(selector?.family ?? preferred ?? 'inet');
    const request = {
      header: { ...header, sel: { ...selector?.selector, family }, lft: lifetime },
      attributes: { ...attributes, ...(templates.length > 0 && { tmpl: templates }) },
    };
    const flags = NLM_F_CREATE | (verb === 'new' ? NLM_F_EXCL : NLM_F_REPLACE);
    return withXfrm(session, async (own) => {
      await own.request(xfrmPolicy, verb, request, { operation: 'change a policy', flags });
      return 0;
    });
  };
}

const every = 0xffffffff;

/** What a policy asks of packets, behind `tmpl`: as far as the words go. */
function readTemplate(words: Words, preferred: Family | undefined): Template {
  let template: Template = { aalgos: every, ealgos: every, calgos: every };
  let named = false;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'mode') template = { ...template, mode: modeNumber(words.value()) };
    else if (word === 'reqid') template = { ...template, reqid: number32(words.value(), 'REQID value is invalid') };
    else if (word === 'level')
      template = { ...template, optional: placeOf(words.value(), levels, 'LEVEL value is invalid\n') };
    else {
      words.putBack();
      if (named) break;
      named = true;
      // The ends of a tunnel may be of another family than what goes through it.
      const id = readId(words, undefined, false);
      template = {
        ...template,
        id: { ...(id.dst !== undefined && { daddr: wireAddress(id.dst) }), spi: id.spi ?? 0, proto: id.proto },
        ...(id.src !== undefined && { saddr: wireAddress(id.src) }),
        family: familyNumber(id.family ?? preferred),
      };
    }
  }
  return template;
}
