// A graph that is too large for cards: painted where it is too small to read, and as easy to hold as cards are.
import { type Page } from "@playwright/test";
import { board, newWorkflow, node, open, saved } from "../support/canvas";
import { expect, scripted, test } from "../support/fixtures";

const COLUMNS = 20;
const ROWS = 10;
const [ACROSS, DOWN] = [320, 128];
const place = (id: string) => ({ x: Math.floor(Number(id.slice(5)) / ROWS) * ACROSS, y: (Number(id.slice(5)) % ROWS) * DOWN });

/** Two hundred steps in twenty columns, each after the one on its left. */
function graph(): string {
  const ids = Array.from({ length: COLUMNS * ROWS }, (_, number) => `step_${number}`);
  const nodes = ids.map((id) => ({ id, type: "transform", label: `Step ${id.slice(5)}`, position: place(id), config: { expressions: { total: "1 + 1" } } }));
  const edges = ids.slice(ROWS).map((id, at) => ({ id: `to_${id}`, source: `step_${at}`, target: id, mapping: { total: "total" } }));
  return JSON.stringify({ nodes, edges });
}

async function large(page: Page, name: string): Promise<string> {
  const path = await newWorkflow(page, name);
  await open(page, path);
  await board(page).focus();
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.querySelector("#canvas")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, graph());
  await expect(page.locator("[data-saving]")).toHaveText("Saved", { timeout: 20_000 });
  await open(page, path);
  await board(page).focus();
  const first = await node(page, "step_0").evaluate((card) => [parseFloat(card.style.left), parseFloat(card.style.top)]);
  pasted = { x: first[0] ?? 0, y: first[1] ?? 0 };
  return path;
}

/** How far from where the graph says it was pasted. */
let pasted = { x: 0, y: 0 };

/** Where the graph lies in the window. */
const view = (page: Page) =>
  page.evaluate(() => {
    const board = document.querySelector("#canvas")!.getBoundingClientRect();
    const world = new DOMMatrix(getComputedStyle(document.querySelector(".canvas-world")!).transform);
    return { x: board.left + world.e, y: board.top + world.f, zoom: world.a };
  });

async function middle(page: Page, id: string): Promise<{ x: number; y: number }> {
  const { x, y, zoom } = await view(page);
  return { x: x + (place(id).x + pasted.x + 112) * zoom, y: y + (place(id).y + pasted.y + 32) * zoom };
}

/** The colour that is painted at a place of the window. */
const painted = (page: Page, at: { x: number; y: number }) =>
  page.evaluate(({ x, y }) => {
    const canvas = document.querySelector<HTMLCanvasElement>("#canvas > canvas")!;
    const box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    return [...canvas.getContext("2d")!.getImageData((x - box.left) * ratio, (y - box.top) * ratio, 1, 1).data].join(" ");
  }, at);

const NOTHING = "0 0 0 0";
const chosen = (page: Page, count: number) => expect(board(page)).toHaveAttribute("data-chosen", String(count));

test("what is too small to read is painted, and read again as cards", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await large(owner, "Painted");
  await owner.keyboard.press("1");
  await expect(owner.locator("#canvas [data-node]")).toHaveCount(0);
  await expect(owner.locator("#canvas [data-edge]")).toHaveCount(0);
  expect((await view(owner)).zoom).toBeLessThan(0.5);
  // Every step in its place, and paper between them.
  for (const id of ["step_0", "step_57", "step_199"]) await expect.poll(async () => painted(owner, await middle(owner, id))).not.toBe(NOTHING);
  const between = await middle(owner, "step_57");
  const { zoom } = await view(owner);
  expect(await painted(owner, { x: between.x, y: between.y + 64 * zoom })).toBe(NOTHING);
  // Dark is painted dark.
  const light = await painted(owner, await middle(owner, "step_57"));
  await owner.emulateMedia({ colorScheme: "dark" });
  await expect.poll(async () => painted(owner, await middle(owner, "step_57"))).not.toBe(light);
  await owner.emulateMedia({ colorScheme: "light" });
  await expect.poll(async () => painted(owner, await middle(owner, "step_57"))).toBe(light);
  // Closer, the same steps are cards again, and nothing is left of the picture.
  await owner.mouse.move(between.x, between.y);
  await owner.keyboard.press("0");
  await expect(node(owner, "step_95")).toBeVisible();
  const cards = () => owner.locator("#canvas [data-node]").count();
  await expect.poll(cards).toBeGreaterThan(5);
  expect(await cards()).toBeLessThan(80);
  await expect.poll(async () => painted(owner, await middle(owner, "step_95"))).toBe(NOTHING);
});

test("painted steps are chosen, framed, dragged and put back by mouse", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await large(owner, "Painted by mouse");
  await owner.keyboard.press("1");
  await expect(owner.locator("#canvas [data-node]")).toHaveCount(0);
  const one = await middle(owner, "step_57");
  await owner.mouse.click(one.x, one.y);
  // It gets its card, its panel opens, and it keeps both while it is worked on.
  await expect(node(owner, "step_57")).toBeVisible();
  await expect(owner.getByLabel("Name of the step")).toHaveValue("Step 57");
  await expect(owner.locator("#canvas [data-node]")).toHaveCount(1);
  // A connection is taken hold of where it is painted.
  const { zoom } = await view(owner);
  const left = await middle(owner, "step_112");
  await owner.mouse.click(left.x + 160 * zoom, left.y);
  await chosen(owner, 0);
  await expect(owner.locator("#canvas [data-edge]")).toHaveCount(1);

  const [from, to] = [await middle(owner, "step_30"), await middle(owner, "step_64")];
  await owner.mouse.move(from.x - 130 * zoom, from.y - 60 * zoom);
  await owner.mouse.down();
  await owner.mouse.move(to.x, to.y, { steps: 6 });
  await owner.mouse.up();
  await chosen(owner, 20);
  await expect(owner.locator("#canvas [data-node]")).toHaveCount(0);
  const held = await middle(owner, "step_42");
  // With Alt it does not come to rest on lines.
  await owner.keyboard.down("Alt");
  await owner.mouse.move(held.x, held.y);
  await owner.mouse.down();
  await owner.mouse.move(held.x, held.y - 30, { steps: 3 });
  await owner.mouse.move(held.x, held.y - 900 * zoom, { steps: 6 });
  await owner.mouse.up();
  await owner.keyboard.up("Alt");
  await expect.poll(() => painted(owner, { x: held.x, y: held.y - 900 * zoom })).not.toBe(NOTHING);
  await expect.poll(() => painted(owner, held)).toBe(NOTHING);
  await saved(owner);
  await board(owner).focus();
  await owner.keyboard.press("Control+z");
  await expect.poll(() => painted(owner, held)).not.toBe(NOTHING);
  await expect(owner.locator("[data-said]")).toHaveText("Taken back: Moved 20 steps");
  await owner.keyboard.press("Control+Shift+z");
  await expect.poll(() => painted(owner, held)).toBe(NOTHING);
  await saved(owner);
  await open(owner, path);
  await board(owner).focus();
  await owner.keyboard.press("1");
  await expect(owner.locator("#canvas [data-node]")).toHaveCount(0);
  await expect.poll(async () => painted(owner, await middle(owner, "step_42"))).toBe(NOTHING);
  const there = await middle(owner, "step_42");
  expect(await painted(owner, { x: there.x, y: there.y - 900 * (await view(owner)).zoom })).not.toBe(NOTHING);
});

test("painted steps are walked through, moved and renamed by keys", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await large(owner, "Painted by keys");
  await owner.keyboard.press("1");
  await expect(owner.locator("#canvas [data-node]")).toHaveCount(0);
  await owner.keyboard.press("ArrowRight");
  await chosen(owner, 1);
  const first = await board(owner).getAttribute("aria-activedescendant");
  await expect(owner.locator(`#${first}`)).toBeVisible();
  await owner.keyboard.press("ArrowRight");
  await expect(board(owner)).not.toHaveAttribute("aria-activedescendant", first!);
  const second = (await board(owner).getAttribute("aria-activedescendant"))!.slice(5);
  await expect(node(owner, second)).toHaveAttribute("aria-label", new RegExp(`^Step ${second.slice(5)}, transform`));
  await owner.keyboard.press("Shift+ArrowUp");
  await owner.keyboard.press("F2");
  await owner.keyboard.press("Control+a");
  await owner.keyboard.type("Named from afar");
  await owner.keyboard.press("Enter");
  await expect(node(owner, second)).toHaveAttribute("aria-label", /^Named from afar/);
  await saved(owner);
  await open(owner, path);
  await board(owner).focus();
  await owner.keyboard.press("Control+a");
  await chosen(owner, 200);
});

test("the middle button moves the paper and pastes nothing", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await open(owner, await newWorkflow(owner, "Moved by the middle button"));
  const box = (await board(owner).boundingBox())!;
  const before = await view(owner);
  await owner.mouse.move(box.x + 300, box.y + 200);
  await owner.mouse.down({ button: "middle" });
  await owner.mouse.move(box.x + 380, box.y + 240, { steps: 4 });
  await owner.mouse.up({ button: "middle" });
  const after = await view(owner);
  expect([Math.round(after.x - before.x), Math.round(after.y - before.y)]).toEqual([80, 40]);
  await expect(owner.getByText("The clipboard holds")).toHaveCount(0);
});

test("what is pressed while the wheel still turns is what lies there by then", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await large(owner, "Pressed out of the wheel");
  const from = await middle(owner, "step_14");
  await owner.mouse.move(from.x, from.y);
  await owner.mouse.wheel(0, 60);
  await expect.poll(async () => Math.round((await middle(owner, "step_14")).y - from.y)).toBe(-60);
  // The pointer stands above paper or another step now; nothing of it was moved.
  const there = await middle(owner, "step_14");
  await owner.mouse.wheel(0, 1);
  await owner.mouse.move(there.x, there.y - 1);
  await owner.mouse.down();
  await owner.mouse.up();
  await expect(owner.getByLabel("Name of the step")).toHaveValue("Step 14");
  await chosen(owner, 1);
  // At rest, handles answer again.
  await node(owner, "step_14").locator("[data-way]").first().hover();
});
