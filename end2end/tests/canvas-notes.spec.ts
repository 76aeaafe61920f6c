// Notes and groups on the canvas: by mouse, by keyboard alone, and in the outline.
import { type Page } from "@playwright/test";
import { board, newWorkflow, node, saved } from "../support/canvas";
import { expect, fill, go, hydrated, scripted, test } from "../support/fixtures";

async function open(page: Page, path: string): Promise<void> {
  await go(page, path);
  await expect(board(page)).toBeVisible();
  await saved(page);
  await board(page).focus();
}

async function add(page: Page, name: string): Promise<void> {
  await page.keyboard.press("Tab");
  await expect(page.getByRole("combobox", { name: "Search tools" })).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(board(page)).toBeFocused();
}

const corner = async (page: Page, id: string) => (await node(page, id).boundingBox())!;

async function drag(page: Page, from: { x: number; y: number }, dx: number, dy: number): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + dx / 2, from.y + dy / 2, { steps: 3 });
  await page.mouse.move(from.x + dx, from.y + dy, { steps: 3 });
  await page.mouse.up();
}

test("by keyboard alone a note is written, steps are grouped, moved together and ungrouped, and all of it is taken back", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Grouped by keys");
  await open(owner, path);
  await add(owner, "Delay");
  await add(owner, "Transform");
  await owner.keyboard.press("n");
  const words = owner.getByRole("textbox", { name: "Words of the note" });
  await expect(words).toBeFocused();
  await owner.keyboard.type("# Why\n- because");
  await owner.keyboard.press("Escape");
  await expect(board(owner)).toBeFocused();
  await expect(node(owner, "note")).toContainText("Why");
  await expect(node(owner, "note")).not.toContainText("#");

  // Enter writes on.
  await owner.keyboard.press("Enter");
  await expect(words).toBeFocused();
  await owner.keyboard.press("Control+End");
  await owner.keyboard.type(" of the weather");
  await owner.keyboard.press("Control+Enter");
  await expect(node(owner, "note")).toContainText("because of the weather");

  await owner.keyboard.press("Escape");
  await owner.keyboard.press("ArrowRight");
  await owner.keyboard.press("Control+a");
  await owner.keyboard.press("g");
  const name = owner.getByRole("textbox", { name: "Name of the group" }).first();
  await expect(name).toBeFocused();
  await owner.keyboard.type("Preparation");
  await owner.keyboard.press("Enter");
  await expect(node(owner, "group")).toContainText("Preparation");
  await expect(owner.getByText("Holds 3 parts, which move with it.")).toBeVisible();

  const [before, frame] = [await corner(owner, "delay"), await corner(owner, "group")];
  await owner.keyboard.press("Shift+ArrowDown");
  await expect(async () => {
    const [after, moved] = [await corner(owner, "delay"), await corner(owner, "group")];
    expect(after.y - before.y).toBeCloseTo(moved.y - frame.y, 0);
    expect(after.y).toBeGreaterThan(before.y);
  }).toPass();
  await owner.keyboard.press("Control+z");
  expect((await corner(owner, "delay")).y).toBeCloseTo(before.y, 0);

  // From a step to its group, and away with the frame: the steps stay.
  await owner.keyboard.press("Escape");
  await owner.keyboard.press("ArrowRight");
  await owner.keyboard.press("g");
  await expect(owner.getByText("The group Preparation, with 3 parts")).toBeAttached();
  await owner.keyboard.press("Shift+g");
  await expect(node(owner, "group")).toHaveCount(0);
  await expect(owner.locator("[data-node]")).toHaveCount(3);
  await owner.keyboard.press("Control+z");
  await expect(node(owner, "group")).toContainText("Preparation");

  // What is laid out anew keeps its group around it.
  await owner.keyboard.press("l");
  await saved(owner);
  const [group, step] = [await corner(owner, "group"), await corner(owner, "transform")];
  expect(step.x).toBeGreaterThan(group.x);
  expect(step.x + step.width).toBeLessThan(group.x + group.width);
  await go(owner, path);
  await expect(node(owner, "note")).toContainText("because of the weather");
  await expect(node(owner, "group")).toContainText("Preparation");
});

test("by mouse a group is dragged with what stands in it, a note gets another size and colour, and an empty note goes away", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Grouped by mouse");
  await open(owner, path);
  await add(owner, "Delay");
  await owner.getByRole("button", { name: "Group", exact: true }).click();
  await owner.getByRole("textbox", { name: "Name of the group" }).first().fill("Waiting");
  await owner.keyboard.press("Enter");
  await expect(node(owner, "group")).toContainText("Waiting");
  const [step, frame] = [await corner(owner, "delay"), await corner(owner, "group")];
  await drag(owner, { x: frame.x + 60, y: frame.y + 18 }, 96, 64);
  await expect(async () => {
    const [after, moved] = [await corner(owner, "delay"), await corner(owner, "group")];
    expect(Math.abs(after.x - step.x - (moved.x - frame.x))).toBeLessThan(1);
    expect(moved.x).toBeGreaterThan(frame.x + 60);
  }).toPass();
  // The step alone leaves the frame where it is.
  const [inside, still] = [await corner(owner, "delay"), await corner(owner, "group")];
  await drag(owner, { x: inside.x + 100, y: inside.y + 30 }, 0, 220);
  expect(Math.abs((await corner(owner, "group")).y - still.y)).toBeLessThan(1);

  await owner.getByRole("button", { name: "Write a note" }).click();
  await owner.keyboard.type("Ask Ada");
  await owner.keyboard.press("Escape");
  const note = await corner(owner, "note");
  await drag(owner, { x: note.x + note.width - 5, y: note.y + note.height - 5 }, 96, 48);
  await expect(async () => expect((await corner(owner, "note")).width).toBeGreaterThan(note.width + 40)).toPass();
  await owner.getByRole("radio", { name: "Blue" }).check({ force: true });
  await expect(node(owner, "note")).toHaveClass(/bg-info-soft/);
  await owner.getByRole("button", { name: "Undo" }).click();
  await expect(node(owner, "note")).toHaveClass(/bg-warning-soft/);
  await owner.getByRole("button", { name: "Undo" }).click();
  await expect(async () => expect(Math.abs((await corner(owner, "note")).width - note.width)).toBeLessThan(2)).toPass();

  // Double click writes; a note without words is none.
  await node(owner, "note").dblclick();
  await owner.getByRole("textbox", { name: "Words of the note" }).fill("");
  await owner.keyboard.press("Escape");
  await expect(node(owner, "note")).toHaveCount(0);
  await saved(owner);
});

test("the outline has notes and groups too, with the same powers", async ({ owner }) => {
  const path = await newWorkflow(owner, `Annotated outline ${(await scripted(owner)) ? "hydrated" : "plain"}`);
  await go(owner, `${path}/outline`);
  const addStep = async (kind: string, label: string) => {
    await owner.getByText("Add a step of another type").click();
    await owner.locator('select[name="kind"]').selectOption(kind);
    await owner.locator("#new-node-label").fill(label);
    await owner.getByRole("button", { name: "Add this step" }).click();
    await expect(owner.getByRole("heading", { name: label })).toBeVisible();
  };
  await addStep("delay", "Wait a little");
  await addStep("transform", "Make it nice");
  await owner.getByText("Write a note").click();
  await owner.locator("#new-note").fill("Ada knows why.");
  await owner.getByRole("button", { name: "Add note" }).click();
  await expect(owner.locator("#annotation-note")).toHaveValue("Ada knows why.");
  await owner.getByText("Group steps").click();
  await owner.locator("#new-group").fill("Slow part");
  await owner.getByRole("checkbox", { name: "Wait a little" }).check();
  await owner.getByRole("button", { name: "Group them" }).click();
  await expect(owner.getByText("Holds Wait a little.")).toBeVisible();
  const row = owner.locator("#step-group");
  await row.getByRole("textbox", { name: "Name of the group" }).fill("Waiting");
  await row.getByRole("button", { name: "Save" }).click();
  await expect(owner.locator("#step-group").getByRole("textbox")).toHaveValue("Waiting");
  await owner.locator("#step-group").getByRole("button", { name: "Remove the group Waiting" }).click();
  await expect(owner.locator("#step-group")).toHaveCount(0);
  await expect(owner.getByRole("heading", { name: "Wait a little" })).toBeVisible();
});
