/** What the package's entries share and nobody else sees. */

export { invalidInput } from "./reports.js";
