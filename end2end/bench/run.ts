// Toolcrib's canvas beside @xyflow/react: the same graph, the same Chromium, the same hands, one after the other. Prints a table.
import { type Browser, type Page, chromium } from "@playwright/test";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { Server } from "../support/server";
import { COLUMNS, ROWS, graph, workflow } from "./graph";
import { type Frames, counting, shown, summary } from "./measure";

const ORG = "bench";
const SIZE = { width: 1440, height: 900 };
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));

const STEPS = new Map(graph().steps.map((step) => [step.id, step]));

interface Point {
  x: number;
  y: number;
}

/** What differs between the editors: where things are and how they are called. */
interface Editor {
  name: string;
  url: string;
  node(id: string): string;
  /** The step that a click has chosen. */
  chosen(): string;
  /** How many are chosen. */
  count(page: Page): Promise<number>;
  /** What is moved and scaled with the view. */
  world: string;
  /** What changes, and how, when a move of many is drawn. */
  moved: { selector: string; options: MutationObserverInit };
  /** All of the graph on the screen. */
  fit(page: Page): Promise<void>;
  /** Cookies of somebody who may see it. */
  cookies: Awaited<ReturnType<Awaited<ReturnType<Browser["newContext"]>>["cookies"]>>;
  board: string;
  nameField: string;
}

async function open(browser: Browser, editor: Editor): Promise<Page> {
  const context = await browser.newContext({ viewport: SIZE });
  await context.addCookies(editor.cookies);
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`${editor.name}: ${error.message}`));
  await counting(page);
  await page.goto(editor.url, { waitUntil: "commit" });
  return page;
}

const WIDTH = 224;
const HEIGHT = 64;

/** Where the origin of the graph lies in the window, and how large a unit of it is: what is painted has no element to ask. */
const viewOf = (page: Page, editor: Editor): Promise<Point & { zoom: number }> =>
  page.evaluate(
    ({ world, board }) => {
      const moved = document.querySelector(world);
      const frame = document.querySelector(board)?.getBoundingClientRect();
      const place = new DOMMatrix(moved ? getComputedStyle(moved).transform : "");
      return { x: (frame?.left ?? 0) + place.e, y: (frame?.top ?? 0) + place.f, zoom: place.a };
    },
    { world: editor.world, board: editor.board },
  );

/** The frame of a step in the window, from where it stands on the graph. */
async function boxOf(page: Page, editor: Editor, id: string): Promise<{ x: number; y: number; width: number; height: number }> {
  const step = STEPS.get(id);
  if (!step) throw new Error(`${id} is no step`);
  const { x, y, zoom } = await viewOf(page, editor);
  return { x: x + step.x * zoom, y: y + step.y * zoom, width: WIDTH * zoom, height: HEIGHT * zoom };
}

const middleOf = async (page: Page, editor: Editor, id: string): Promise<Point> => {
  const box = await boxOf(page, editor, id);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** A hand that moves sixty times a second: a place for every moment, and never two at once. */
async function along(page: Page, steps: number, place: (part: number) => Point): Promise<void> {
  const began = performance.now();
  for (let step = 1; step <= steps; step++) {
    const { x, y } = place(step / steps);
    await page.mouse.move(x, y);
    const early = began + step * (1000 / 60) - performance.now();
    if (early > 0) await new Promise((wait) => setTimeout(wait, early));
  }
}

/** Round a circle, back to where it began. */
const circle = (from: Point, radius: number) => (part: number) => ({
  x: from.x + radius * Math.sin(part * 2 * Math.PI),
  y: from.y + radius * (1 - Math.cos(part * 2 * Math.PI)),
});

async function wheel(page: Page, steps: number, dx: number, dy: (step: number) => number): Promise<void> {
  const began = performance.now();
  for (let step = 0; step < steps; step++) {
    await page.mouse.wheel(dx, dy(step));
    const early = began + (step + 1) * (1000 / 60) - performance.now();
    if (early > 0) await new Promise((wait) => setTimeout(wait, early));
  }
}

/** An empty place of the board, in its lower middle. */
async function emptyPlace(page: Page, editor: Editor): Promise<Point> {
  const box = await page.locator(editor.board).boundingBox();
  if (!box) throw new Error("no board");
  return { x: box.x + box.width * 0.4, y: box.y + box.height * 0.6 };
}

type Row = Record<string, number | Frames>;

async function measure(browser: Browser, editor: Editor): Promise<Row> {
  const row: Row = {};
  const began = performance.now();
  const page = await open(browser, editor);
  const first = editor.node("step_0");
  // Interactive: the first step is drawn, and a click on it chooses it. Looked for in every frame, not as often as a test would.
  const seen = (selector: string, timeout: number) =>
    page.waitForFunction((selector) => document.querySelector(selector) !== null, selector, { polling: "raf", timeout }).then(
      () => true,
      () => false,
    );
  await seen(first, 60_000);
  do {
    const { x, y } = await middleOf(page, editor, "step_0");
    await page.mouse.click(x, y);
  } while (!(await seen(editor.chosen(), 250)));
  row["from the address to a step that a click has chosen, ms"] = performance.now() - began;
  await page.waitForTimeout(1_500);

  // Typing, while the step is chosen and its panel is open.
  const field = page.locator(editor.nameField).first();
  await field.click();
  row["typing 60 letters into a step's name"] = await shown(page, async () => {
    await field.pressSequentially("The quick brown fox jumps over the lazy dog, and then again!".slice(0, 60), { delay: 33 });
    // What follows a pause in typing counts too: judging, keeping, saving.
    await page.waitForTimeout(900);
  });

  const grip = await middleOf(page, editor, "step_26");
  row["dragging a step"] = await shown(page, async () => {
    await page.mouse.move(grip.x, grip.y);
    await page.mouse.down();
    await along(page, 120, circle(grip, 140));
    await page.mouse.up();
    await page.waitForTimeout(900);
  });

  const place = await emptyPlace(page, editor);
  row["moving the paper with the middle button"] = await shown(page, async () => {
    await page.mouse.move(place.x, place.y);
    await page.mouse.down({ button: "middle" });
    await along(page, 120, (part) => ({ x: place.x - 900 * Math.sin(part * Math.PI), y: place.y - 300 * Math.sin(part * Math.PI) }));
    await page.mouse.up({ button: "middle" });
  });
  await page.mouse.move(place.x, place.y);
  row["moving the paper with the wheel, to the far end"] = await shown(page, () => wheel(page, 150, 55, () => 6));
  row["zooming out to a tenth and in again"] = await shown(page, async () => {
    await page.keyboard.down("Control");
    await wheel(page, 120, 0, (step) => (step < 60 ? 12 : -12));
    await page.keyboard.up("Control");
  });

  await editor.fit(page);
  await page.waitForTimeout(800);
  row["moving the paper with all 1 000 steps in sight"] = await shown(page, async () => {
    await page.mouse.move(place.x, place.y);
    await page.mouse.down({ button: "middle" });
    await along(page, 120, circle(place, 80));
    await page.mouse.up({ button: "middle" });
  });

  // Two hundred: a frame round the upper ten rows of the middle twenty columns.
  const corner = await boxOf(page, editor, `step_${10 * ROWS}`);
  const end = await boxOf(page, editor, `step_${29 * ROWS + 9}`);
  await page.mouse.move(corner.x - 3, corner.y - 3);
  await page.mouse.down();
  row["drawing a frame round 200 steps"] = await shown(page, () =>
    along(page, 60, (part) => ({ x: corner.x - 3 + part * (end.x + end.width + 6 - corner.x), y: corner.y - 3 + part * (end.y + end.height + 6 - corner.y) })),
  );
  await page.mouse.up();
  await page.waitForTimeout(300);
  const chosen = await editor.count(page);
  if (chosen !== 200) throw new Error(`${editor.name}: ${chosen} steps are chosen, not 200`);
  const held = await middleOf(page, editor, `step_${20 * ROWS + 5}`);
  row["dragging 200 steps"] = await shown(page, async () => {
    await page.mouse.move(held.x, held.y);
    await page.mouse.down();
    await along(page, 120, (part) => ({ x: held.x + 60 * Math.sin(part * 4), y: held.y + 150 * part }));
    await page.mouse.up();
    await page.waitForTimeout(900);
  });
  await page.locator(editor.board).focus();
  const taken = page.evaluate(
    ({ selector, options }) =>
      new Promise<number>((done) => {
        const element = document.querySelector(selector);
        if (!element) return done(Number.NaN);
        let pressed = 0;
        addEventListener("keydown", () => (pressed = performance.now()), { capture: true });
        new MutationObserver((_, observer) => {
          observer.disconnect();
          // The frame that shows it has ended when the one after it begins.
          requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - pressed)));
        }).observe(element, options);
      }),
    editor.moved,
  );
  row["undo of that move"] = await shown(page, async () => {
    await page.keyboard.press("Control+z");
    await page.waitForTimeout(600);
  });
  row["the same, from the key to the picture, ms"] = await taken;
  await page.context().close();
  return row;
}

/** Toolcrib with the graph as a workflow, and somebody who is signed in. */
async function toolcrib(browser: Browser): Promise<{ editor: Editor; stop: () => Promise<void> }> {
  const server = await Server.start();
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await page.goto("/");
  await page.locator("body[data-hydrated]").waitFor();
  for (const [label, value] of [
    ["Organization name", "Bench"],
    ["Address", ORG],
    ["Your name", "Ada"],
    ["E-mail", "ada@bench.example"],
    ["Password", "correct horse battery staple"],
  ] as const) {
    await page.getByLabel(label).fill(value);
  }
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.waitForURL(`**/${ORG}`);
  await page.goto(`/${ORG}/workflows/new`);
  await page.locator("body[data-hydrated]").waitFor();
  await page.locator('[name="display_name"]').first().fill("A thousand steps");
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  const path = new URL(page.url()).pathname;
  // Drawn like people would: pasted onto the empty canvas, and saved.
  await page.goto(path);
  await page.locator("#canvas").focus();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.querySelector("#canvas")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, JSON.stringify(workflow()));
  await page.locator("[data-saving]").getByText("Saved").waitFor();
  const cookies = await context.cookies();
  await context.close();
  const editor: Editor = {
    name: "Toolcrib",
    url: `${server.url}${path}`,
    cookies,
    board: "#canvas",
    node: (id) => `[data-node="${id}"]`,
    chosen: () => "[data-node].ring-accent",
    count: async (page) => Number((await page.locator("#canvas").getAttribute("data-chosen")) ?? Number.NaN),
    world: ".canvas-world",
    // What is painted has no element: the words for those who listen change in the same frame.
    moved: { selector: "[data-said]", options: { childList: true, characterData: true, subtree: true } },
    nameField: "#canvas-step-name",
    fit: async (page) => {
      await page.locator("#canvas").focus();
      await page.keyboard.press("1");
    },
  };
  return { editor, stop: () => server.stop() };
}

/** What `build` made of the peer, served as it would be: files, compressed by nobody, from this machine. */
async function xyflow(): Promise<{ editors: Editor[]; stop: () => void }> {
  const types: Record<string, string> = { html: "text/html", js: "text/javascript", css: "text/css" };
  const folder = join(import.meta.dirname, "site");
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const file = join(folder, path === "/" ? "index.html" : path.slice(1));
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[file.split(".").at(-1) ?? ""] ?? "text/plain" }).end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = address && typeof address === "object" ? address.port : 0;
  const editor = (name: string, query: string): Editor => ({
    name,
    url: `http://127.0.0.1:${port}/${query}`,
    cookies: [],
    board: ".react-flow__pane",
    node: (id) => `.react-flow__node[data-id="${id}"]`,
    chosen: () => ".react-flow__node.selected",
    count: (page) => page.locator(".react-flow__node.selected").count(),
    world: ".react-flow__viewport",
    moved: { selector: `.react-flow__node[data-id="step_${20 * ROWS + 5}"]`, options: { attributes: true, attributeFilter: ["style"] } },
    nameField: 'input[aria-label="Name"]',
    fit: async (page) => void (await page.evaluate(() => (window as unknown as { flow: { fitView(): void } }).flow.fitView())),
  });
  return { editors: [editor("xyflow", ""), editor("xyflow, only what is visible", "?visible")], stop: () => server.close() };
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
const ours = await toolcrib(browser);
const theirs = await xyflow();
try {
  // Drawing all of its nodes all the time, the peer takes minutes for a round: only when it is asked for.
  const wanted = process.env.BENCH_ONLY?.split(";") ?? ["Toolcrib", "xyflow, only what is visible"];
  const editors = [ours.editor, ...theirs.editors].filter(({ name }) => wanted.includes(name));
  const rows: Record<string, Row[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const editor of editors) (rows[editor.name] ??= []).push(await measure(browser, editor));
  }
  const { steps, connections } = graph();
  console.log(`\n${steps.length} steps in ${COLUMNS} columns, ${connections.length} connections; Chromium ${browser.version()}, ${SIZE.width} × ${SIZE.height}, drawn without a graphics card; the middle of ${ROUNDS} rounds.`);
  console.log(`Frames a second / longest frame in ms (33 is two frames of sixty a second).\n`);
  console.log(summary(editors.map(({ name }) => name), rows));
} finally {
  theirs.stop();
  await ours.stop();
  await browser.close();
}
