// Nothing drawn is lost: without a connection, and when somebody signs out before it was sent.
import { type Page } from "@playwright/test";
import { addApart, board, newWorkflow, node, open, rename, saved } from "../support/canvas";
import { ORG, OWNER, expect, go, hydrated, scripted, test } from "../support/fixtures";
import { BO, bo, signIn } from "../support/people";

const state = (page: Page) => page.locator("[data-saving]");
const kept = (page: Page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("canvas:")).length);

test("a connection that is lost is said, what is drawn meanwhile is kept and sent, and the other window is heard again", async ({ owner, context, browser, site }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Lost and back");
  await open(owner, path);
  await addApart(owner, "Transform");
  await saved(owner);
  const elsewhere = await browser.newContext({ baseURL: site.url });
  await elsewhere.addCookies(site.cookies);
  const other = await elsewhere.newPage();
  await open(other, path);
  await expect(owner.locator("[data-peer]")).toHaveCount(1);

  await context.setOffline(true);
  await addApart(owner, "Merge");
  await expect(state(owner)).toContainText("Offline, kept here", { timeout: 15_000 });
  await rename(owner, "transform", "Named without a line");
  await board(owner).focus();
  await addApart(owner, "Delay");
  await owner.keyboard.press("Control+z");
  await expect(node(owner, "delay")).toHaveCount(0);
  await expect.poll(() => kept(owner)).toBe(1);
  await expect(state(owner)).toContainText("Offline, kept here");
  // The other window goes on, and hears nothing of it.
  await addApart(other, "Condition");
  await saved(other);
  await expect(node(other, "merge")).toHaveCount(0);
  await expect(node(owner, "condition")).toHaveCount(0);

  await context.setOffline(false);
  await expect(state(owner)).toHaveText("Saved", { timeout: 20_000 });
  for (const one of [owner, other]) {
    await expect(node(one, "merge")).toBeVisible({ timeout: 20_000 });
    await expect(node(one, "condition")).toBeVisible({ timeout: 20_000 });
    await expect(node(one, "transform")).toContainText("Named without a line");
    await expect(node(one, "delay")).toHaveCount(0);
  }
  expect(await kept(owner)).toBe(0);
  // The line stands again: an edit there is drawn here by itself, and who is there is known.
  await expect(owner.locator("[data-peer]")).toHaveCount(1, { timeout: 20_000 });
  await addApart(other, "Switch");
  await expect(node(owner, "switch")).toBeVisible({ timeout: 15_000 });
  // What was drawn before the line was lost and meanwhile can still be taken back.
  await board(owner).focus();
  await owner.keyboard.press("Control+z");
  await expect(node(owner, "transform")).not.toContainText("Named without a line");
  await saved(owner);
  await open(owner, path);
  await expect(owner.locator("[data-node]")).toHaveCount(4);
  await elsewhere.close();
});

test("who signs out with edits that were not sent is asked; nobody else is, and the edits are there again afterwards", async ({ owner, browser, site }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  // So that Bo has an account.
  await (await bo(browser, site, owner)).close();
  const context = await browser.newContext({ baseURL: site.url });
  const page = await context.newPage();
  const enter = async (who: { email: string; password: string }) => {
    await go(page, "/sign-in");
    await signIn(page, who);
    await page.waitForURL(`**/${ORG.slug}**`);
    await hydrated(page);
  };
  const asked: string[] = [];
  let sure = false;
  page.on("dialog", async (dialog) => {
    asked.push(dialog.message());
    await (sure ? dialog.accept() : dialog.dismiss());
  });
  const signOut = async () => {
    await page.getByLabel(/^Signed in as/).click();
    await page.getByRole("button", { name: "Sign out" }).click();
  };
  await enter(OWNER);
  const path = await newWorkflow(page, "Signed out too soon");
  await open(page, path);
  await addApart(page, "Transform");
  await saved(page);
  // The server cannot be reached with edits.
  await context.route("**/workflows/apply_changes**", (route) => route.abort());
  await addApart(page, "Delay");
  await expect(state(page)).toContainText("Offline, kept here", { timeout: 15_000 });
  await signOut();
  await expect.poll(() => asked.length).toBe(1);
  expect(asked[0]).toContain("not saved on the server yet");
  // They thought better of it: everything is as it was.
  await expect(page).toHaveURL(new RegExp(`${path}$`));
  await expect(node(page, "delay")).toBeVisible();
  sure = true;
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  expect(asked).toHaveLength(2);
  await hydrated(page);
  expect(await kept(page)).toBe(1);

  // It is nothing of Bo's: nobody asks Bo, and Bo sends nothing of it.
  await context.unroute("**/workflows/apply_changes**");
  await enter(BO);
  await open(page, path);
  await expect(node(page, "transform")).toBeVisible();
  await expect(node(page, "delay")).toHaveCount(0);
  await signOut();
  await page.waitForURL(/\/sign-in/);
  expect(asked).toHaveLength(2);

  await enter(OWNER);
  await go(page, path);
  await expect(node(page, "delay")).toBeVisible();
  await saved(page);
  expect(await kept(page)).toBe(0);
  await open(page, path);
  await expect(node(page, "delay")).toBeVisible();
  await signOut();
  await page.waitForURL(/\/sign-in/);
  expect(asked).toHaveLength(2);
  await context.close();
});
