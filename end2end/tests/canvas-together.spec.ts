// Two people on one draft: they see each other and each other's edits as they are made, and nothing either draws is lost.
import { type Page } from "@playwright/test";
import { addApart, board, newWorkflow, node, open, rename, saved } from "../support/canvas";
import { ORG, OWNER, expect, go, hydrated, scripted, test } from "../support/fixtures";
import { BO, bo, signIn } from "../support/people";

const says = (page: Page) => page.locator("p[role=status][aria-live]");
const peers = (page: Page) => page.locator("[data-peer]");

test("two on one draft see each other, each other's steps at once, and the step that each has chosen", async ({ owner, browser, site }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const other = await bo(browser, site, owner);
  const path = await newWorkflow(owner, "Drawn together");
  await open(owner, path);
  const page = await other.newPage();
  await open(page, path);
  await expect(peers(owner)).toHaveCount(1);
  await expect(peers(owner)).toHaveText("BB");
  await expect(peers(page)).toHaveAttribute("aria-label", new RegExp(OWNER.name));
  await expect(says(owner)).toHaveText(`${BO.name} is here too.`);
  // What one adds is there at the other's without a reload, and within about a second of being saved.
  await addApart(owner, "Delay");
  await saved(owner);
  await expect(node(page, "delay")).toBeVisible({ timeout: 3000 });
  await expect(says(page)).toContainText(`${OWNER.name} added Delay`);
  await expect(node(page, "delay").locator("[data-ring]")).toContainText(OWNER.name);
  await expect(peers(page)).toHaveAttribute("aria-label", /at Delay/);
  await addApart(page, "Transform");
  await saved(page);
  await expect(node(owner, "transform")).toBeVisible({ timeout: 3000 });
  // Both at the same moment, each another step.
  await Promise.all([rename(owner, "delay", "Ada waits"), rename(page, "transform", "Bo makes")]);
  for (const one of [owner, page]) {
    await saved(one);
    await expect(node(one, "delay")).toContainText("Ada waits");
    await expect(node(one, "transform")).toContainText("Bo makes");
  }
  // One drags while the other adds: the step stays in the hand, and both are there after.
  const box = (await node(owner, "delay").boundingBox())!;
  await owner.mouse.move(box.x + 60, box.y + 20);
  await owner.mouse.down();
  await owner.mouse.move(box.x + 90, box.y + 120, { steps: 4 });
  await addApart(page, "Merge");
  await saved(page);
  await owner.waitForTimeout(1500);
  await expect(node(owner, "merge")).toHaveCount(0);
  await owner.mouse.move(box.x + 90, box.y + 180, { steps: 4 });
  await owner.mouse.up();
  await expect(node(owner, "merge")).toBeVisible();
  expect((await node(owner, "delay").boundingBox())!.y - box.y).toBeGreaterThan(100);
  await saved(owner);
  // Who goes is gone.
  await page.close();
  await expect(peers(owner)).toHaveCount(0, { timeout: 25_000 });
  await other.close();
});

test("both change the same field: who comes second is asked, and whatever they choose, nothing else is lost", async ({ owner, browser, site }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const other = await bo(browser, site, owner);
  const path = await newWorkflow(owner, "Disputed");
  await open(owner, path);
  await addApart(owner, "Delay");
  await saved(owner);
  const page = await other.newPage();
  await open(page, path);
  // Bo types, and has not kept it yet, when Ada's comes in: it does not vanish from under the hands.
  await node(page, "delay").click();
  const field = page.getByLabel("Name of the step");
  await field.click();
  await page.keyboard.type("Bo's wait");
  await rename(owner, "delay", "Ada's wait");
  await addApart(owner, "Merge");
  await saved(owner);
  await page.waitForTimeout(1500);
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("Bo's wait");
  await field.press("Tab");
  const question = page.getByRole("region", { name: "Somebody else changed this" });
  await expect(question).toContainText("Ada's wait");
  await expect(question).toContainText("Bo's wait");
  await page.getByRole("button", { name: "Keep mine" }).click();
  await saved(page);
  for (const one of [owner, page]) {
    await expect(node(one, "delay")).toContainText("Bo's wait");
    await expect(node(one, "merge")).toBeVisible();
  }
  await other.close();
});

test("a second tab of the same person is seen too; what is drawn without a connection comes later", async ({ owner, context, browser, site }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Offline together");
  await open(owner, path);
  const second = await context.newPage();
  await open(second, path);
  await expect(peers(owner)).toHaveAttribute("aria-label", /You, in another tab/);
  await second.close();
  await expect(peers(owner)).toHaveCount(0, { timeout: 25_000 });
  const other = await bo(browser, site, owner);
  await open(owner, path);
  const page = await other.newPage();
  await open(page, path);
  await context.setOffline(true);
  await addApart(owner, "Transform");
  await expect(owner.locator("[data-saving]")).toContainText("Offline, kept here", { timeout: 15_000 });
  await addApart(page, "Delay");
  await saved(page);
  await context.setOffline(false);
  await saved(owner);
  for (const one of [owner, page]) {
    await expect(node(one, "transform")).toBeVisible({ timeout: 20_000 });
    await expect(node(one, "delay")).toBeVisible({ timeout: 20_000 });
  }
  await other.close();
});

test("signed out while drawing: the canvas stays, says so, and goes on once signed in again; nobody else sends it", async ({ browser, site }) => {
  const context = await browser.newContext({ baseURL: site.url });
  const page = await context.newPage();
  test.skip(!(await scripted(page)), "the canvas is a script");
  await go(page, "/sign-in");
  await signIn(page, OWNER);
  await page.waitForURL(`**/${ORG.slug}**`);
  await hydrated(page);
  const path = await newWorkflow(page, "Signed out");
  await open(page, path);
  await context.clearCookies();
  await addApart(page, "Delay");
  const banner = page.locator("[data-signed-out]");
  await expect(banner).toContainText("Your edits are kept in this browser");
  await expect(page).toHaveURL(new RegExp(`${path}$`));
  const [sign] = await Promise.all([context.waitForEvent("page"), banner.getByRole("link", { name: "Sign in again" }).click()]);
  await hydrated(sign);
  await signIn(sign, OWNER);
  await sign.waitForURL(`**${path}`);
  await expect(board(sign)).toBeVisible();
  await sign.close();
  await expect(banner).toHaveCount(0, { timeout: 20_000 });
  await saved(page);
  await expect(node(page, "delay")).toBeVisible();
  await context.close();
});
