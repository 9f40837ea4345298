import { Declarations } from '../../declarations.ts';
import { genericFamily } from './controller.ts';
import { ethtoolChannels } from './ethtool/channels.ts';
import { ethtoolCoalesce } from './ethtool/coalesce.ts';
import { ethtoolFeatures } from './ethtool/features.ts';
import { ethtoolLinkInfo } from './ethtool/link-info.ts';
import { ethtoolLinkModes } from './ethtool/link-modes.ts';
import { ethtoolLinkState } from './ethtool/link-state.ts';
import { ethtoolPause } from './ethtool/pause.ts';
import { ethtoolRings } from './ethtool/rings.ts';
import { ethtoolStrings } from './ethtool/strings.ts';
import { ethtoolTimestamping } from './ethtool/timestamping.ts';
import { fou } from './fou.ts';
import { ila } from './ila.ts';
import { ioam6Namespace, ioam6Schema } from './ioam6.ts';
import { l2tpSession, l2tpTunnel } from './l2tp.ts';
import { macsecDevice } from './macsec.ts';
import { mptcpEndpoint, mptcpEvent, mptcpLimits } from './mptcp.ts';
import { seg6Hmac, seg6TunnelSource } from './seg6.ts';
import { tcpMetrics } from './tcp-metrics.ts';
import { wireguard } from './wireguard.ts';

/** Families of generic netlink, whose numbers only the running kernel knows. */
export const genericMessages = new Declarations([
  genericFamily,
  ethtoolChannels.sent,
  ethtoolChannels.received,
  ethtoolCoalesce.sent,
  ethtoolCoalesce.received,
  ethtoolFeatures.sent,
  ethtoolFeatures.received,
  ethtoolLinkInfo.sent,
  ethtoolLinkInfo.received,
  ethtoolLinkModes.sent,
  ethtoolLinkModes.received,
  ethtoolLinkState.sent,
  ethtoolLinkState.received,
  ethtoolRings.sent,
  ethtoolRings.received,
  ethtoolStrings.sent,
  ethtoolStrings.received,
  ethtoolTimestamping.sent,
  ethtoolTimestamping.received,
  ethtoolPause.sent,
  wireguard,
  tcpMetrics,
  mptcpEndpoint,
  mptcpLimits,
  mptcpEvent,
  seg6Hmac,
  seg6TunnelSource,
  fou,
  ila,
  ioam6Namespace,
  ioam6Schema,
  l2tpTunnel,
  l2tpSession,
  macsecDevice,
]);
