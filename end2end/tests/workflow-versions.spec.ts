// Published versions: what was published, what differs, back to an old one, and a workflow as a tool.
import { type Page } from "@playwright/test";
import { ORG, expect, fill, go, hydrated, scripted, test } from "../support/fixtures";

/** A workflow that gives `n` times the factor, through its JSON. */
async function newWorkflow(page: Page, name: string, factor: number): Promise<string> {
  await go(page, `/${ORG.slug}/workflows/new`);
  await fill(page, "display_name", name);
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await hydrated(page);
  const path = new URL(page.url()).pathname;
  await define(page, path, factor);
  return path;
}

async function define(page: Page, path: string, factor: number): Promise<void> {
  await go(page, `${path}/outline?tab=json`);
  const nodes = [
    { id: "in", type: "input", config: { fields: [{ name: "n", type: "integer", required: true }] } },
    { id: "times", type: "transform", config: { expressions: { product: `nodes.in.n * ${factor}` } } },
    { id: "out", type: "output" },
  ];
  const edges = [
    { id: "a", source: "in", target: "times" },
    { id: "b", source: "times", target: "out", mapping: { product: "product" } },
  ];
  await page.locator('textarea[name="definition"]').fill(JSON.stringify({ nodes, edges }));
  const saved = page.waitForResponse((answer) => answer.url().includes("/workflows/save_definition"));
  await page.getByRole("button", { name: "Save definition" }).click();
  expect((await saved).status()).toBeLessThan(400);
}

async function publish(page: Page, path: string, version: number, note: string): Promise<void> {
  await go(page, `${path}/versions`);
  await page.getByLabel("What is new").fill(note);
  await page.getByRole("button", { name: `Publish version ${version}` }).click();
  await expect(page.getByText(`Version ${version} is published · the draft is the same`)).toBeVisible();
  await hydrated(page);
}

test("a workflow is published, changed, compared and restored", async ({ owner }, info) => {
  const path = await newWorkflow(owner, `Versions ${info.project.name}`, 2);
  await go(owner, `${path}/outline`);
  await owner.getByRole("link", { name: "Publish" }).click();
  await owner.waitForURL(/\/versions$/);
  await hydrated(owner);
  await expect(owner.getByText("Nothing is published yet")).toBeVisible();
  await publish(owner, path, 1, "Twice");
  await expect(owner.getByText("The draft is what is published.")).toBeVisible();
  await define(owner, path, 3);
  await publish(owner, path, 2, "Three times");
  await expect(owner.getByText("Three times")).toBeVisible();

  // Any two side by side, chosen by hand.
  await owner.locator("input[name=from][value='1']").check();
  await owner.locator("input[name=to][value='2']").check();
  await owner.getByRole("button", { name: "Compare" }).click();
  await owner.waitForURL(({ searchParams }) => searchParams.get("from") === "1" && searchParams.get("to") === "2");
  const changes = owner.getByRole("region", { name: "Changes of Step times" });
  await expect(changes).toContainText("nodes.in.n * 2");
  await expect(changes).toContainText("nodes.in.n * 3");
  await expect(owner.getByRole("region", { name: /^Changes of/ })).toHaveCount(1);

  await hydrated(owner);
  await owner.locator("li", { hasText: "Version 1" }).getByRole("button", { name: "Restore" }).click();
  await owner.getByRole("button", { name: "Restore version 1" }).click();
  await owner.waitForURL((url) => url.pathname === path);
  if (await scripted(owner)) await expect(owner.locator('[data-node="times"]')).toBeVisible();
  await go(owner, `${path}/outline`);
  await expect(owner.getByText("version 2 published")).toBeVisible();
  await go(owner, `${path}/versions`);
  await expect(owner.getByText("Version 2 is published · the draft differs")).toBeVisible();
  await go(owner, `${path}/versions?version=2`);
  await expect(owner.getByRole("region", { name: "Definition of version 2" })).toContainText("nodes.in.n * 3");
});

test("a draft with problems is not published, and a stale page is told", async ({ owner }, info) => {
  const path = await newWorkflow(owner, `Stale ${info.project.name}`, 2);
  await go(owner, `${path}/versions`);
  const second = await owner.context().newPage();
  await define(second, path, 5);
  // A window that is closed on its way to the next page can take the first one's renderer with it.
  await go(second, `${path}/outline`);
  await second.close();
  await owner.getByRole("button", { name: "Publish version 1" }).click();
  await expect(owner.getByRole("alert").filter({ hasText: /changed/ })).toBeVisible();
  await expect(owner.getByText("Nothing is published yet")).toBeVisible();
});

test("a published workflow becomes a tool that is called from its page", async ({ owner }, info) => {
  const name = `times_${info.project.name.replace(/[^a-z]/g, "_")}`;
  const path = await newWorkflow(owner, `Tool ${info.project.name}`, 4);
  await publish(owner, path, 1, "");
  await owner.getByRole("button", { name: "Make a tool of it" }).click();
  const dialog = owner.getByRole("dialog", { name: "Make a tool of version 1" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Description").fill("Four times a number.");
  await dialog.getByRole("button", { name: "Make the tool" }).click();
  await owner.waitForURL(/\/tools\/[0-9a-f-]{36}/);
  const tool = new URL(owner.url()).pathname;
  await go(owner, `${tool}/definition`);
  await expect(owner.getByLabel("What the model sees")).toContainText('"n"');
  await go(owner, `${path}/versions`);
  await expect(owner.getByRole("listitem").filter({ hasText: name })).toContainText("runs version 1");
  await go(owner, `${tool}/try`);
  await owner.getByLabel(/^n/).fill("6");
  await owner.getByRole("button", { name: "Run", exact: false }).last().click();
  await expect(owner.getByText(/"product": ?24/).first()).toBeVisible({ timeout: 15_000 });
});

test("a step runs another workflow, with the inputs of that one", async ({ owner }, info) => {
  const inner = `Inner ${info.project.name}`;
  await newWorkflow(owner, inner, 7);
  await go(owner, `/${ORG.slug}/workflows/new`);
  await fill(owner, "display_name", `Outer ${info.project.name}`);
  await owner.getByRole("button", { name: "Create workflow" }).click();
  await owner.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await go(owner, `${new URL(owner.url()).pathname}/outline`);
  if (info.project.name === "ssr") {
    await owner.locator('select[name="tool_id"]').selectOption({ label: `${inner} (workflow)` });
  } else {
    const box = owner.locator("#f-tool_id[role=combobox]");
    await box.fill(inner);
    await owner.getByRole("option", { name: `${inner} (workflow)` }).click();
  }
  await owner.getByRole("button", { name: "Add step" }).click();
  const step = owner.locator("#step-workflow");
  await expect(step.getByRole("heading", { name: inner })).toBeVisible();
  await hydrated(owner);
  await step.getByLabel("Source of n").selectOption("constant");
  await step.getByLabel("Constant, expression or path for n").fill("6");
  await step.getByRole("button", { name: "Save step" }).click();
  await expect(owner.getByText("ready to run")).toBeVisible();
  await hydrated(owner);
  await owner.getByRole("button", { name: "Run workflow" }).first().click();
  await owner.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await expect(owner.locator("[role=status]", { hasText: "The run is completed." })).toBeAttached({ timeout: 20_000 });
  await expect(owner.locator("#node-workflow")).toContainText("42");
});
