/** What the reseller answers over HTTP. */

import type { FastifyInstance } from "fastify";
import { isStableVPSError, PLANS, type StableVPS } from "stablevps";
import type { Order, Orders, Sale, State } from "./orders.js";
import { hash, isBearer, isGenuine } from "./secrets.js";
import type { Settings } from "./settings.js";
import type { Worker } from "./worker.js";

export interface Parts extends Pick<Settings, "webhookSecret" | "operatorToken"> {
  client: StableVPS;
  orders: Orders;
  worker: Worker;
}

const SALE = {
  type: "object",
  // What else an event holds is dropped.
  additionalProperties: false,
  required: ["orderId", "planId", "billingCycle", "location", "maxSpend", "secretHash"],
  properties: {
    orderId: { type: "string", pattern: "^[A-Za-z0-9_-]{1,100}$" },
    planId: { enum: PLANS.map((plan) => plan.id) },
    billingCycle: { enum: ["monthly", "yearly"] },
    location: { enum: ["amsterdam", "london", "frankfurt", "newYork", "singapore", "tokyo"] },
    maxSpend: { type: "string", pattern: "^\\d{1,6}(\\.\\d{1,2})?$" },
    secretHash: { type: "string", pattern: "^[0-9a-f]{64}$" },
  },
};

const DECISION = {
  type: "object",
  required: ["decision"],
  properties: { decision: { enum: ["retry", "assign", "buy_anew"] }, vpsId: { type: "string" } },
  if: { properties: { decision: { const: "assign" } } },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word.
  then: { required: ["vpsId"] },
};

const FILTER = {
  type: "object",
  properties: {
    state: { enum: ["paid", "ready", "failed", "parked"] },
  },
};

type OfOrder = { Params: { id: string } };

export async function routes(app: FastifyInstance, parts: Parts): Promise<void> {
  await app.register(events, parts);
  await app.register(handover, parts);
  await app.register(operator, { ...parts, prefix: "/operator" });
  app.get("/health", () => ({ status: "ok", ...parts.orders.counts() }));
}

/** For the payment processor, or the shop's own backend: who has paid. */
async function events(app: FastifyInstance, { webhookSecret, orders, worker }: Parts) {
  // Not a byte of a body is looked at before its signature is.
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (isGenuine(webhookSecret, request.headers, body as Buffer)) {
      parseJson(request, body.toString(), done);
    } else {
      done(Object.assign(new Error("the signature is not valid"), { statusCode: 401 }));
    }
  });

  app.post<{ Body: Sale }>(
    "/events/user-paid",
    { schema: { body: SALE } },
    async (request, reply) => {
      const { orderId } = request.body;
      const noted = orders.note(String(request.headers["webhook-id"]), request.body);
      request.log.info({ order: orderId, noted }, "paid");
      if (noted === "conflict") {
        return reply.code(409).send({ error: "another event has that id, or that order" });
      }
      worker.wake();
      return reply.code(noted === "new" ? 202 : 200).send({ orderId });
    },
  );
}

/** For the customer, who proves it with the secret that the shop gave out. */
async function handover(app: FastifyInstance, { client, orders }: Parts) {
  app.get<OfOrder>("/orders/:id", async (request, reply) => {
    reply.header("cache-control", "no-store");
    const order = orders.find(request.params.id);
    if (!order || !isBearer(request.headers, order.secretHash)) {
      return reply.code(404).send({ error: "no such order" });
    }
    const { id, state, vpsId } = order;
    if (state !== "ready" || vpsId === null) {
      return { id, state };
    }
    try {
      // The password is at the service and nowhere else. Here it is only passed on.
      const vps = await client.vps.get(vpsId, { deadline: 20_000 });
      if (vps.rdpPassword !== null) {
        const { ipAddress, rdpUsername, rdpPassword } = vps;
        return { id, state, ipAddress, rdpUsername, rdpPassword: rdpPassword.reveal() };
      }
    } catch (error) {
      if (!isStableVPSError(error)) {
        throw error;
      }
      request.log.warn({ order: id, code: error.code }, error.message);
    }
    reply.header("retry-after", "10");
    return reply.code(503).send({ error: "the VPS can't be shown now; please try again" });
  });
}

/** For the operator: what has become of everything, and what a person has to decide. */
async function operator(app: FastifyInstance, { operatorToken, orders, worker }: Parts) {
  const tokenHash = hash(operatorToken);
  app.addHook("onRequest", async (request, reply) => {
    if (!isBearer(request.headers, tokenHash)) {
      return reply.code(401).send({ error: "the operator's token is missing or wrong" });
    }
    return undefined;
  });

  app.get<{ Querystring: { state?: State } }>(
    "/orders",
    { schema: { querystring: FILTER } },
    (request) => ({ orders: orders.list(request.query.state ?? null).map(shown) }),
  );

  app.post<OfOrder & { Body: { decision: "retry" | "assign" | "buy_anew"; vpsId: string } }>(
    "/orders/:id/decision",
    { schema: { body: DECISION } },
    async (request, reply) => {
      const { id } = request.params;
      const { decision, vpsId } = request.body;
      const decided = {
        retry: () => orders.retry(id),
        assign: () => orders.assign(id, vpsId),
        buy_anew: () => orders.buyAnew(id),
      }[decision]();
      if (!decided) {
        return reply.code(409).send({ error: "nothing to decide, or not that" });
      }
      request.log.info({ order: id, decision }, "decided");
      worker.wake();
      return { orderId: id };
    },
  );
}

function shown({ id, planId, billingCycle, location, state, vpsId, charged, problem }: Order) {
  return {
    ...{ id, planId, billingCycle, location, state, vpsId, charged },
    problem: problem === null ? null : JSON.parse(problem),
  };
}
