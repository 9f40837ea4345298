/**
 * Makes equal what two equal runs differ in: hardware addresses that the kernel drew by lot, what is made from them, and what
 * passes with time. Addresses that a case gives (02:00:00:…) and those that are fixed stay.
 */
const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [
    /\b(?!02:00:00:|00:00:00:00:00:00|ff:ff:ff:ff:ff:ff|01:80:c2:|33:33:)(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g,
    'RANDOM-MAC',
  ],
  [/\b8000\.(?!2:0:0:|0:0:0:)[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}\b/g, '8000.RANDOM'],
  [/\bfe80::[0-9a-f:]+/g, 'fe80::RANDOM'],
  [/gc_timer +[0-9.]+/g, 'gc_timer TIME'],
  [/("gc_timer": ?)[0-9.]+/g, '$1TIME'],
  [/\b[0-9]+sec\b/g, 'TIMEsec'],
  [/("(?:valid|preferred)_life_time": ?)(?!4294967295)[0-9]+/g, '$1TIME'],
  [/("(?:expires|age)": ?)[0-9]+/g, '$1TIME'],
  [/\bused [0-9]+\/[0-9]+\/[0-9]+/g, 'used TIME'],
  [/("(?:used|confirmed|updated)": ?)[0-9]+/g, '$1TIME'],
  [/\bidle_time [0-9.]+/g, 'idle_time TIME'],
  [/("idle_time": ?)[0-9.]+/g, '$1TIME'],
  [/ tentative /g, ' '],
];

/** What the kernel tells a second later, or not yet: only for what is looked at once and at once. */
const carrierRules: typeof rules = [
  [/\bstate [A-Z]+/g, 'state SOON'],
  [/NO-CARRIER,|,LOWER_UP|,M-DOWN/g, ''],
  [/\bqdisc \w+/g, 'qdisc SOON'],
];

export function normaliseState(text: string): string {
  return carrierRules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), normalise(text));
}

export function normalise(text: string): string {
  return rules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
