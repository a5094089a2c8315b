/** The first call of a fresh process, import and initialisation included: `first.mjs FILE URL KEY`. */

const [file, url, key] = process.argv.slice(2);
const { lister } = await import(file);
const { length } = await lister(url, key)();
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ rows: length, micros: user + system }));
