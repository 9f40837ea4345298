/**
 * Helpers for testing networked software, for any test framework: namespaces that live as long as a test, a look at what a test left
 * behind, and a kernel that says what the test tells it to.
 *
 * @packageDocumentation
 */

export { type Census, leakCensus, settledCensus } from './testing/leak-census.ts';
export { expectNoLeakedNamespaces, type LeakedNamespacesOptions } from './testing/leaked-namespaces.ts';
export { type PrivateNamespaces, privateNamespaces } from './testing/private-namespaces.ts';
export {
  acknowledge,
  answer,
  done,
  ScriptedKernel,
  type ScriptedRequest,
  type ScriptedStep,
  together,
} from './testing/scripted-kernel.ts';
export { type TransientNamespaceOptions, transientNamespace } from './testing/transient-namespace.ts';
