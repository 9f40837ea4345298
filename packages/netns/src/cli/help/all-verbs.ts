import type { Verb } from '../verb.ts';
import { verb as add } from '../verbs/add.ts';
import { verb as apply } from '../verbs/apply.ts';
import { verb as attach } from '../verbs/attach.ts';
import { verb as capture } from '../verbs/capture.ts';
import { verb as completion } from '../verbs/completion.ts';
import { verb as conntrack } from '../verbs/conntrack.ts';
import { verb as del } from '../verbs/del.ts';
import { verb as diff } from '../verbs/diff.ts';
import { verb as doctor } from '../verbs/doctor.ts';
import { verb as exec } from '../verbs/exec.ts';
import { verb as exportVerb } from '../verbs/export.ts';
import { verb as firewall } from '../verbs/firewall.ts';
import { verb as graph } from '../verbs/graph.ts';
import { verb as identify } from '../verbs/identify.ts';
import { verb as ids } from '../verbs/ids.ts';
import { verb as leaks } from '../verbs/leaks.ts';
import { verb as listen } from '../verbs/listen.ts';
import { verb as ls } from '../verbs/ls.ts';
import { verb as monitor } from '../verbs/monitor.ts';
import { verb as peer } from '../verbs/peer.ts';
import { verb as pids } from '../verbs/pids.ts';
import { verb as run } from '../verbs/run.ts';
import { verb as set } from '../verbs/set.ts';
import { verb as shape } from '../verbs/shape.ts';
import { verb as show } from '../verbs/show.ts';
import { verb as snapshot } from '../verbs/snapshot.ts';
import { verb as sockets } from '../verbs/sockets.ts';
import { verb as stats } from '../verbs/stats.ts';
import { verb as sysctl } from '../verbs/sysctl.ts';
import { verb as version } from '../verbs/version.ts';
import { verb as watch } from '../verbs/watch.ts';
import { verb as why } from '../verbs/why.ts';

/** Every verb, in the order of the help; for what speaks about verbs without running one. */
export const allVerbs: readonly Verb[] = [
  add,
  attach,
  del,
  ls,
  why,
  leaks,
  listen,
  capture,
  peer,
  graph,
  snapshot,
  diff,
  watch,
  show,
  exportVerb,
  apply,
  set,
  ids,
  identify,
  pids,
  stats,
  sysctl,
  firewall,
  shape,
  sockets,
  conntrack,
  exec,
  run,
  monitor,
  doctor,
  completion,
  version,
];
