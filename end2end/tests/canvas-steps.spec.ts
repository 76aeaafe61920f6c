// Steps as a whole: switched off and on, and another tool in their place; by mouse, and by keys alone.
import { type Page } from "@playwright/test";
import { board, newWorkflow, node, open, saved } from "../support/canvas";
import { expect, fill, go, scripted, test } from "../support/fixtures";

const panel = (page: Page) => page.getByRole("complementary", { name: "Step and problems" });
const says = (page: Page) => page.locator("p[role=status][aria-live]");

/** Chooses in the palette, by keys. The board has the focus before and after. */
async function choose(page: Page, key: string, name: string): Promise<void> {
  await page.keyboard.press(key);
  const search = page.getByRole("combobox", { name: "Search tools" });
  await expect(search).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(search).toHaveCount(0);
  await expect(board(page)).toBeFocused();
}

// Both are on every server; they share the input `text`.
const FIRST = { name: "Hash text", id: "hash_text", inputs: { text: "abc", algorithm: "sha512" } };
const SECOND = { name: "Match pattern", says: "Kept 1 mapping; “algorithm” is not taken by Match pattern." };

test("a step is disabled and enabled by keys, by mouse and in the outline, and a run passes it by", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Switched off");
  await open(owner, path);
  await board(owner).focus();
  await choose(owner, "Tab", "Transform");
  await choose(owner, "Tab", "Delay");
  // By keys.
  await owner.keyboard.press("d");
  await expect(node(owner, "delay").locator("[data-off]")).toBeVisible();
  await expect(node(owner, "delay")).toHaveAttribute("aria-label", /disabled/);
  await expect(says(owner)).toHaveText("Disabled Delay");
  await owner.keyboard.press("Control+z");
  await expect(node(owner, "delay").locator("[data-off]")).toHaveCount(0);
  await owner.keyboard.press("Control+Shift+z");
  await expect(node(owner, "delay").locator("[data-off]")).toBeVisible();
  // By mouse, in the panel.
  await node(owner, "delay").click();
  await owner.getByRole("group", { name: "This step" }).getByRole("button", { name: "Enable" }).click();
  await expect(node(owner, "delay").locator("[data-off]")).toHaveCount(0);
  await owner.getByRole("group", { name: "This step" }).getByRole("button", { name: "Disable" }).click();
  await expect(node(owner, "delay").locator("[data-off]")).toBeVisible();
  // Several at once, from the tools above.
  await board(owner).focus();
  await owner.keyboard.press("Control+a");
  const tools = owner.getByRole("toolbar", { name: "Canvas" });
  await tools.getByRole("button", { name: "Disable" }).click();
  await expect(owner.locator("[data-off]")).toHaveCount(2);
  await tools.getByRole("button", { name: "Enable" }).click();
  await expect(owner.locator("[data-off]")).toHaveCount(0);
  await owner.keyboard.press("Control+z");
  await owner.keyboard.press("Control+z");
  await expect(owner.locator("[data-off]")).toHaveCount(1);
  await saved(owner);
  // The outline knows, and can do the same.
  await go(owner, `${path}/outline`);
  const step = owner.locator("#step-delay");
  await expect(step.getByText("Disabled").first()).toBeVisible();
  const box = step.getByRole("checkbox", { name: "Disabled" });
  await expect(box).toBeChecked();
  await box.uncheck();
  await step.getByRole("button", { name: "Apply" }).click();
  await expect(step.getByRole("checkbox", { name: "Disabled" })).not.toBeChecked();
  await open(owner, path);
  await expect(owner.locator("[data-off]")).toHaveCount(0);
});

test("input and output stay on, and the canvas says so", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await open(owner, await newWorkflow(owner, "Always on"));
  await board(owner).focus();
  await choose(owner, "Tab", "Input");
  await owner.keyboard.press("d");
  await expect(says(owner)).toHaveText("Input and output cannot be disabled.");
  await owner.keyboard.press("s");
  await expect(says(owner)).toContainText("calls no tool");
});

test("another tool comes in a step's place by keys and by mouse, keeps what fits, says what does not, and is taken back", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Swapped");
  await open(owner, path);
  await board(owner).focus();
  await choose(owner, "Tab", FIRST.name);
  const id = (await board(owner).getAttribute("aria-activedescendant"))!.replace("node-", "");
  // A constant that the other tool does not take.
  await owner.keyboard.press("Enter");
  await expect(owner.getByLabel("Name of the step")).toBeFocused();
  await owner.keyboard.type("My step");
  await owner.keyboard.press("Tab");
  await panel(owner).getByText("Settings as JSON").click();
  const json = owner.getByRole("textbox", { name: "Settings as JSON" });
  await json.fill(JSON.stringify({ inputs: FIRST.inputs }));
  await json.press("Tab");
  await saved(owner);
  await board(owner).focus();
  const place = await node(owner, id).boundingBox();
  await choose(owner, "s", SECOND.name);
  await expect(says(owner)).toHaveText(SECOND.says);
  await expect(node(owner, id)).toContainText("My step");
  expect(await node(owner, id).boundingBox()).toEqual(place);
  await saved(owner);
  await owner.keyboard.press("Control+z");
  await node(owner, id).click();
  await expect(panel(owner)).toContainText(FIRST.id);
  // By mouse.
  await owner.getByRole("button", { name: "Swap the tool" }).click();
  await owner.getByRole("combobox", { name: "Search tools" }).fill(SECOND.name);
  await owner.getByRole("option", { name: SECOND.name }).first().click();
  await expect(says(owner)).toHaveText(SECOND.says);
  await owner.getByRole("button", { name: "Undo" }).click();
  await expect(panel(owner)).toContainText(FIRST.id);
  await saved(owner);
});
