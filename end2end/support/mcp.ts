// A small MCP server on loopback (2025-11-25, JSON answers) whose tools a test may change. It refuses what it does not know.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface McpUpstream {
  url: string;
  calls: string[];
  /** Another description for the tool, from now on. */
  describe(text: string): void;
  stop(): Promise<void>;
}

export async function startMcp(): Promise<McpUpstream> {
  let description = "The weather of a city.";
  const calls: string[] = [];
  const sessions = new Set<string>();
  const server: Server = createServer((request, response) => {
    const end = (status: number, body?: object, headers: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json", connection: "close", ...headers });
      response.end(body ? JSON.stringify(body) : undefined);
    };
    if (request.method === "DELETE") return end(200);
    if (request.method !== "POST") return end(405);
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      const { id, method, params } = JSON.parse(text);
      const answer = (result: object, headers = {}) => end(200, { jsonrpc: "2.0", id, result }, headers);
      const session = request.headers["mcp-session-id"];
      if (method === "initialize") {
        const name = `session-${sessions.size + 1}`;
        sessions.add(name);
        const info = { name: "weather-office", version: "1.0.0" };
        return answer({ protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: info }, { "mcp-session-id": name });
      }
      if (typeof session !== "string") return end(400, { jsonrpc: "2.0", id, error: { code: -32000, message: "a session is needed" } });
      if (!sessions.has(session)) return end(404);
      if (id === undefined) return end(202);
      if (method === "tools/list") {
        const inputSchema = { type: "object", properties: { city: { type: "string", description: "Where." } }, required: ["city"] };
        const tools = [
          { name: "getWeather", title: "Weather", description, inputSchema, annotations: { readOnlyHint: true } },
          { name: "odd", description: "Cannot be imported.", inputSchema: { type: "object", properties: { a: { $dynamicRef: "#a" } } } },
        ];
        return answer({ tools });
      }
      if (method === "tools/call" && params.name === "getWeather") {
        calls.push(params.arguments.city);
        const found = { city: params.arguments.city, celsius: 21.5 };
        return answer({ content: [{ type: "text", text: JSON.stringify(found) }], structuredContent: found });
      }
      return end(200, { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    calls,
    describe: (text) => {
      description = text;
    },
    stop: () => new Promise((done) => server.close(() => done())),
  };
}
