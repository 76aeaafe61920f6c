// One document becomes many tools: some are chosen, and a newer text shows what an import would change before it does.
import { ORG, expect, fill, go, hydrated, test } from "../support/fixtures";

/** A shop whose names are the project's own: both projects may share a server. */
function shop(project: string, version: string, item: string, withOrders: boolean): string {
  const ok = { "200": { description: "ok" } };
  const paths: Record<string, unknown> = {
    "/items/{id}": {
      get: {
        operationId: `getItem_${project}`,
        summary: item,
        description: item,
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
        responses: ok,
      },
    },
    "/items": { get: { operationId: `listItems_${project}`, summary: "All items", responses: ok } },
    "/upload": { post: { operationId: `upload_${project}`, requestBody: { required: true, content: { "multipart/form-data": {} } }, responses: ok } },
  };
  if (withOrders) paths["/orders"] = { get: { operationId: `listOrders_${project}`, summary: "All orders", responses: ok } };
  return JSON.stringify({ openapi: "3.1.0", info: { title: `Shop ${project}`, version }, servers: [{ url: "https://shop.example" }], paths });
}

test("operations of a document are chosen and imported, and a newer document shows what it would change", async ({ owner }, info) => {
  const project = info.project.name;
  await go(owner, `/${ORG.slug}/openapi`);
  await fill(owner, "text", "{ this is no document");
  await owner.getByRole("button", { name: "Read document" }).click();
  await expect(owner.locator("[aria-invalid=true]").or(owner.getByRole("alert")).first()).toBeVisible();
  await hydrated(owner);
  await expect(owner.locator('[name="text"]').first()).toHaveValue("{ this is no document");
  await fill(owner, "text", shop(project, "1.0", "One item", false));
  await owner.getByRole("button", { name: "Read document" }).click();
  await owner.waitForURL(/\/openapi\/[0-9a-f-]{36}$/);
  await hydrated(owner);
  const page = owner.url();
  const row = (path: string) => owner.getByRole("region", { name: "Operations" }).getByRole("row").filter({ has: owner.getByText(path, { exact: true }) });
  await expect(row("/items/{id}")).toContainText("New");
  // What cannot become a tool cannot be chosen.
  await expect(row("/upload").getByRole("checkbox")).toHaveCount(0);

  // Only what was chosen is imported.
  await owner.getByLabel("Choose GET /items/{id}").check();
  await owner.getByLabel("Active at once").check();
  await owner.getByRole("button", { name: "Import chosen" }).click();
  await expect(owner.getByText("1 tool made.")).toBeVisible();
  await expect(row("/items/{id}")).toContainText("Unchanged");
  await expect(row("/items/{id}").getByRole("checkbox")).toHaveCount(0);
  await expect(row("/items")).toContainText("New");
  await expect(row("/items").getByRole("link")).toHaveCount(0);
  const tool = await row("/items/{id}").getByRole("link").getAttribute("href");

  // A newer document: the tool stays as it is, and the difference is shown.
  await go(owner, page);
  await owner.locator("summary", { hasText: "A newer document" }).click();
  await fill(owner, "text", shop(project, "2.0", "One item with its price", true));
  await owner.getByRole("button", { name: "Read document" }).click();
  await expect(row("/items/{id}")).toContainText("Changed in the document");
  await hydrated(owner);
  await expect(row("/orders")).toContainText("New");
  await row("/items/{id}").locator("summary", { hasText: "What would change" }).click();
  await expect(owner.getByRole("region", { name: "Now of description, GET /items/{id}" })).toContainText("One item");
  await expect(owner.getByRole("region", { name: "After an import of description, GET /items/{id}" })).toContainText("One item with its price");
  await go(owner, tool!);
  await expect(owner.getByText("One item with its price")).toHaveCount(0);

  await go(owner, page);
  await owner.getByRole("button", { name: "Update 1 changed" }).click();
  await expect(owner.getByText("1 tool updated, each with a new version.")).toBeVisible();
  await expect(row("/items/{id}")).toContainText("Unchanged");
  await expect(row("/orders")).toContainText("New");
  await go(owner, `${tool}/versions`);
  await expect(owner.getByText("Version 2").first()).toBeVisible();
  await go(owner, tool!);
  await expect(owner.getByText("One item with its price").first()).toBeVisible();
});
