// Runs on the canvas: begun, watched, repaired, gone on with, run in part, pinned, answered, cancelled and opened again, by mouse and by keyboard alone.
import AxeBuilder from "@axe-core/playwright";
import { type Page } from "@playwright/test";
import { board, node, saved } from "../support/canvas";
import { ORG, expect, go, hydrated, scripted, test } from "../support/fixtures";

const stands = (page: Page, id: string) => node(page, id).locator("[data-run]");
const bar = (page: Page) => page.getByRole("toolbar", { name: "Run", exact: true });
const state = (page: Page) => bar(page).locator("[data-run-state]");
const form = (page: Page) => page.getByRole("dialog", { name: "Run the draft" });
const said = (page: Page) => page.locator('.canvas > [role="status"]');

async function is(page: Page, id: string, status: string): Promise<void> {
  await expect(stands(page, id)).toHaveAttribute("data-run", status, { timeout: 30_000 });
}

async function ends(page: Page, status: string): Promise<void> {
  await expect(state(page)).toHaveAttribute("data-run-state", status, { timeout: 30_000 });
}

/** A workflow from a template, open on its canvas. */
async function open(page: Page, template: string, step: string): Promise<string> {
  await go(page, `/${ORG.slug}/workflows/new?from=template`);
  await hydrated(page);
  await page.getByRole("button", { name: `Use “${template}”` }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}$/);
  await expect(node(page, step)).toBeVisible();
  await saved(page);
  return new URL(page.url()).pathname;
}

async function fillIn(page: Page, values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await form(page).getByLabel(name).first().fill(value);
  }
}

test("a draft is run by mouse, watched, looked into, and opened again by its address", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await open(owner, "Follow up after a while", "remind");
  // The button of the page's title does not lead away.
  await owner.locator("header").getByRole("link", { name: "Run" }).click();
  await expect(form(owner).getByLabel("name")).toBeFocused();
  await form(owner).getByRole("button", { name: "Run" }).click();
  await expect(form(owner).getByText("This is needed.")).toBeVisible();
  await fillIn(owner, { name: "Ada", missing: '["billing address"]', wait_ms: "2500" });
  await form(owner).getByRole("button", { name: "Run" }).click();
  await expect(form(owner)).not.toBeVisible();
  await expect(board(owner)).toBeFocused();
  await is(owner, "wait", "waiting");
  await is(owner, "welcome", "success");
  await expect(bar(owner).locator("[data-run-time]")).toHaveText(/s$/);
  await ends(owner, "completed");
  await is(owner, "remind", "success");
  await is(owner, "done", "skipped");
  await expect(said(owner)).toContainText("The run is done");
  await expect(owner).toHaveURL(/\?run=[0-9a-f-]{36}$/);
  const address = owner.url();
  // What was taken, and what was not.
  await node(owner, "remind").click();
  const panel = owner.getByRole("tabpanel", { name: "Data of Write the reminder" });
  await expect(panel.getByRole("group", { name: "Output of the step" })).toContainText("Dear Ada, one thing is left: billing address.");
  await expect(panel.getByRole("group", { name: "Input of the step" })).toContainText("template");
  await expect(panel.getByRole("link", { name: "render_template" })).toBeVisible();
  const found = await new AxeBuilder({ page: owner }).include(".canvas").analyze();
  expect(found.violations).toEqual([]);
  // The draft and the run, one over the other.
  await bar(owner).getByRole("button", { name: "Draft", exact: true }).click();
  await expect(stands(owner, "remind")).toHaveCount(0);
  await expect(owner).toHaveURL(new RegExp(`${path}$`));
  await bar(owner).getByRole("button", { name: "Run", exact: true }).click();
  await is(owner, "remind", "success");
  await go(owner, address);
  await is(owner, "remind", "success");
  await ends(owner, "completed");
  // From the run's own page, too.
  const run = new URL(address).searchParams.get("run");
  await go(owner, `/${ORG.slug}/runs/${run}`);
  await expect(owner.getByRole("link", { name: "Show on the canvas" })).toHaveAttribute("href", `${path}?run=${run}`);
  // A draft that went on since is said to be another.
  await go(owner, address);
  await owner.getByRole("tab", { name: "Settings" }).waitFor({ state: "detached" });
  await node(owner, "done").click();
  await board(owner).press("Delete");
  await expect(owner.locator("[data-differs]")).toContainText("1 step differs (1 gone)");
});

test("a draft is run by keys alone, and a question is answered on its panel", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await open(owner, "Approve a refund", "ask");
  await board(owner).focus();
  await owner.keyboard.press("r");
  await expect(form(owner).getByLabel("order")).toBeFocused();
  for (const value of ["NW-1", "Ada", "180.5", "Broken", "50"]) {
    await owner.keyboard.press("Control+a");
    await owner.keyboard.type(value);
    await owner.keyboard.press("Tab");
  }
  await owner.keyboard.press("Enter");
  await is(owner, "ask", "waiting");
  await ends(owner, "waiting");
  await expect(said(owner)).toContainText("waits");
  await expect(board(owner)).toBeFocused();
  // To the step that asks, then once more by the key for a step's data.
  await bar(owner).getByRole("button", { name: "for Ask a person" }).focus();
  await owner.keyboard.press("Enter");
  await expect(owner.getByRole("tabpanel", { name: "Data of Ask a person" })).toBeFocused();
  await owner.keyboard.press("Escape");
  await expect(board(owner)).toBeFocused();
  await owner.keyboard.press("i");
  const panel = owner.getByRole("tabpanel", { name: "Data of Ask a person" });
  await expect(panel).toBeFocused();
  await expect(panel.getByRole("region", { name: "Question" })).toContainText("Refund this order?");
  await owner.keyboard.press("Tab");
  await expect(panel.getByLabel("Note")).toBeFocused();
  await owner.keyboard.type("Is broken indeed");
  await owner.keyboard.press("Tab");
  await owner.keyboard.press("Enter");
  await ends(owner, "completed");
  await is(owner, "by_person", "success");
  await is(owner, "declined", "skipped");
  await expect(panel.getByRole("region", { name: "Question" })).toHaveCount(0);
  // Back to the board, then to the draft.
  await owner.keyboard.press("Escape");
  await expect(board(owner)).toBeFocused();
  await owner.keyboard.press("Escape");
  await owner.keyboard.press("Escape");
  await expect(stands(owner, "ask")).toHaveCount(0);
  // With the last input, without asking.
  await owner.keyboard.press("Control+Shift+Enter");
  await is(owner, "ask", "waiting");
  await bar(owner).getByRole("button", { name: "Cancel" }).focus();
  await owner.keyboard.press("Enter");
  await ends(owner, "cancelled");
  // Both are in the drawer, walked through by arrows.
  await bar(owner).getByRole("button", { name: "Past runs" }).focus();
  await owner.keyboard.press("Enter");
  const drawer = owner.getByRole("complementary", { name: "Past runs" });
  await expect(drawer.locator("[data-past-run]")).toHaveCount(2);
  await expect(drawer.locator("[data-past-run]").first()).toBeFocused();
  await expect(drawer.locator("[data-past-run]").first()).toContainText("Cancelled");
  await owner.keyboard.press("ArrowDown");
  await owner.keyboard.press("Enter");
  await ends(owner, "completed");
  await is(owner, "by_person", "success");
});

test("a step that fails says why, is repaired, and the run goes on after it", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await open(owner, "Try again, then fall back", "convert");
  // An expression that cannot be made breaks it.
  const settings = owner.getByLabel("Settings as JSON");
  const set = async (expression: string) => {
    await node(owner, "convert").click();
    await owner.getByRole("tab", { name: "Settings" }).click();
    if (!(await settings.isVisible())) await owner.getByText("Settings as JSON").click();
    const config = JSON.parse(await settings.inputValue());
    config.inputs.expression = expression;
    await settings.fill(JSON.stringify(config));
    await settings.press("Tab");
    await saved(owner);
    await board(owner).focus();
  };
  await set("amount *");
  await owner.keyboard.press("r");
  await fillIn(owner, { amount: "250", last_known_rate: "1.08" });
  await owner.keyboard.press("Enter");
  await ends(owner, "failed");
  await is(owner, "convert", "error");
  await is(owner, "ask", "error");
  await expect(stands(owner, "ask")).toContainText("2 attempts");
  await expect(node(owner, "convert").locator("[title].text-danger")).toBeVisible();
  await expect(said(owner)).toContainText("The run failed at Convert exactly");
  // The way round was taken.
  await is(owner, "kept", "success");
  await is(owner, "fresh", "skipped");
  await bar(owner).getByRole("button", { name: "at Convert exactly" }).click();
  await expect(owner.getByRole("tabpanel", { name: "Data of Convert exactly" }).locator(".bg-danger-soft").first()).toBeVisible();

  await set("amount * rate");
  const failed = owner.url();
  await owner.keyboard.press("Shift+R");
  await expect(owner).not.toHaveURL(failed);
  await ends(owner, "completed");
  await is(owner, "convert", "success");
  await expect(stands(owner, "kept")).toContainText("Kept");
  await node(owner, "convert").click();
  await expect(owner.getByRole("group", { name: "Output of the step" })).toContainText("270");
  expect(new URL(owner.url()).pathname).toBe(path);
});

test("a part is run, what a step gave is pinned, edited and used", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await open(owner, "Try again, then fall back", "convert");
  await node(owner, "kept").click();
  await bar(owner).getByRole("button", { name: "Run to here" }).click();
  await fillIn(owner, { amount: "10", last_known_rate: "2" });
  await form(owner).getByRole("button", { name: "Run to Last known rate" }).click();
  await ends(owner, "completed");
  await is(owner, "kept", "success");
  await expect(stands(owner, "convert")).toContainText("Not asked for");
  // Pinned by a key, seen on the card and in the bar.
  await expect(board(owner)).toBeFocused();
  await owner.keyboard.press("p");
  await expect(node(owner, "kept").locator("[data-pinned]")).toBeVisible();
  await expect(bar(owner).getByRole("button", { name: "Use pinned data: 1 pinned" })).toHaveAttribute("aria-pressed", "true");
  const pin = owner.getByRole("region", { name: "Pin" });
  await pin.getByRole("button", { name: "Edit the pin" }).click();
  await pin.getByLabel("Pinned output as JSON").fill('{"rate": ');
  await pin.getByRole("button", { name: "Pin this" }).click();
  await expect(pin.getByText("This is not JSON")).toBeVisible();
  await pin.getByLabel("Pinned output as JSON").fill('{"rate": 7, "source": "by hand"}');
  await pin.getByRole("button", { name: "Pin this" }).click();
  await expect(pin.getByRole("group", { name: "Pinned output" })).toContainText("by hand");

  // From here, by keys: what lies before is kept or pinned.
  await board(owner).focus();
  await owner.keyboard.press("Control+Shift+Enter");
  await ends(owner, "completed");
  await expect(stands(owner, "kept")).toContainText("Pinned");
  // The panel of the chosen step lies over the other.
  await board(owner).press("Escape");
  await node(owner, "convert").click();
  await expect(owner.getByRole("group", { name: "Output of the step" })).toContainText("70");
  const whole = owner.url();
  await board(owner).focus();
  await owner.keyboard.press("f");
  await expect(owner).not.toHaveURL(whole);
  await ends(owner, "completed");
  await is(owner, "convert", "success");
  await expect(stands(owner, "rate")).toContainText("Kept");
  // Switched off it is not used.
  await bar(owner).getByRole("button", { name: "Use pinned data: 1 pinned" }).click();
  await board(owner).focus();
  await owner.keyboard.press("Control+Shift+Enter");
  await ends(owner, "completed");
  await expect(stands(owner, "kept")).not.toContainText("Pinned");
  await board(owner).press("Escape");
  await node(owner, "kept").click();
  await owner.keyboard.press("p");
  await expect(node(owner, "kept").locator("[data-pinned]")).toHaveCount(0);
});

test("what keeps a draft from running is said, with a jump to the step", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await open(owner, "Approve a refund", "small");
  await node(owner, "small").click();
  const settings = owner.getByLabel("Settings as JSON");
  if (!(await settings.isVisible())) await owner.getByText("Settings as JSON").click();
  await settings.fill('{"when": "input.amount <="}');
  await settings.press("Tab");
  await saved(owner);
  await board(owner).press("Escape");
  await expect(owner.getByRole("button", { name: /problem/ })).toContainText("1");
  await owner.getByRole("button", { name: /problem/ }).click();
  const problems = owner.getByRole("complementary", { name: "Step and problems" });
  await problems.getByRole("listitem").first().getByRole("button").click();
  await expect(node(owner, "small")).toHaveClass(/ring-accent/);
  await board(owner).press("Escape");
  await owner.keyboard.press("r");
  await fillIn(owner, { order: "NW-1", customer: "Ada", amount: "5", reason: "None" });
  await form(owner).getByRole("button", { name: "Run" }).click();
  const told = owner.getByRole("alert").filter({ hasText: "It was not run" });
  await expect(told).toBeVisible();
  await told.getByRole("button").first().click();
  await expect(node(owner, "small")).toHaveClass(/ring-accent/);
  await told.getByRole("button", { name: "Close" }).click();
  await expect(told).toHaveCount(0);
});
