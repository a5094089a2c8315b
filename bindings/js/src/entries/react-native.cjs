/** For React Native, whose engine Hermes has no WebAssembly: it says so, where a missing global would not. */

if (typeof WebAssembly === "undefined") {
  throw new Error(
    "stablevps needs WebAssembly, which React Native's Hermes does not have: " +
      "buy from a server of your own, or use the Kotlin and Swift packages in a native module",
  );
}

module.exports = require("./node.cjs");
