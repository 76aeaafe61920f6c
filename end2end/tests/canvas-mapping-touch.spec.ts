// The mapping view on a phone, with a finger: tapped together, and pulled together.
import { type Page } from "@playwright/test";
import { add, board, newWorkflow, node, open, saved } from "../support/canvas";
import { Fingers, middle } from "../support/fingers";
import { expect, scripted, test } from "../support/fixtures";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const from = (page: Page, place: string) => page.locator(`[data-from="${place}"]`);
const to = (page: Page, name: string) => page.locator(`[data-to="${name}"]`);
const line = (page: Page, name: string) => page.locator(`[data-line="${name}"]`);

test("fields are mapped by finger: tapped left and right, or pulled from the dot", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  await open(owner, await newWorkflow(owner, "Mapped by finger"));
  await board(owner).focus();
  await add(owner, "Parse CSV");
  await add(owner, "Calculate");
  await expect(board(owner)).toHaveAttribute("aria-activedescendant", "node-calculate");
  await saved(owner);
  await owner.keyboard.press("m");
  const view = owner.getByRole("dialog", { name: /^Map into/ });
  await expect(view).toBeVisible();

  await from(owner, "parse_csv|count").locator("span").first().tap();
  await expect(view.getByRole("status")).toContainText("count taken");
  await to(owner, "places").tap();
  await expect(to(owner, "places")).toContainText("count of Parse CSV");
  await expect(line(owner, "places")).toHaveCount(1);

  // What does not fit says so and stays out.
  await from(owner, "parse_csv|columns").locator("span").first().tap();
  await expect(to(owner, "expression")).toContainText("columns is array");
  // A finger can tap what says that it takes nothing.
  await to(owner, "expression").tap({ force: true });
  await expect(line(owner, "expression")).toHaveCount(0);

  // Taken away, and pulled there again.
  await to(owner, "places").locator("[data-remove]").tap();
  await expect(line(owner, "places")).toHaveCount(0);
  const fingers = await Fingers.of(owner);
  await fingers.press(await middle(owner, '[data-from="parse_csv|count"] [data-dot]'));
  await fingers.move(await middle(owner, '[data-to="places"]'));
  await fingers.lift();
  await expect(line(owner, "places")).toHaveCount(1);
  await expect(view.getByRole("status")).toContainText("count feeds places");
  // Nothing was scrolled or zoomed by it.
  expect(await owner.evaluate(() => [scrollX, scrollY, visualViewport?.scale])).toEqual([0, 0, 1]);
  await view.getByRole("button", { name: "Close" }).click();
  await expect(view).toHaveCount(0);
  await saved(owner);
  await expect(node(owner, "calculate")).toBeAttached();
});
