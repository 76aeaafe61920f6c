// A step that runs once for each item of a list: how many there were, on its card and on the connections.
import { type Page } from "@playwright/test";
import { board, newWorkflow, node, open, saved } from "../support/canvas";
import { expect, scripted, test } from "../support/fixtures";

async function paste(page: Page, part: unknown): Promise<void> {
  await board(page).focus();
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.querySelector("#canvas")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, JSON.stringify(part));
}

/** What is chosen, as it goes to the clipboard. */
async function copied(page: Page): Promise<{ nodes: { toolId?: string }[] }> {
  const text = await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    document.querySelector("#canvas")?.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
    return clipboardData.getData("text/plain");
  });
  return JSON.parse(text);
}

test("after a run the items of a list are counted on the card and on its connections, with those that failed", async ({ owner }) => {
  test.skip(!(await scripted(owner)), "the canvas is a script");
  const path = await newWorkflow(owner, "Once for each");
  await open(owner, path);
  // Any tool of this server does; which id it has here is known to its step.
  await board(owner).focus();
  await owner.keyboard.press("Tab");
  await owner.keyboard.type("Calculate");
  await owner.keyboard.press("Enter");
  await expect(node(owner, "calculate")).toBeVisible();
  const toolId = (await copied(owner)).nodes[0]!.toolId;
  await owner.keyboard.press("Delete");
  await expect(owner.locator("[data-node]")).toHaveCount(0);
  await paste(owner, {
    nodes: [
      { id: "make", type: "transform", label: "Make", position: { x: 0, y: 0 }, config: { expressions: { list: "['1 + 1', '2 * 3', '1 / 0', '7']" } } },
      { id: "each", type: "for_each", label: "Each", toolId, position: { x: 320, y: 0 }, config: { each: { expression: "item" }, onItemError: "continue" } },
      { id: "after", type: "transform", label: "After", position: { x: 640, y: 0 }, config: { expressions: { failed: "each.failed" } } },
    ],
    edges: [
      { id: "in", source: "make", target: "each", mapping: { list: "items" } },
      { id: "out", source: "each", target: "after" },
    ],
  });
  await expect(owner.locator("[data-node]")).toHaveCount(3);
  await saved(owner);
  await owner.keyboard.press("r");
  await expect(node(owner, "after").locator("[data-run]")).toHaveAttribute("data-run", "success", { timeout: 30_000 });
  await expect(node(owner, "make").locator("[data-run]")).toContainText("4 items");
  await expect(node(owner, "each").locator("[data-run]")).toContainText("4 items, 1 failed");
  await expect(node(owner, "each")).toHaveAttribute("aria-label", /4 items, 1 failed/);
  await expect(owner.locator('[data-items="4"]')).toHaveCount(2);
  // Without the run nothing is counted.
  await owner.getByRole("toolbar", { name: "Run", exact: true }).getByRole("button", { name: "Draft", exact: true }).click();
  await expect(owner.locator("[data-items]")).toHaveCount(0);
});
