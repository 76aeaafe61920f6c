// Starts the built server with a data folder of its own on a free port, and stops it by its id.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

function binary(): string {
  return process.env.TOOLCRIB_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/toolcrib");
}

export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.on("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? done(address.port) : failed(new Error("no port"))));
    });
  });
}

export class Server {
  private constructor(
    readonly url: string,
    readonly data: string,
    private readonly process: ChildProcess,
    private readonly log: string[],
  ) {}

  /** An empty Toolcrib, or with `demo` one that shows every feature. `environment` adds to the usual one. */
  static async start(environment: Record<string, string> = {}, command: "serve" | "demo" = "serve"): Promise<Server> {
    const port = await freePort();
    const data = mkdtempSync(join(tmpdir(), "toolcrib-e2e-"));
    // The embedded PostgreSQL may run as another user, who has to get through.
    chmodSync(data, 0o755);
    const url = `http://127.0.0.1:${port}`;
    const { DATABASE_URL: _, ...inherited } = process.env;
    const child = spawn(binary(), [command], {
      cwd: root,
      env: {
        ...inherited,
        TOOLCRIB_ADDR: `127.0.0.1:${port}`,
        TOOLCRIB_DATA_DIR: data,
        LEPTOS_SITE_ROOT: process.env.LEPTOS_SITE_ROOT ?? join(root, "target/site"),
        LEPTOS_OUTPUT_NAME: "toolcrib",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log: string[] = [];
    child.stdout?.on("data", (text) => log.push(String(text)));
    child.stderr?.on("data", (text) => log.push(String(text)));
    const server = new Server(url, data, child, log);
    try {
      await server.ready();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private async ready(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      if (this.process.exitCode !== null) throw new Error(`the server stopped with ${this.process.exitCode}:\n${this.log.join("")}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((wait) => setTimeout(wait, 200));
    }
    throw new Error(`the server was not ready within a minute:\n${this.log.join("")}`);
  }

  /** What the demo said: how to get in. It says so when it is filled. */
  async demoSignIn(): Promise<{ email: string; password: string; slug: string }> {
    for (let tries = 0; tries < 300; tries++) {
      const said = this.log.join("");
      const [slug, email, password] = [/127\.0\.0\.1:\d+\/(\S+)/, /e-mail\s+(\S+)/, /password\s+(\S+)/].map((what) => what.exec(said)?.[1]);
      if (slug && email && password) return { slug, email, password };
      await new Promise((wait) => setTimeout(wait, 200));
    }
    throw new Error(`the demo was not filled within a minute:\n${this.log.join("")}`);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const stopped = new Promise((done) => this.process.once("exit", done));
      this.process.kill("SIGTERM");
      const late = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
      await stopped;
      clearTimeout(late);
    }
    rmSync(this.data, { recursive: true, force: true });
  }
}
