// Workflows with more than tools in them: made by forms and as JSON, asking people, going on after a failure.
import { type Page } from "@playwright/test";
import { ORG, expect, fill, go, hydrated, test } from "../support/fixtures";

/** An empty workflow, open in its outline: that path. */
async function newWorkflow(page: Page, name: string): Promise<string> {
  await go(page, `/${ORG.slug}/workflows/new`);
  await fill(page, "display_name", name);
  await page.getByRole("button", { name: "Create workflow" }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  const outline = `${new URL(page.url()).pathname}/outline`;
  await go(page, outline);
  return outline;
}

async function addNode(page: Page, kind: string, label: string): Promise<void> {
  await page.locator("summary", { hasText: "Add a step of another type" }).click();
  await page.locator("select[name=kind]").selectOption(kind);
  await page.locator("#new-node-label").fill(label);
  await page.getByRole("button", { name: "Add this step" }).click();
  await expect(page.getByRole("heading", { name: label, level: 3 })).toBeVisible();
  await hydrated(page);
}

async function saveDefinition(page: Page, path: string, change: (definition: Record<string, any[]>) => void): Promise<void> {
  await go(page, `${path}?tab=json`);
  const area = page.locator('textarea[name="definition"]');
  const definition = JSON.parse(await area.inputValue());
  change(definition);
  await area.fill(JSON.stringify(definition));
  const saved = page.waitForResponse((answer) => answer.url().includes("/workflows/save_definition"));
  await page.getByRole("button", { name: "Save definition" }).click();
  expect((await saved).status()).toBeLessThan(400);
  await go(page, path);
}

async function run(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run workflow" }).first().click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
}

/** Waits for the run's state; a page without a script asks again by itself. */
async function becomes(page: Page, status: string): Promise<void> {
  await expect(page.locator("[role=status]", { hasText: `The run is ${status}.` })).toBeAttached({ timeout: 20_000 });
  await hydrated(page);
}

test("a run asks a person and goes on with the answer", async ({ owner }, info) => {
  const path = await newWorkflow(owner, `Asking ${info.project.name}`);
  await addNode(owner, "approval", "Ask the boss");
  const step = owner.locator("#step-approval");
  const settings = step.locator('textarea[name="config"]');
  await settings.fill('{"message": 5}');
  await step.getByRole("button", { name: "Save settings" }).click();
  await expect(step.getByText("These are no settings")).toBeVisible();
  await expect(settings).toHaveValue('{"message": 5}');
  await settings.fill('{"message": "Pay the invoice?"}');
  await step.getByRole("button", { name: "Save settings" }).click();
  await expect(owner.getByText("These are no settings")).toHaveCount(0);
  await expect(settings).toHaveValue(/Pay the invoice/);
  await saveDefinition(owner, path, (definition) => {
    definition.nodes!.push({ id: "paid", type: "transform", label: "Paid", config: { expressions: { by: "approval.by", why: "approval.note" } } });
    definition.edges!.push({ id: "then", source: "approval", target: "paid" });
  });
  await expect(owner.getByText("ready to run")).toBeVisible();
  await run(owner);
  await becomes(owner, "waiting");
  await expect(owner.getByRole("heading", { name: "Pay the invoice?" })).toBeVisible();
  await owner.getByLabel("Note").fill("As agreed in March");
  await owner.getByRole("button", { name: "Approve" }).click();
  await becomes(owner, "completed");
  await expect(owner.getByRole("heading", { name: "Pay the invoice?" })).toHaveCount(0);
  const output = owner.getByRole("complementary", { name: "Facts, input and output" });
  await expect(output).toContainText("Ada Owner");
  await expect(output).toContainText("As agreed in March");
  await expect(owner.locator("#node-approval")).toContainText("approved");

  // Whoever says no ends the run, and the run says who.
  await go(owner, path);
  await run(owner);
  await becomes(owner, "waiting");
  await owner.getByRole("button", { name: "Reject" }).click();
  await becomes(owner, "failed");
  await expect(owner.getByText("Ada Owner rejected it.").first()).toBeVisible();
});

test("a failed run goes on from its failure, and any run from any step", async ({ owner }, info) => {
  const path = await newWorkflow(owner, `Failing ${info.project.name}`);
  const second = { id: "second", type: "transform", label: "Second", config: { expressions: { out: "first.gone" } } };
  await saveDefinition(owner, path, (definition) => {
    definition.nodes!.push({ id: "first", type: "transform", label: "First", config: { inputs: { n: 1 } } }, second);
    definition.edges!.push({ id: "then", source: "first", target: "second" });
  });
  await run(owner);
  await becomes(owner, "failed");
  await expect(owner.getByText("“Second” failed").first()).toBeVisible();
  const before = owner.url();
  await owner.getByRole("button", { name: "Go on from the failure" }).click();
  await owner.waitForURL((url) => url.href !== before && /\/runs\/[0-9a-f-]{36}/.test(url.href));
  await becomes(owner, "failed");
  await expect(owner.locator("#node-first")).toContainText("kept from an earlier run");
  await expect(owner.getByText("Goes on from")).toBeVisible();
  const resumed = owner.url();
  await owner.getByRole("button", { name: "Run again from First" }).click();
  await owner.waitForURL((url) => url.href !== resumed && /\/runs\/[0-9a-f-]{36}/.test(url.href));
  await becomes(owner, "failed");
  await expect(owner.locator("#node-first")).not.toContainText("kept from an earlier run");
});

test("a definition that says nothing is refused where it was typed", async ({ owner }, info) => {
  const path = await newWorkflow(owner, `Nonsense ${info.project.name}`);
  await go(owner, `${path}?tab=json`);
  const area = owner.locator('textarea[name="definition"]');
  await area.fill('{"nodes": [{"id": "a", "type": "delay", "config": {"ms": 1}}, {"id": "a", "type": "merge"}]}');
  await owner.getByRole("button", { name: "Save definition" }).click();
  await expect(owner.getByText("/definition/nodes").first()).toBeVisible();
  await expect(area).toHaveValue(/"type": "delay"/);
  await area.fill("{");
  await owner.getByRole("button", { name: "Save definition" }).click();
  await expect(owner.getByText("This is no definition").first()).toBeVisible();
});
