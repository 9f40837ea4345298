/**
 * Linux network namespaces for TypeScript: make, name, enter, see and explain them.
 *
 * @packageDocumentation
 */
import { access } from 'node:fs';

// libuv makes the threads of its pool when work is first queued, and they inherit the namespaces of the thread that queues it, for
// the life of the process. Queue it now, from where the program starts.
access('/', () => {});

export { NetworkNamespace } from './api/network-namespace.ts';
export { type ChangeOptions, NetlinkConnection, type RequestOptions } from './connection/connection.ts';
export type { DumpResult } from './connection/conversation.ts';
export type { Declaration } from './connection/declaration.ts';
export { type NetlinkEvent, type SubscribeOptions, subscribe } from './connection/subscribe.ts';
export { type ApplyOptions, apply } from './document/apply.ts';
export { type DescribeOptions, describe } from './document/describe.ts';
export type { NamespaceDocument, NetworkDocument, SectionName } from './document/document.ts';
export { plan } from './document/plan.ts';
export { documentJsonSchema } from './document/schema-document.ts';
export type { Step } from './document/step.ts';
export { formatDocument, parseDocument } from './document/text.ts';
export {
  ApplyError,
  ClosedError,
  DecodeError,
  DocumentError,
  type DocumentProblem,
  type ExtendedAck,
  InvalidArgumentError,
  KernelError,
  type KernelErrorDetails,
  NetlinkError,
  type Refusal,
  TransactionError,
  UnsupportedError,
} from './errors.ts';
export {
  type Capture,
  type CaptureChange,
  type CaptureInterface,
  type CaptureOptions,
  type CaptureSource,
  capture,
} from './inspect/capture/capture.ts';
export { type CaptureFileOptions, writeCapture, writeCaptureTo } from './inspect/capture/files.ts';
export type { Direction as CaptureDirection } from './inspect/capture/filter/compile.ts';
export type { CapturedPacket } from './inspect/capture/packets-in.ts';
export { type PacketSummary, summarize as summarizePacket } from './inspect/capture/summary.ts';
export {
  census,
  type MachineCensus,
  type MachineCensusOptions,
  type MachineNamespace,
  type SeenQueue,
} from './inspect/census.ts';
export { type Completeness, completenessLine } from './inspect/completeness.ts';
export type { Container, Runtime } from './inspect/containers/cgroups.ts';
export { dotOf } from './inspect/graph/dot.ts';
export { mermaidOf } from './inspect/graph/mermaid.ts';
export { svgOf } from './inspect/graph/svg.ts';
export { textOf } from './inspect/graph/text.ts';
export type { Holder, Keeper, KeeperKind } from './inspect/keeper.ts';
export {
  type KeepersOptions,
  type KeepersReport,
  type KeptBy,
  keepers,
  type NamespaceSubject,
} from './inspect/keepers.ts';
export { type LeakedNamespace, type LeaksOptions, leaks, type ReleasedMount, releaseMounts } from './inspect/leaks.ts';
export {
  type Listeners,
  type ListenersOptions,
  type Listening,
  type ListeningPlace,
  listeners,
  type PublishedAt,
} from './inspect/listeners.ts';
export { openMachineNamespace } from './inspect/open.ts';
export type { OrphanSocket } from './inspect/orphans.ts';
export { type Publication, publicationsOf } from './inspect/publications.ts';
export { type ReferenceSum, sayReferences } from './inspect/references.ts';
export {
  type Difference,
  type DiffObject,
  type DiffOptions,
  type DiffPlace,
  diff,
  type MachineDiff,
} from './inspect/snapshot/diff.ts';
export { readSnapshot } from './inspect/snapshot/read.ts';
export type { MachineSnapshot, SnapshotNetwork } from './inspect/snapshot/snapshot.ts';
export { type SnapshotOptions, snapshot } from './inspect/snapshot/take.ts';
export { writeSnapshot } from './inspect/snapshot/write.ts';
export type { SocketFacts } from './inspect/sources/socket-facts.ts';
export {
  type LinkEnd,
  type Topology,
  type TopologyLink,
  type TopologyNamespace,
  type TopologyOptions,
  topology,
} from './inspect/topology.ts';
export type {
  TimelineEvent,
  TimelinePlace,
  WatchedObject,
  WatchedTable,
  WatchedTables,
} from './inspect/watch/timeline.ts';
export { type WatchOptions, watch } from './inspect/watch/watch.ts';
export { bindNamespace, unbindNamespace } from './namespaces/bind.ts';
export { type CensusEntry, type CensusOptions, NamespaceCensus } from './namespaces/discover/census.ts';
export type { SeenProcess } from './namespaces/discover/in-processes.ts';
export { type NamespaceId, sameNamespace } from './namespaces/identity.ts';
export { type MonitorOptions, monitorNames, type NameEvent } from './namespaces/monitor.ts';
export type { NamingOptions } from './namespaces/name-directory.ts';
export { attachName, createNamed, createNames } from './namespaces/named.ts';
export {
  defaultRunDirectory,
  listNames,
  type NameEntry,
  type RunDirectoryOptions,
  removeName,
  removeNames,
  validateName,
} from './namespaces/names.ts';
export { createNamespace, Namespace } from './namespaces/namespace.ts';
export {
  type NamespaceIds,
  type NamespacesOfProcess,
  namespacesOfProcess,
  type ProcessNamespace,
  processNamespaces,
} from './namespaces/of-process.ts';
export { namespaceIdOf, namespacesOfProcesses, processesOf } from './namespaces/processes.ts';
export { type NamespaceRef, openNamespace } from './namespaces/reference.ts';
export { type Relations, relationsOf } from './namespaces/relations.ts';
export { prepareRunDirectory } from './namespaces/run-directory.ts';
export { type NamespaceType, namespaceFlags, namespaceTypes } from './namespaces/type.ts';
export { Fd } from './native/fd.ts';
export {
  type AddressLabel,
  type AddressLabelFilter,
  type AddressLabelSpec,
  AddressLabels,
} from './network/address-labels.ts';
export { type Address, Addresses, type AddressFilter, type AddressSpec } from './network/addresses.ts';
export { type BridgeVlan, type BridgeVlanSpec, BridgeVlans } from './network/bridge-vlans.ts';
export type {
  Connection,
  ConnectionChanges,
  ConnectionCounters,
  ConnectionKey,
  ConnectionSpec,
  ConnectionTuple,
  ExpectedConnection,
} from './network/connections/connection.ts';
export { type ConnectionCount, type ConnectionStatistics, Connections } from './network/connections/connections.ts';
export type { ConnectionEvent, ConnectionMonitorOptions } from './network/connections/events.ts';
export type { ConnectionFilter } from './network/connections/filter.ts';
export {
  Counters,
  type CountersSample,
  type WatchCountersOptions,
  type WatchedCounters,
} from './network/counters/counters.ts';
export type { ProtocolCounters } from './network/counters/mib.ts';
export { type CounterRates, ratesBetween } from './network/counters/rates.ts';
export {
  type Channels,
  type Coalesce,
  Ethtool,
  type Pause,
  type Rings,
  type Timestamping,
} from './network/ethtool/ethtool.ts';
export type { Feature } from './network/ethtool/features.ts';
export type { LinkMode } from './network/ethtool/link-mode.ts';
export { Fdb, type FdbEntry, type FdbFilter, type FdbKind, type FdbSpec } from './network/fdb.ts';
export { NamespaceProc } from './network/files/proc.ts';
export { NamespaceSys } from './network/files/sys.ts';
export type { ChainName, ChainSpec, FirewallChain } from './network/firewall/chains.ts';
export type { Change, ChangeMessage } from './network/firewall/change.ts';
export type { ElementSpec, FirewallElement } from './network/firewall/elements.ts';
export type { FirewallEvent, FirewallObjects } from './network/firewall/events.ts';
export {
  Firewall,
  type FirewallListenOptions,
  type FirewallOptions,
  OwnedTable,
  type TransactionOptions,
} from './network/firewall/firewall.ts';
export type { Flowtable, FlowtableName, FlowtableSpec } from './network/firewall/flowtables.ts';
export type { RulesetDocument, RulesetObject } from './network/firewall/json/schema.ts';
export {
  Chains,
  Elements,
  type FirewallFilter,
  FirewallRules,
  Flowtables,
  Objects,
  Sets,
  Tables,
} from './network/firewall/listings.ts';
export type {
  FirewallObject,
  ObjectName,
  ObjectSpec,
  ObjectState,
  ObjectStateInput,
  ObjectType,
} from './network/firewall/objects.ts';
export type { FirewallRule, FirewallRuleSpec, RuleName, RulePlace } from './network/firewall/rules.ts';
export type { FilledSet, Ruleset } from './network/firewall/ruleset.ts';
export type { FirewallSet, FirewallSetSpec, SetName } from './network/firewall/sets.ts';
export type { FirewallTable, TableName, TableSpec } from './network/firewall/tables.ts';
export type { FirewallTrace, FirewallTraceStep } from './network/firewall/trace.ts';
export { type Contents, FirewallTransaction } from './network/firewall/transaction.ts';
export type { FirewallFamily, FirewallHook, FirewallPriority } from './network/firewall/words.ts';
export {
  type Link,
  type LinkChanges,
  type LinkCounters,
  type LinkFilter,
  type LinkQuery,
  type LinkSpec,
  Links,
  type LinkTarget,
  type PeerSpec,
} from './network/links.ts';
export {
  Mdb,
  type MulticastGroup,
  type MulticastGroupFilter,
  type MulticastGroupMode,
  type MulticastGroupSpec,
} from './network/mdb.ts';
export type { NetworkChange, NetworkEvent, NetworkMonitorOptions } from './network/monitor.ts';
export type { MonitoredObject, MonitoredObjects } from './network/monitored.ts';
export {
  type Neighbour,
  type NeighbourFilter,
  type NeighbourSpec,
  type NeighbourState,
  Neighbours,
} from './network/neighbours.ts';
export { Netconf, type NetconfEntry, type NetconfFamily, type NetconfFilter } from './network/netconf.ts';
export { Network, openNetwork, openNetworks } from './network/network.ts';
export {
  type Nexthop,
  type NexthopBucket,
  type NexthopFilter,
  type NexthopMember,
  type NexthopSpec,
  Nexthops,
  type ResilientGroup,
} from './network/nexthops.ts';
export { type NsidEntry, type NsidOptions, type NsidSubject, Nsids } from './network/nsids.ts';
export { type PingOptions, type PingReply, ping } from './network/ping.ts';
export {
  type Route,
  type RouteEncapsulation,
  type RouteFilter,
  type RouteMetrics,
  type RouteNexthop,
  type RouteQuery,
  type RouteSpec,
  Routes,
  type RouteType,
  type WeightedNexthop,
} from './network/routes.ts';
export { type PortRange, type Rule, type RuleAction, type RuleFilter, type RuleSpec, Rules } from './network/rules.ts';
export { type StandingAction, TrafficActions } from './network/shaping/actions.ts';
export {
  type ChainTemplate,
  type TrafficChain,
  type TrafficChainQuery,
  type TrafficChainSpec,
  TrafficChains,
} from './network/shaping/chains.ts';
export {
  type TrafficClass,
  TrafficClasses,
  type TrafficClassFilter,
  type TrafficClassSpec,
} from './network/shaping/classes.ts';
export type { Distribution } from './network/shaping/distributions.ts';
export {
  type BpfFilterOptions,
  type TrafficFilter,
  type TrafficFilterQuery,
  type TrafficFilterReference,
  type TrafficFilterSpec,
  TrafficFilters,
} from './network/shaping/filters.ts';
export type { TrafficAction, Verdict } from './network/shaping/kinds/actions.ts';
export type { CakeOptions } from './network/shaping/kinds/cake.ts';
export type { CodelOptions, FqCodelOptions, PieOptions } from './network/shaping/kinds/delay-based.ts';
export type { FqOptions, SfqOptions } from './network/shaping/kinds/fair.ts';
export type { FlowerOptions } from './network/shaping/kinds/flower.ts';
export type { HfscClassOptions, HfscOptions, ServiceCurve } from './network/shaping/kinds/hfsc.ts';
export type { HtbClassOptions, HtbOptions } from './network/shaping/kinds/htb.ts';
export type { LossModel, NetemOptions, NetemSlot } from './network/shaping/kinds/netem.ts';
export type { PrioOptions } from './network/shaping/kinds/prio.ts';
export type { RateDetails, TbfOptions } from './network/shaping/kinds/tbf.ts';
export type { U32Match, U32Options } from './network/shaping/kinds/u32.ts';
export { type Qdisc, type QdiscFilter, type QdiscReference, type QdiscSpec, Qdiscs } from './network/shaping/qdiscs.ts';
export type { ShapingStatistics } from './network/shaping/statistics.ts';
export type { Snapshot } from './network/snapshot.ts';
export type { SocketFilter } from './network/sockets/filter.ts';
export type {
  InetSocket,
  InetSocketKind,
  NetlinkSocketEntry,
  PacketSocket,
  Socket,
  SocketCgroup,
  SocketCommon,
  SocketEnd,
  SocketKind,
  SocketMemory,
  SocketOwner,
  SocketState,
  SocketTimer,
  UnixSocket,
  VsockSocket,
  XdpSocket,
} from './network/sockets/socket.ts';
export { type SocketList, type SocketListOptions, Sockets } from './network/sockets/sockets.ts';
export type { SysctlValue, SysctlValueOf } from './network/sysctl/shapes.ts';
export { Sysctl, type SysctlEntry } from './network/sysctl/sysctl.ts';
export { ReplaceableTable, Table } from './network/table.ts';
export type { WireguardChanges, WireguardPeerChanges } from './network/wireguard/changes.ts';
export type { WireguardDevice, WireguardPeer } from './network/wireguard/device.ts';
export { generateWireguardKey, wireguardPublicKey } from './network/wireguard/keys.ts';
export { Wireguard } from './network/wireguard/wireguard.ts';
export type { DescribedStep } from './process/plan/describe.ts';
export type { IdRange } from './process/plan/id-map.ts';
export type { EnterTarget, IdMap, Limits, SpawnPlan } from './process/plan/spawn-plan.ts';
export { validatePlan } from './process/plan/validate.ts';
export { describePlan, exec, type PlanExecOptions, type PlanSpawnOptions, spawn } from './process/run-plan.ts';
export type { NamespaceDgram } from './process/sockets/dgram.ts';
export { type FetchTlsOptions, fetchIn, type NamespaceFetch } from './process/sockets/fetch.ts';
export type { NamespaceHttp } from './process/sockets/http.ts';
export type { NamespaceHttps } from './process/sockets/https.ts';
export type { NamespaceNet } from './process/sockets/net.ts';
export { type SocketDomain, type SocketType, socketIn } from './process/sockets/raw-socket.ts';
export type { LookupAddress, LookupOptions } from './process/sockets/resolver/lookup.ts';
export {
  NamespaceResolver,
  type NamespaceResolverOptions,
  type RecordWithTtl,
  type TlsaRecord,
} from './process/sockets/resolver/resolver.ts';
export type { NamespaceTls } from './process/sockets/tls.ts';
export { type NamespaceWorkerOptions, workerIn } from './process/sockets/worker.ts';
export {
  type ExecOptions,
  type ExecResult,
  execIn,
  type NamespaceProcess,
  type SpawnOptions,
  spawnIn,
} from './process/spawn.ts';
