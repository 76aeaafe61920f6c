// What the tests of the canvas have in common.
import { type Page, expect } from "@playwright/test";
import { ORG, fill, go, hydrated } from "./fixtures";

/** An empty workflow: its path, which is that of its canvas. */
export async function newWorkflow(page: Page, name: string): Promise<string> {
  await go(page, `/${ORG.slug}/workflows/new`);
  await fill(page, "display_name", name);
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await hydrated(page);
  return new URL(page.url()).pathname;
}

export const board = (page: Page) => page.locator("#canvas");
export const node = (page: Page, id: string) => page.locator(`[data-node="${id}"]`);
export const saved = (page: Page) => expect(page.locator("[data-saving]")).toHaveText("Saved");
export const edges = (page: Page) => page.locator("[data-edge]");

/** Loads the canvas of the workflow at this path. */
export async function open(page: Page, path: string): Promise<void> {
  await go(page, path);
  await expect(board(page)).toBeVisible();
  await saved(page);
}

/** Opens the palette by its key and takes the first tool of this name. */
async function pick(page: Page, name: string): Promise<void> {
  await page.keyboard.press("Tab");
  const search = page.getByRole("combobox", { name: "Search tools" });
  await expect(search).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(search).toHaveCount(0);
}

/** Adds a step with the palette, by keys, after the chosen one. The board has the focus before and after. */
export async function add(page: Page, name: string): Promise<void> {
  await pick(page, name);
  await expect(board(page)).toBeFocused();
}

/** Adds a step beside all others, connected to none, wherever the focus is. */
export async function addApart(page: Page, name: string): Promise<void> {
  await board(page).focus();
  // Lets go of what is chosen; with nothing chosen, Escape would let Tab leave the canvas.
  if (await board(page).getAttribute("aria-activedescendant")) await page.keyboard.press("Escape");
  await pick(page, name);
}

export async function rename(page: Page, id: string, name: string): Promise<void> {
  await node(page, id).click();
  const field = page.getByLabel("Name of the step");
  await field.fill(name);
  await field.press("Tab");
}
