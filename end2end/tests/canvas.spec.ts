// The canvas: drawn by mouse and by keyboard alone, kept, taken back, and shared with a second tab.
import { type Page, type Route } from "@playwright/test";
import { add, board, edges, newWorkflow, node, open, saved } from "../support/canvas";
import { expect, go, hydrated, scripted, test } from "../support/fixtures";

async function middle(page: Page, selector: string): Promise<{ x: number; y: number }> {
  const box = (await page.locator(selector).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

test("a new workflow opens on its canvas, which leads to the outline where there is no JavaScript", async ({ owner }) => {
  const path = await newWorkflow(owner, `Opened ${(await scripted(owner)) ? "hydrated" : "plain"}`);
  await expect(owner).toHaveURL(new RegExp(`${path}$`));
  const tabs = owner.getByRole("navigation", { name: "Workflow", exact: true }).getByRole("link");
  await expect(tabs).toHaveText(["Canvas", "Outline", "JSON", "Versions", "Triggers"]);
  if (await scripted(owner)) {
    await expect(board(owner)).toBeVisible();
    await expect(owner.getByText("needs JavaScript")).toHaveCount(0);
    await tabs.filter({ hasText: "Outline" }).click();
  } else {
    await expect(owner.getByText("needs JavaScript")).toBeVisible();
    await owner.getByRole("link", { name: "Open the outline" }).click();
  }
  await expect(owner).toHaveURL(new RegExp(`${path}/outline$`));
  await expect(owner.getByText("No steps yet")).toBeVisible();
  // What the outline saves comes back to it, at the part that was saved.
  await owner.getByText("Add a step of another type").click();
  await owner.locator('select[name="kind"]').selectOption("delay");
  await owner.getByRole("button", { name: "Add this step" }).click();
  await expect(owner.getByRole("heading", { name: "Delay", level: 3 })).toBeVisible();
  await expect(owner).toHaveURL(new RegExp(`${path}/outline#steps$`));
  await hydrated(owner);
  await owner.getByRole("button", { name: "Save settings" }).last().click();
  await expect(owner).toHaveURL(new RegExp(`${path}/outline$`));
});

test("where the canvas was before leads to it, with what was asked for", async ({ owner }) => {
  const path = await newWorkflow(owner, "Bookmarked");
  await go(owner, `${path}/canvas?run=none&x=%2F`);
  await expect(owner).toHaveURL(new RegExp(`${path}\\?run=none&x=%2F$`));
  const answer = await owner.request.get(`${path}/canvas?run=none`, { maxRedirects: 0 });
  expect([answer.status(), answer.headers()["location"]]).toEqual([308, `${path}?run=none`]);
  if (!(await scripted(owner))) return;
  // A link that the browser follows by itself, and back again.
  await go(owner, `${path}/versions`);
  await owner.evaluate((href) => {
    document.body.dataset.same = "yes";
    const link = document.querySelector("main")!.appendChild(document.createElement("a"));
    link.href = href;
    link.click();
  }, `${path}/canvas?compare=1..draft#board`);
  await expect(owner).toHaveURL(new RegExp(`${path}\\?compare=1\\.\\.draft`));
  await expect(board(owner)).toBeVisible();
  await expect(owner.locator("body")).toHaveAttribute("data-same", "yes");
  await owner.goBack();
  await expect(owner).toHaveURL(new RegExp(`${path}/versions$`));
});

test("from one canvas to another: each shows its own, and what was drawn is kept", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const first = await newWorkflow(owner, "Left behind");
  await open(owner, first);
  const second = await newWorkflow(owner, "Gone to at once");
  await expect(board(owner)).toBeVisible();
  await saved(owner);
  await board(owner).focus();
  await add(owner, "Merge");
  await saved(owner);
  // By the palette of the whole page, which loads no page, with an edit that is not sent yet.
  await go(owner, first);
  await expect(board(owner)).toBeVisible();
  await board(owner).focus();
  await add(owner, "Delay");
  await owner.keyboard.press("Control+k");
  await owner.keyboard.type("Gone to at once");
  await owner.getByRole("option", { name: /Gone to at once/ }).first().click();
  await expect(owner).toHaveURL(new RegExp(`${second}$`));
  await expect(owner.getByRole("heading", { name: "Gone to at once", level: 1 })).toBeVisible();
  await expect(node(owner, "merge")).toBeVisible();
  await expect(node(owner, "delay")).toHaveCount(0);
  await owner.locator("header").getByRole("link", { name: "Run" }).click();
  // It asks for nothing: the run begins, and lies over the canvas that is seen now.
  await expect(owner).toHaveURL(new RegExp(`${second}\\?run=`));
  await expect(node(owner, "merge").locator("[data-run]")).toBeVisible();
  await board(owner).focus();
  await owner.keyboard.press("Escape");
  await expect(owner).toHaveURL(new RegExp(`${second}$`));
  await add(owner, "Transform");
  await saved(owner);
  await owner.goBack();
  await expect(owner.getByRole("heading", { name: "Left behind", level: 1 })).toBeVisible();
  await expect(node(owner, "delay")).toBeVisible();
  await expect(node(owner, "transform")).toHaveCount(0);
  await saved(owner);
  await go(owner, first);
  await expect(owner.locator("[data-node]")).toHaveCount(1);
  await go(owner, second);
  await expect(owner.locator("[data-node]")).toHaveCount(2);
});

test("a workflow is drawn by mouse: added, connected, moved, taken back, deleted, kept", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Drawn by mouse");
  await open(owner, path);
  const size = (await board(owner).boundingBox())!;
  const choose = async (at: { x: number; y: number }, name: string) => {
    await owner.mouse.dblclick(at.x, at.y);
    await owner.getByRole("combobox", { name: "Search tools" }).fill(name);
    await owner.getByRole("option", { name }).first().click();
  };
  await choose({ x: size.x + 250, y: size.y + 250 }, "Delay");
  await expect(node(owner, "delay")).toBeVisible();
  await choose({ x: size.x + 250, y: size.y + 420 }, "Transform");
  await expect(node(owner, "transform")).toBeVisible();
  await drag(owner, await middle(owner, '[data-node="transform"]'), { x: size.x + 620, y: size.y + 420 });
  // From handle to handle.
  const out = await middle(owner, '[data-node="delay"] [data-way]');
  await drag(owner, out, await middle(owner, '[data-node="transform"] [data-way-in]'));
  await expect(edges(owner)).toHaveCount(1);
  // A circle is refused, with the reason.
  await drag(owner, await middle(owner, '[data-node="transform"] [data-way]'), await middle(owner, '[data-node="delay"]'));
  await expect(owner.getByText("That would be a circle").first()).toBeAttached();
  await expect(edges(owner)).toHaveCount(1);
  // On empty paper what follows is asked for.
  await drag(owner, await middle(owner, '[data-node="transform"] [data-way]'), { x: size.x + 700, y: size.y + 200 });
  await owner.getByRole("option", { name: "Approval" }).click();
  await expect(edges(owner)).toHaveCount(2);
  await saved(owner);

  const before = (await node(owner, "delay").boundingBox())!;
  await drag(owner, await middle(owner, '[data-node="delay"]'), { x: before.x + 112, y: before.y + 160 });
  const after = (await node(owner, "delay").boundingBox())!;
  expect(Math.abs(after.y - before.y)).toBeGreaterThan(60);
  await owner.getByRole("button", { name: "Undo" }).click();
  expect(Math.abs((await node(owner, "delay").boundingBox())!.y - before.y)).toBeLessThan(1);
  await owner.getByRole("button", { name: "Redo" }).click();
  expect(Math.abs((await node(owner, "delay").boundingBox())!.y - after.y)).toBeLessThan(1);

  // A frame around all, copied, pasted, deleted.
  await board(owner).focus();
  await owner.keyboard.press("Control+a");
  await owner.keyboard.press("Control+d");
  await expect(owner.locator("[data-node]")).toHaveCount(6);
  await owner.keyboard.press("Delete");
  await expect(owner.locator("[data-node]")).toHaveCount(3);
  await saved(owner);
  await go(owner, path);
  await expect(owner.locator("[data-node]")).toHaveCount(3);
  await expect(edges(owner)).toHaveCount(2);
});

test("a workflow is drawn by keyboard alone, and the outline has it", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Drawn by keys");
  await open(owner, path);
  await board(owner).focus();
  await add(owner, "Input");
  await expect(node(owner, "input")).toBeVisible();
  // After the chosen one.
  await add(owner, "Condition");
  await expect(edges(owner)).toHaveCount(1);
  await add(owner, "Delay");
  await expect(edges(owner)).toHaveCount(2);
  await owner.keyboard.press("Escape");
  await add(owner, "Merge");
  await expect(edges(owner)).toHaveCount(2);
  // Walk to the condition and connect its second branch.
  await owner.keyboard.press("Escape");
  await owner.keyboard.press("ArrowRight");
  for (let tries = 0; tries < 6; tries++) {
    if ((await board(owner).getAttribute("aria-activedescendant")) === "node-condition") break;
    await owner.keyboard.press(tries % 2 ? "ArrowRight" : "ArrowLeft");
  }
  await expect(board(owner)).toHaveAttribute("aria-activedescendant", "node-condition");
  await owner.keyboard.press("c");
  await owner.keyboard.press("c");
  await expect(owner.getByText("Connecting Condition by false").first()).toBeAttached();
  const says = owner.locator("p[role=status][aria-live]");
  for (let tries = 0; tries < 8; tries++) {
    await owner.keyboard.press(["ArrowDown", "ArrowLeft", "ArrowUp", "ArrowRight"][tries % 4]!);
    if ((await says.textContent())?.startsWith("Merge")) break;
  }
  await expect(says).toContainText("Merge:");
  await owner.keyboard.press("Enter");
  await expect(edges(owner)).toHaveCount(3);
  // Laid out, named, saved.
  await owner.keyboard.press("l");
  await owner.keyboard.press("Enter");
  await expect(owner.getByLabel("Name of the step")).toBeFocused();
  await owner.keyboard.type("Is it late?");
  await owner.keyboard.press("Escape");
  await expect(board(owner)).toBeFocused();
  await expect(node(owner, "condition")).toContainText("Is it late?");
  await owner.keyboard.press("Control+z");
  await expect(node(owner, "condition")).not.toContainText("Is it late?");
  await owner.keyboard.press("Control+Shift+z");
  await expect(node(owner, "condition")).toContainText("Is it late?");
  await owner.keyboard.press("?");
  await expect(owner.getByRole("heading", { name: "Keys of the canvas" })).toBeVisible();
  await owner.keyboard.press("Escape");
  await saved(owner);
  // Tab is no trap.
  await board(owner).focus();
  await owner.keyboard.press("Escape");
  await owner.keyboard.press("Escape");
  await owner.keyboard.press("Tab");
  await expect(board(owner)).not.toBeFocused();
  await go(owner, `${path}/outline`);
  await expect(owner.getByRole("heading", { name: "Is it late?", level: 3 })).toBeVisible();
});

test("two tabs draw on one draft and nothing is lost, nor without a connection", async ({ owner, context }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Drawn by two");
  await open(owner, path);
  const other = await context.newPage();
  await open(other, path);
  await board(owner).focus();
  await add(owner, "Delay");
  await saved(owner);
  await board(other).focus();
  await add(other, "Merge");
  await saved(other);
  await expect(other.locator("[data-node]")).toHaveCount(2);
  // Both set the same thing: asked, not decided.
  await owner.bringToFront();
  await go(owner, path);
  await expect(owner.locator("[data-node]")).toHaveCount(2);
  const rename = async (page: Page, name: string) => {
    await node(page, "delay").click();
    await page.getByLabel("Name of the step").fill(name);
    await page.getByLabel("Name of the step").press("Tab");
  };
  // The other one hears nothing meanwhile.
  const cut = (route: Route) => route.abort();
  await other.route("**/api/fn/**", cut);
  await rename(other, "Wait for Bob");
  await expect(other.locator("[data-saving]")).toContainText("Offline, kept here");
  await rename(owner, "Wait for Ada");
  await saved(owner);
  await other.unroute("**/api/fn/**", cut);
  const question = other.getByRole("region", { name: "Somebody else changed this" });
  await expect(question).toContainText("Wait for Ada");
  await expect(question).toContainText("Wait for Bob");
  await other.getByRole("button", { name: "Keep mine" }).click();
  await saved(other);
  await expect(node(other, "delay")).toContainText("Wait for Bob");
  // Drawn without a connection, the page left, and found again.
  await context.setOffline(true);
  await board(other).focus();
  await other.keyboard.press("Escape");
  await add(other, "Transform");
  await expect(other.locator("[data-saving]")).toContainText("Offline, kept here");
  await other.close();
  await context.setOffline(false);
  await open(owner, path);
  await expect(node(owner, "transform")).toBeVisible();
  await saved(owner);
  await go(owner, path);
  await expect(node(owner, "transform")).toBeVisible();
  await expect(node(owner, "delay")).toContainText("Wait for Bob");
});

test("what is copied goes through the clipboard, and what is foreign is explained", async ({ owner, context }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const path = await newWorkflow(owner, "Copied");
  await open(owner, path);
  await board(owner).focus();
  await add(owner, "Delay");
  await owner.keyboard.press("Control+c");
  expect(await owner.evaluate(() => navigator.clipboard.readText())).toContain('"toolcrib": "workflow"');
  await owner.keyboard.press("Control+v");
  await expect(owner.locator("[data-node]")).toHaveCount(2);
  await owner.evaluate(() => navigator.clipboard.writeText('{"nodes": [], "connections": {}}'));
  await owner.keyboard.press("Control+v");
  await expect(owner.getByText("This is a workflow of n8n").first()).toBeAttached();
  await expect(owner.locator("[data-node]")).toHaveCount(2);
});
