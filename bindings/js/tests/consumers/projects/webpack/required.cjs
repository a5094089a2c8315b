/** As what is left of a program that was compiled to CommonJS first: the core is a part of the bundle. */

const stablevps = require("stablevps");
const testing = require("stablevps/testing");
const { page } = require("./common/page.mjs");

page(stablevps, async () => testing);
