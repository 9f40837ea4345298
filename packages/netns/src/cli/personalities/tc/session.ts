import { NetlinkConnection } from '../../../connection/connection.ts';
import type { Namespace } from '../../../namespaces/namespace.ts';
import { DeviceNames } from '../ip/device-names.ts';
import { failure } from '../ip/exit.ts';
import { formatJson, type Json } from '../ip/json.ts';
import type { Output } from '../ip/output.ts';
import type { TrafficView } from './actions/kind.ts';
import type { ReadContext } from './kinds/kind.ts';
import type { TcOptions } from './options.ts';
import type { TcView } from './qdisc/describe.ts';
import type { Say } from './say.ts';

/** What one run of `tc` works with; in a batch all lines share it. */
export class TcSession implements Disposable, ReadContext {
  readonly options: TcOptions;
  readonly output: Output;
  readonly connection: NetlinkConnection;
  readonly devices: DeviceNames;
  readonly namespace: Namespace | undefined;
  readonly remark: (text: string) => void;

  constructor(options: TcOptions, output: Output, namespace: Namespace | undefined, remark: (text: string) => void) {
    this.options = options;
    this.output = output;
    this.namespace = namespace;
    this.remark = remark;
    this.connection = new NetlinkConnection({ namespace: namespace?.fd });
    this.devices = new DeviceNames(this.connection);
  }

  /** Throws Exit (1), as `tc` words it. */
  indexOf(name: string): number {
    const index = this.devices.indexOf(name);
    if (index === 0) throw failure(`Cannot find device "${name}"`);
    return index;
  }

  /** Devices are named in listings of all of them. */
  view(all: boolean): TcView {
    const { details, iec, statistics } = this.options;
    const view = { details, iec, statistics };
    return all ? { ...view, deviceName: (index) => this.devices.nameOf(index) } : view;
  }

  /** What listings of filters, chains and actions know. */
  traffic(): TrafficView {
    const { details, iec, statistics } = this.options;
    return { details, iec, statistics, linkName: (index) => this.devices.nameOf(index) };
  }

  /** A list that is not whole has no end: so `tc` leaves it when the kernel refuses to go on. */
  printJson(value: Json, whole = true): void {
    const text = formatJson(value, this.options.pretty);
    this.output.write(whole ? `${text}\n` : text.slice(0, text.lastIndexOf(']')).trimEnd());
  }

  /** What is said of each: JSON or text. */
  print(said: readonly Say[], whole = true): void {
    if (this.options.json)
      this.printJson(
        said.map(({ members }) => members as Json),
        whole,
      );
    else for (const { text } of said) this.output.write(text);
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}
