/** The operations that every language's stores are tested with, and their answers. For every platform. */

/** Asks a store all of them, in accounts that nobody else uses. */
export async function conforms(store, scenes) {
  const run = crypto.randomUUID();
  for (const [number, { name, operations }] of scenes.entries()) {
    for (const { request, answer } of operations) {
      const account = `${run} ${number} ${request.account}`;
      const given = await store.carryOut(operationOf({ ...request, account }));
      const [found, wanted] = [JSON.parse(given), answer].map(sorted).map(JSON.stringify);
      if (found !== wanted) {
        throw new Error(`${name}: ${JSON.stringify(request)} gives ${found}, not ${wanted}`);
      }
    }
  }
}

/** A request as clients hand it to a store. */
export function operationOf(request) {
  const { op } = request;
  const name = typeof op === "string" ? op : Object.keys(op)[0];
  return { op: name, document: JSON.stringify(request) };
}

/** The same with the fields in order. */
function sorted(value) {
  if (Array.isArray(value) || typeof value !== "object" || value === null) {
    return Array.isArray(value) ? value.map(sorted) : value;
  }
  const fields = Object.entries(value).map(([name, field]) => [name, sorted(field)]);
  return Object.fromEntries(fields.sort(([one], [other]) => (one < other ? -1 : 1)));
}
