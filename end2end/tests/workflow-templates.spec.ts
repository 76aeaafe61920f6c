// A new workflow from a template, and from a document: what would happen is shown first, foreign ones are explained, with and without JavaScript.
import AxeBuilder from "@axe-core/playwright";
import { ORG, expect, go, hydrated, scripted, test } from "../support/fixtures";

const N8N = JSON.stringify({
  name: "Lead intake",
  nodes: [
    { name: "Webhook", type: "n8n-nodes-base.webhook", position: [0, 0], parameters: {} },
    { name: "Is it large?", type: "n8n-nodes-base.if", position: [200, 0], parameters: {} },
    { name: "Ask the CRM", type: "n8n-nodes-base.httpRequest", position: [400, 0], parameters: {} },
  ],
  connections: {
    Webhook: { main: [[{ node: "Is it large?", type: "main", index: 0 }]] },
    "Is it large?": { main: [[{ node: "Ask the CRM", type: "main", index: 0 }]] },
  },
});

const DOCUMENT = JSON.stringify({
  format: "toolcrib.workflow",
  version: 1,
  name: "from_elsewhere",
  display_name: "From elsewhere",
  definition: {
    nodes: [
      { id: "wait", type: "delay", config: { ms: 10 } },
      { id: "mail", toolId: "019a0000-0000-7000-8000-000000000001", label: "Send the mail" },
    ],
    edges: [{ id: "e", source: "wait", target: "mail" }],
  },
  tools: [{ id: "019a0000-0000-7000-8000-000000000001", name: "send_mail_of_elsewhere", kind: "api_request" }],
});

test("a template is chosen from the gallery and is ready to run", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/workflows/new`);
  await owner.getByRole("link", { name: "From a template" }).click();
  await expect(owner.getByRole("article")).toHaveCount(9);
  await hydrated(owner);
  // Axe is a script itself.
  if (await scripted(owner)) {
    const found = await new AxeBuilder({ page: owner }).analyze();
    expect(found.violations).toEqual([]);
  }
  const card = owner.getByRole("article", { name: "Validate and normalise an order" });
  await expect(card.getByText("validate_json")).toBeVisible();
  await card.getByRole("button", { name: "Use “Validate and normalise an order”" }).click();
  await owner.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  if (await scripted(owner)) {
    await expect(owner).toHaveURL(/\/workflows\/[0-9a-f-]{36}$/);
    await expect(owner.locator('[data-node="check"]')).toBeVisible();
    await expect(owner.getByText("Ready to run").first()).toBeVisible();
    const canvas = await new AxeBuilder({ page: owner }).include(".canvas").analyze();
    expect(canvas.violations).toEqual([]);
  } else {
    await owner.getByRole("link", { name: "Open the outline" }).click();
    await expect(owner.getByRole("heading", { name: "Check the order", level: 3 })).toBeVisible();
  }
});

test("a document is looked at first; what is missing keeps its place", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/workflows/new?from=import`);
  await hydrated(owner);
  const field = owner.getByLabel("Document");
  const look = owner.getByRole("button", { name: "Look at it" });
  await field.fill('{\n  "format": oops\n}');
  await look.click();
  await expect(owner.getByText("line 2, column").first()).toBeVisible();
  await expect(field).toHaveValue(/oops/);
  await field.fill(DOCUMENT);
  await look.click();
  await expect(owner.getByText("2 steps and 1 connection.")).toBeVisible();
  await expect(owner.getByRole("rowheader", { name: "send_mail_of_elsewhere" })).toBeVisible();
  await expect(owner.getByLabel("Stands in for send_mail_of_elsewhere")).toBeVisible();
  await owner.getByRole("button", { name: "Import", exact: true }).click();
  await owner.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  if (await scripted(owner)) {
    await expect(owner.locator('[data-node="mail"]')).toContainText("Tool gone: send_mail_of_elsewhere");
    await owner.locator('[data-node="mail"]').click();
    await expect(owner.locator("[data-vanished]")).toContainText("send_mail_of_elsewhere");
    await owner.getByLabel("Choose another").selectOption({ index: 1 });
    await expect(owner.locator("[data-vanished]")).toHaveCount(0);
    await expect(owner.locator('[data-node="mail"]')).toContainText("Send the mail");
  } else {
    await owner.getByRole("link", { name: "Open the outline" }).click();
    await expect(owner.getByRole("heading", { name: "Send the mail", level: 3 })).toBeVisible();
  }
});

test("a workflow of n8n is explained and begun as an outline", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/workflows/new?from=import`);
  await hydrated(owner);
  await owner.getByLabel("Document").fill(N8N);
  await owner.getByRole("button", { name: "Look at it" }).click();
  await expect(owner.getByText("This is a workflow of n8n").first()).toBeVisible();
  await expect(owner.getByRole("rowheader", { name: "Ask the CRM" })).toBeVisible();
  await owner.getByRole("button", { name: "Begin an outline of it" }).click();
  await owner.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  if (await scripted(owner)) {
    await expect(owner.locator("[data-node]")).toHaveCount(3);
    await expect(owner.getByText(/problem/).first()).toBeVisible();
  } else {
    await owner.getByRole("link", { name: "Open the outline" }).click();
    await expect(owner.getByRole("heading", { name: "Ask the CRM", level: 3 })).toBeVisible();
  }
});
