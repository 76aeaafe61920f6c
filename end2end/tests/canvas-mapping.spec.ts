// Where the fields of a step come from: the panel's form and the mapping view, by mouse and by keyboard alone.
import AxeBuilder from "@axe-core/playwright";
import { type Locator, type Page } from "@playwright/test";
import { add, board, edges, newWorkflow, node, open, saved } from "../support/canvas";
import { expect, fill, go, scripted, test } from "../support/fixtures";

const field = (page: Page, name: string) => page.locator(`[data-field="${name}"]`);
const mapping = (page: Page) => page.getByRole("dialog", { name: /^Map into/ });
const from = (page: Page, place: string) => page.locator(`[data-from="${place}"]`);
const to = (page: Page, name: string) => page.locator(`[data-to="${name}"]`);
const line = (page: Page, name: string) => page.locator(`[data-line="${name}"]`);

async function drag(page: Page, source: Locator, target: Locator): Promise<void> {
  const [a, b] = [(await source.boundingBox())!, (await target.boundingBox())!];
  await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
  await page.mouse.down();
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2, { steps: 4 });
  await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 4 });
  await page.mouse.up();
}

/** Chooses the way a field is set. The radio itself lies under its words. */
async function mode(page: Page, name: string, how: string): Promise<void> {
  await field(page, name).locator(".segment", { hasText: how }).click();
}

/** Parse CSV, then Calculate; nothing is mapped between them by itself. */
async function chain(page: Page, name: string): Promise<string> {
  const path = await newWorkflow(page, name);
  await open(page, path);
  await board(page).focus();
  await add(page, "Parse CSV");
  await expect(node(page, "parse_csv")).toBeVisible();
  await add(page, "Calculate");
  await expect(node(page, "calculate")).toBeVisible();
  await expect(edges(page)).toHaveCount(1);
  await saved(page);
  return path;
}

test("fields are mapped by mouse, taken away and taken back", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await chain(owner, "Mapped by mouse");
  await node(owner, "calculate").click();
  await owner.getByRole("button", { name: "Map", exact: true }).click();
  await expect(mapping(owner)).toBeVisible();
  await drag(owner, from(owner, "parse_csv|count"), to(owner, "places"));
  await expect(line(owner, "places")).toHaveCount(1);
  await expect(to(owner, "places")).toContainText("count of Parse CSV");
  // What does not fit says why, and is not connected.
  await from(owner, "parse_csv|columns").click();
  await expect(to(owner, "expression")).toContainText("columns is array");
  await to(owner, "expression").click({ force: true });
  await expect(line(owner, "expression")).toHaveCount(0);
  await to(owner, "places").locator("[data-remove]").click({ force: true });
  await expect(line(owner, "places")).toHaveCount(0);
  await mapping(owner).getByRole("button", { name: "Close" }).click();
  await expect(mapping(owner)).toHaveCount(0);
  await board(owner).focus();
  await owner.keyboard.press("Control+z");
  await expect(field(owner, "places")).toContainText("count of Parse CSV");
  await owner.keyboard.press("Control+z");
  await expect(field(owner, "places")).not.toContainText("count of Parse CSV");
  await saved(owner);
});

test("fields are mapped by keyboard alone, also all at once", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Mapped by keys");
  await open(owner, path);
  await board(owner).focus();
  await add(owner, "Render template");
  await expect(node(owner, "render_template")).toBeVisible();
  await add(owner, "Hash text");
  await expect(node(owner, "hash_text")).toBeVisible();
  await owner.keyboard.press("m");
  await expect(mapping(owner)).toBeVisible();
  const [sources, targets] = [owner.locator("#map-sources"), owner.locator("#map-targets")];
  await expect(sources).toBeFocused();
  // The edge brought the field of the same name along: taken away, and mapped again.
  await expect(line(owner, "text")).toHaveCount(1);
  await owner.keyboard.press("ArrowRight");
  await expect(targets).toBeFocused();
  await expect(targets).toHaveAttribute("aria-activedescendant", "map-to--text");
  await owner.keyboard.press("Delete");
  await expect(line(owner, "text")).toHaveCount(0);
  await owner.keyboard.press("ArrowLeft");
  await owner.keyboard.press("Enter");
  await expect(targets).toBeFocused();
  await owner.keyboard.press("Enter");
  await expect(line(owner, "text")).toHaveCount(1);
  await owner.keyboard.press("Delete");
  await expect(line(owner, "text")).toHaveCount(0);
  // Shown first, then kept, as one edit.
  await owner.getByRole("button", { name: "Auto-map" }).press("Enter");
  await expect(owner.locator('[data-line="text"][data-proposed]')).toHaveCount(1);
  await owner.getByRole("button", { name: "Connect all (1)" }).press("Enter");
  await expect(owner.locator('[data-line="text"]:not([data-proposed])')).toHaveCount(1);
  await owner.keyboard.press("Escape");
  await expect(mapping(owner)).toHaveCount(0);
  await expect(board(owner)).toBeFocused();
  await expect(field(owner, "text")).toContainText("text of Render template");
  await owner.keyboard.press("Control+z");
  await expect(field(owner, "text").getByRole("radio", { name: "Fixed" })).toBeChecked();
  // In the panel: a variable is searched for and chosen.
  await field(owner, "text").getByRole("radio", { name: "Fixed" }).focus();
  await owner.keyboard.press("ArrowRight");
  await owner.keyboard.press("ArrowRight");
  await expect(field(owner, "text").getByRole("radio", { name: "Variable" })).toBeFocused();
  await owner.keyboard.press("Tab");
  await owner.keyboard.press("Enter");
  await expect(owner.getByRole("combobox", { name: "Search what text could take" })).toBeFocused();
  await owner.keyboard.type("text");
  await owner.keyboard.press("Enter");
  await expect(field(owner, "text").locator("#field-text")).toBeFocused();
  await expect(field(owner, "text")).toContainText("text of Render template");
  await saved(owner);
});

test("an expression is completed at the caret and shows its value on the last run", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await chain(owner, "Expressions");
  await node(owner, "parse_csv").click();
  await field(owner, "text").getByRole("textbox").fill("name;price\nBolt;2.5\nNut;4");
  await field(owner, "text").getByRole("textbox").blur();
  await node(owner, "calculate").click();
  await field(owner, "expression").getByRole("textbox").fill("1 + 1");
  await field(owner, "expression").getByRole("textbox").blur();
  await saved(owner);
  await go(owner, `${path}/outline`);
  await owner.locator("#run").getByRole("button", { name: "Run" }).click();
  await owner.waitForURL(/\/runs\//);
  await expect(owner.getByText("Completed").first()).toBeVisible({ timeout: 20_000 });

  await open(owner, path);
  await node(owner, "calculate").click();
  await mode(owner, "expression", "Expression");
  const text = owner.getByRole("textbox", { name: "Expression for expression" });
  await text.focus();
  await owner.keyboard.type("par");
  const offers = owner.getByRole("listbox", { name: "What could follow" });
  await expect(offers.getByRole("option").first()).toContainText("parse_csv");
  await owner.keyboard.press("Enter");
  await expect(text).toHaveValue("parse_csv");
  await owner.keyboard.type(".ro");
  await owner.keyboard.press("Tab");
  await expect(text).toHaveValue("parse_csv.rows");
  await owner.keyboard.type("[0].");
  await expect(offers.getByRole("option")).toHaveText([/name/, /price/]);
  await owner.keyboard.press("ArrowDown");
  await expect(text).toHaveAttribute("aria-activedescendant", /offers-1$/);
  await owner.keyboard.press("Enter");
  await expect(field(owner, "expression").locator("[data-preview]").first()).toContainText("Preview: 2.5");
  await owner.keyboard.type(" ~ '+1'");
  await expect(field(owner, "expression").locator("[data-preview]").first()).toContainText('Preview: "2.5+1"');
  // Escape closes the offers first, and the panel only then.
  await owner.keyboard.type(" ~ pars");
  await expect(offers).toBeVisible();
  await owner.keyboard.press("Escape");
  await expect(offers).toHaveCount(0);
  await expect(text).toBeFocused();
  for (let letters = " ~ pars".length; letters > 0; letters--) await owner.keyboard.press("Backspace");
  await owner.keyboard.press("Enter");
  await saved(owner);
  await owner.keyboard.type(" +");
  await expect(field(owner, "expression").locator("[data-preview]").first()).toContainText("syntax error");
  await owner.keyboard.press("Backspace");
  await owner.keyboard.press("Backspace");
  await board(owner).focus();
  await owner.keyboard.press("Control+z");
  await expect(field(owner, "expression").getByRole("radio", { name: "Fixed" })).toBeChecked();
  await expect(field(owner, "expression").getByRole("textbox")).toHaveValue("1 + 1");
});

test("a field that the agent fills becomes an input in one step, and goes in one", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await chain(owner, "Filled by the agent");
  await node(owner, "parse_csv").click();
  await mode(owner, "text", "AI");
  await field(owner, "text").getByRole("button", { name: "Let the agent fill it" }).click();
  await expect(node(owner, "input")).toBeVisible();
  await expect(node(owner, "input")).toContainText("text");
  await expect(edges(owner)).toHaveCount(2);
  const told = field(owner, "text").getByLabel("What the agent is told of text");
  await told.fill("The table, as CSV");
  await told.blur();
  await saved(owner);
  await board(owner).focus();
  await owner.keyboard.press("Control+z");
  await owner.keyboard.press("Control+z");
  await expect(node(owner, "input")).toHaveCount(0);
  await expect(edges(owner)).toHaveCount(1);
});

test("what is typed is kept: by another step, by a save, by an edit beside it", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await chain(owner, "Typed");
  await node(owner, "parse_csv").click();
  const text = field(owner, "text").getByRole("textbox");
  await text.focus();
  await owner.keyboard.type("a;b");
  // Another step shows its own, and this one keeps what was typed.
  await node(owner, "calculate").click();
  await expect(owner.getByLabel("Name of the step")).toHaveValue("");
  await expect(field(owner, "expression").getByRole("textbox")).toHaveValue("");
  await node(owner, "parse_csv").click();
  await expect(text).toHaveValue("a;b");
  // An edit that draws everything anew, and a save, while something is being typed.
  await text.focus();
  await owner.keyboard.press("End");
  await owner.keyboard.type(";c");
  await owner.getByRole("button", { name: "Undo", exact: true }).dispatchEvent("click");
  await expect(text).toHaveValue("a;b;c");
  await owner.getByRole("button", { name: "Redo", exact: true }).dispatchEvent("click");
  await saved(owner);
  await expect(text).toBeFocused();
  await expect(text).toHaveValue("a;b;c");
  await text.blur();
  await saved(owner);
  await node(owner, "calculate").click();
  await node(owner, "parse_csv").click();
  await expect(text).toHaveValue("a;b;c");
});

test("panel and mapping view read well, in the dark and on a phone", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await chain(owner, "Read by axe");
  await owner.keyboard.press("Enter");
  await mode(owner, "expression", "Expression");
  await owner.getByRole("textbox", { name: "Expression for expression" }).fill("par");
  await expect(owner.getByRole("listbox", { name: "What could follow" })).toBeVisible();
  await mode(owner, "places", "Variable");
  await owner.locator("#field-places").click();
  const look = async (what: string) => {
    const found = await new AxeBuilder({ page: owner }).include(what).analyze();
    expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  };
  await look("aside");
  await owner.emulateMedia({ colorScheme: "dark" });
  await owner.setViewportSize({ width: 390, height: 844 });
  await look("aside");
  await owner.keyboard.press("Escape");
  await board(owner).focus();
  await owner.keyboard.press("m");
  await expect(mapping(owner)).toBeVisible();
  await from(owner, "parse_csv|columns").click();
  await look("#canvas-mapping");
  const wide = await owner.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(wide).toBe(false);
});

test("a step is renamed on its card", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await chain(owner, "Renamed");
  const title = owner.getByRole("textbox", { name: "Name of the step on its card" });
  await board(owner).focus();
  await expect(board(owner)).toHaveAttribute("aria-activedescendant", "node-calculate");
  await owner.keyboard.press("F2");
  await expect(title).toBeFocused();
  await owner.keyboard.type("Add it up");
  await owner.keyboard.press("Enter");
  await expect(board(owner)).toBeFocused();
  await expect(node(owner, "calculate")).toContainText("Add it up");
  await expect(owner.getByLabel("Name of the step", { exact: true })).toHaveValue("Add it up");
  await owner.keyboard.press("F2");
  await expect(title).toBeFocused();
  await owner.keyboard.type("Something else");
  await owner.keyboard.press("Escape");
  await expect(node(owner, "calculate")).toContainText("Add it up");
  await owner.keyboard.press("Control+z");
  await expect(node(owner, "calculate")).not.toContainText("Add it up");
  // By mouse; leaving the title keeps it.
  await node(owner, "parse_csv").locator("[data-title]").dblclick();
  await expect(title).toBeFocused();
  await owner.keyboard.type("Read the table");
  await node(owner, "calculate").click();
  await expect(node(owner, "parse_csv")).toContainText("Read the table");
  await saved(owner);
});

test("an edge that feeds nothing by itself asks what it should carry", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Asked");
  await open(owner, path);
  await board(owner).focus();
  await add(owner, "Parse CSV");
  // With nothing chosen yet, Escape would let Tab leave the canvas.
  await expect(board(owner)).toHaveAttribute("aria-activedescendant", "node-parse_csv");
  await owner.keyboard.press("Escape");
  await add(owner, "Calculate");
  await expect(edges(owner)).toHaveCount(0);
  await owner.keyboard.press("l");
  await owner.keyboard.press("1");
  await drag(owner, node(owner, "parse_csv").locator("[data-way]"), node(owner, "calculate"));
  await expect(edges(owner)).toHaveCount(1);
  const search = owner.getByRole("combobox", { name: "Search what places could take" });
  await expect(search).toBeFocused();
  await expect(owner.getByRole("option").first()).toContainText("count");
  await owner.keyboard.press("Enter");
  await expect(field(owner, "places")).toContainText("count of Parse CSV");
  await saved(owner);
});
