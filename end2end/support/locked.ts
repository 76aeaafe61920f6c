// An API on loopback that wants a key and repeats it: what the tests of keys call. It refuses what is not one of its keys.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Locked {
  url: string;
  host: string;
  /** The credentials of every request, in order. */
  shown: string[];
  accept(key: string): void;
  stop(): Promise<void>;
}

export async function startLocked(): Promise<Locked> {
  const shown: string[] = [];
  const accepted = new Set<string>();
  const server: Server = createServer((request, response) => {
    const credential = request.headers.authorization ?? "";
    shown.push(credential);
    const known = accepted.has(credential.replace(/^Bearer /, ""));
    response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ balance: known ? 17 : null, you_sent: credential }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    shown,
    accept: (key) => accepted.add(key),
    stop: () => new Promise((done) => server.close(() => done())),
  };
}
