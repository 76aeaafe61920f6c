// The canvas on a tablet, with real touches: what a finger, two fingers and a finger that holds still do.
import { type Page } from "@playwright/test";
import { node, saved } from "../support/canvas";
import { Fingers, middle } from "../support/fingers";
import { ORG, expect, fill, go, hydrated, scripted, test } from "../support/fixtures";

test.use({ viewport: { width: 1180, height: 820 }, hasTouch: true });

/** Two steps, one below the other, pasted into a workflow of their own. */
async function twoSteps(page: Page, name: string): Promise<void> {
  await go(page, `/${ORG.slug}/workflows/new`);
  await fill(page, "display_name", name);
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await hydrated(page);
  await go(page, new URL(page.url()).pathname);
  await page.locator("#canvas").focus();
  const steps = {
    nodes: [
      { id: "wait", type: "delay", position: { x: 0, y: 0 }, config: { ms: 5 } },
      { id: "join", type: "merge", position: { x: 0, y: 192 } },
    ],
    edges: [],
  };
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.querySelector("#canvas")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, JSON.stringify(steps));
  await expect(page.locator("[data-node]")).toHaveCount(2);
  await saved(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
}

test("fingers move the paper, zoom it, move steps and connect them", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await twoSteps(owner, "Moved by touch");
  const fingers = await Fingers.of(owner);
  const wait = node(owner, "wait");

  // One finger on a step moves it, and nothing scrolls.
  const before = (await wait.boundingBox())!;
  const at = await middle(owner, '[data-node="wait"]');
  await fingers.press(at);
  await fingers.move({ x: at.x - 60, y: at.y - 90 });
  await fingers.lift();
  const after = (await wait.boundingBox())!;
  expect(before.y - after.y).toBeGreaterThan(60);
  expect(await owner.evaluate(() => [scrollX, scrollY])).toEqual([0, 0]);
  await saved(owner);

  // From the handle to another step it connects.
  const from = await middle(owner, '[data-node="wait"] [data-way]');
  await fingers.press({ x: from.x + 10, y: from.y });
  await fingers.move(await middle(owner, '[data-node="join"]'));
  await fingers.lift();
  await expect(owner.locator("[data-edge]")).toHaveCount(1);

  // Two fingers apart: larger. What goes out of sight has no card: the paper is asked.
  const view = () =>
    owner.evaluate(() => {
      const world = new DOMMatrix(getComputedStyle(document.querySelector(".canvas-world")!).transform);
      return { x: world.e, zoom: world.a };
    });
  const zoom = (await view()).zoom;
  const paper = (await owner.locator("#canvas").boundingBox())!;
  const empty = { x: paper.x + 250, y: paper.y + paper.height - 130 };
  await fingers.press({ x: empty.x - 40, y: empty.y }, { x: empty.x + 40, y: empty.y });
  await fingers.move({ x: empty.x - 80, y: empty.y }, { x: empty.x + 80, y: empty.y });
  await fingers.lift();
  expect((await view()).zoom / zoom).toBeGreaterThan(1.6);

  // One finger on the paper moves it.
  const here = (await view()).x;
  await fingers.press(empty);
  await fingers.move({ x: empty.x + 100, y: empty.y });
  await fingers.lift();
  expect((await view()).x - here).toBeGreaterThan(80);
});

test("a second finger while a step is dragged puts the step back", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await twoSteps(owner, "Put back by touch");
  const fingers = await Fingers.of(owner);
  const places = () => owner.locator("[data-node]").evaluateAll((nodes) => nodes.map((one) => `${(one as HTMLElement).style.left} ${(one as HTMLElement).style.top}`));
  const before = await places();
  const at = await middle(owner, '[data-node="wait"]');
  await fingers.press(at);
  await fingers.move({ x: at.x + 50, y: at.y + 20 });
  expect(await places()).not.toEqual(before);
  await fingers.press({ x: at.x + 50, y: at.y + 20 }, { x: at.x - 200, y: at.y + 150 });
  expect(await places()).toEqual(before);
  await fingers.lift();
  await expect(owner.locator("[data-saving]")).toHaveText("Saved");
  expect(await places()).toEqual(before);
});

test("a finger that holds still chooses several steps, or draws a frame", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await twoSteps(owner, "Chosen by touch");
  const fingers = await Fingers.of(owner);
  const chosen = owner.locator("[data-node].ring-accent");
  await fingers.press(await middle(owner, '[data-node="wait"]'));
  await fingers.lift();
  await expect(chosen).toHaveCount(1);
  await owner.keyboard.press("Escape");
  await expect(chosen).toHaveCount(0);
  for (const [count, id] of ["wait", "join"].entries()) {
    await fingers.press(await middle(owner, `[data-node="${id}"]`));
    await fingers.hold();
    await fingers.lift();
    await expect(chosen).toHaveCount(count + 1);
  }
  await owner.keyboard.press("Escape");
  const first = (await node(owner, "wait").boundingBox())!;
  const last = (await node(owner, "join").boundingBox())!;
  await fingers.press({ x: first.x - 12, y: last.y + last.height + 12 });
  await fingers.hold();
  await fingers.move({ x: first.x + 40, y: first.y + 10 });
  await expect(chosen).toHaveCount(2);
  await fingers.lift();
  await expect(chosen).toHaveCount(2);
});
