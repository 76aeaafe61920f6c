// Versions on the canvas: published with a note, compared, walked through by keys, restored and taken back, by mouse and by keyboard.
import AxeBuilder from "@axe-core/playwright";
import { type Page } from "@playwright/test";
import { board, node, saved } from "../support/canvas";
import { ORG, expect, go, hydrated, scripted, test } from "../support/fixtures";

const layer = (page: Page) => page.getByRole("region", { name: "Versions side by side" });

/** A workflow from the template “Try again, then fall back”, open on its canvas. */
async function open(page: Page): Promise<string> {
  await go(page, `/${ORG.slug}/workflows/new?from=template`);
  await hydrated(page);
  await page.getByRole("button", { name: "Use “Try again, then fall back”" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}$/);
  await expect(node(page, "ask")).toBeVisible();
  await saved(page);
  return new URL(page.url()).pathname;
}

async function publish(page: Page, note: string, version: number): Promise<void> {
  await page.locator("header").getByRole("link", { name: "Publish" }).click();
  await page.getByLabel("What is new").fill(note);
  await page.getByRole("button", { name: `Publish version ${version}` }).click();
  await expect(page.getByText(`Published version ${version}.`).first()).toBeAttached();
}

async function rename(page: Page, id: string, name: string): Promise<void> {
  await node(page, id).click();
  await page.getByLabel("Name of the step").fill(name);
  await page.getByLabel("Name of the step").press("Tab");
}

test("a draft is published with a note, changed, compared and restored by mouse", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await open(owner);
  await publish(owner, "The first one", 1);
  // Published at once after an edit: it waits until the edit is saved.
  await rename(owner, "kept", "Rate of yesterday");
  // The panel of the step that was renamed lies over the other.
  await board(owner).press("Escape");
  await node(owner, "convert").click();
  await board(owner).press("Delete");
  await expect(node(owner, "convert")).toHaveCount(0);
  await owner.locator("header").getByRole("link", { name: "Publish" }).click();
  await expect(owner.locator("[data-since]")).toContainText("Since version 1: 3 removed, 1 changed");
  await owner.keyboard.press("Escape");

  await owner.getByRole("button", { name: "History" }).click();
  const drawer = owner.getByRole("complementary", { name: "History" });
  await expect(drawer.locator('[data-version="1"]')).toContainText("The first one");
  await drawer.getByRole("button", { name: "Compare version 1 with the draft" }).click();
  await expect(layer(owner).locator("[data-summary]")).toHaveText("3 removed, 1 changed");
  await expect(owner).toHaveURL(/\?compare=1\.\.draft$/);
  await expect(layer(owner).locator('[data-of="convert"]')).toHaveAttribute("data-mark", "removed");
  await expect(layer(owner).locator('[data-of="convert"]')).toContainText("Removed");
  await expect(layer(owner).locator('[data-edge-mark="removed"]')).toHaveCount(2);
  await layer(owner).getByRole("button", { name: /Rate of yesterday/ }).click();
  await expect(layer(owner).locator("[data-fields]")).toContainText("Last known rate");
  await expect(layer(owner).locator("[data-fields]")).toContainText("Rate of yesterday");
  const found = await new AxeBuilder({ page: owner }).include("#canvas-versions").analyze();
  expect(found.violations).toEqual([]);

  // The address can be shared.
  await go(owner, `${path}?compare=1..draft`);
  await expect(layer(owner).locator("[data-summary]")).toHaveText("3 removed, 1 changed");
  await layer(owner).getByRole("button", { name: "Restore version 1" }).click();
  await expect(layer(owner)).toHaveCount(0);
  await expect(node(owner, "convert")).toBeVisible();
  await expect(node(owner, "kept")).toContainText("Last known rate");
  await saved(owner);
  await owner.getByRole("button", { name: "Undo" }).click();
  await expect(node(owner, "convert")).toHaveCount(0);
  await expect(node(owner, "kept")).toContainText("Rate of yesterday");
  await saved(owner);
});

test("differences are walked through by keys alone", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await open(owner);
  await publish(owner, "Before", 1);
  await rename(owner, "fresh", "Rate of this minute");
  await saved(owner);
  await owner.getByRole("button", { name: "History" }).focus();
  await owner.keyboard.press("Enter");
  await owner.getByRole("button", { name: "Compare version 1 with the draft" }).focus();
  await owner.keyboard.press("Enter");
  await expect(layer(owner).locator("[data-summary]")).toHaveText("1 changed");
  await expect(owner.locator("#canvas-compared")).toBeFocused();
  await owner.keyboard.press("n");
  await expect(layer(owner).getByRole("status").filter({ hasText: "Rate of this minute: changed" })).toBeAttached();
  await expect(layer(owner).locator("[data-fields]")).toContainText("Rate of now");
  // Nothing is changed while looking.
  await owner.keyboard.press("Delete");
  await owner.keyboard.press("Escape");
  await expect(layer(owner)).toHaveCount(0);
  await expect(board(owner)).toBeFocused();
  await expect(node(owner, "fresh")).toBeVisible();
  await expect(owner).toHaveURL(new RegExp(`${path}$`));
});

test("an exported file is put on another canvas, and what is broken loses nothing", async ({ owner, context }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const path = await open(owner);
  const answer = await owner.request.get(`${path}/export.json`);
  expect(answer.headers()["content-disposition"]).toContain("retry_and_fall_back");
  const text = await answer.text();
  expect(JSON.parse(text).format).toBe("toolcrib.workflow");
  const before = await owner.locator("[data-node]").count();
  const paste = async (words: string) => {
    await owner.evaluate((words) => navigator.clipboard.writeText(words), words);
    await board(owner).focus();
    await owner.keyboard.press("Control+v");
  };
  await paste(text.slice(0, 200));
  await expect(owner.getByText(/This is not JSON: line \d+, column \d+/).first()).toBeAttached();
  await expect(owner.locator("[data-node]")).toHaveCount(before);
  await paste(text);
  const dialog = owner.getByRole("dialog", { name: "Import" });
  await expect(dialog.getByText("7 steps and")).toBeVisible();
  await dialog.getByRole("button", { name: "Put on the canvas" }).click();
  // The input and the output are there once; five steps, a note and a group come.
  await expect(owner.locator("[data-node]")).toHaveCount(before + 7);
  await owner.getByRole("button", { name: "Undo" }).click();
  await expect(owner.locator("[data-node]")).toHaveCount(before);
});

test("without JavaScript versions are exported and lead to the canvas", async ({ owner }) => {
  test.skip(await scripted(owner), "with JavaScript the canvas does it");
  await go(owner, `/${ORG.slug}/workflows/new?from=template`);
  await owner.getByRole("button", { name: "Use “Follow up after a while”" }).click();
  await owner.waitForURL(/\/workflows\/[0-9a-f-]{36}$/);
  const path = new URL(owner.url()).pathname;
  await go(owner, `${path}/versions`);
  await expect(owner.getByRole("link", { name: "Export the draft" })).toHaveAttribute("href", `${path}/export.json`);
  await owner.getByLabel("What is new").fill("First");
  await owner.getByRole("button", { name: "Publish version 1" }).click();
  await go(owner, `${path}/versions?from=1&to=draft`);
  await expect(owner.getByRole("link", { name: "Show on the canvas" })).toHaveAttribute("href", `${path}?compare=1..draft`);
});
