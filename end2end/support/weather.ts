// A small HTTP API on loopback: what an api_request tool calls in the tests. It refuses what it does not know.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Weather {
  url: string;
  asked: string[];
  stop(): Promise<void>;
}

export async function startWeather(): Promise<Weather> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const url = new URL(request.url ?? "/", "http://localhost");
    const city = url.searchParams.get("city");
    const known = request.method === "GET" && url.pathname === "/weather" && city;
    response.writeHead(known ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(known ? { city, temperature: 21.5, unit: "celsius" } : { error: "nothing here" }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}
