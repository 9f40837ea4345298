// For NODE_OPTIONS=--require=…: the command leaves when the bundle of its verb is loaded, before that does anything.
const { Script } = require('node:vm');
const { join } = require('node:path');

const native = join(__dirname, '../../packages/netns/prebuilds', `linux-${process.arch}`, 'netns.node');
const exitGroup = process.arch === 'arm64' ? 94 : 231;

const compiled = Script.prototype.runInThisContext;
Script.prototype.runInThisContext = function (...options) {
  const load = compiled.apply(this, options);
  return function (exports, require, module, ...rest) {
    load.call(this, exports, require, module, ...rest);
    module.exports = { main: () => require(native).syscall(exitGroup, 0) };
  };
};
