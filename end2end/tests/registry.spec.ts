// Keeping many tools in order: find, sort into categories, compare and restore versions, change many at once, carry them elsewhere.
import { type Page } from "@playwright/test";
import { ORG, expect, fill, go, scripted, test } from "../support/fixtures";

const SCRIPT = "def main(name: str = \"you\") -> dict:\n    return {\"greeting\": f\"Hello {name}\"}\n";

/** Registers a script tool and says its id. Names are the caller's own: the tests of a worker share a server. */
async function register(page: Page, name: string, more: Record<string, string> = {}): Promise<string> {
  await go(page, `/${ORG.slug}/tools/new?kind=python`);
  await fill(page, "form[name]", name);
  await fill(page, "form[script]", SCRIPT);
  for (const [field, value] of Object.entries(more)) await fill(page, field, value);
  await page.getByRole("button", { name: "Register tool" }).click();
  await page.waitForURL(/\/tools\/[0-9a-f-]{36}/);
  return /\/tools\/([0-9a-f-]{36})/.exec(page.url())![1]!;
}

test("tools are found by words, filters and order, and the address remembers", async ({ owner }) => {
  await register(owner, "find_alpha", { "form[tags]": "findable, red", "form[display_name]": "Alpha finder" });
  await register(owner, "find_beta", { "form[tags]": "findable", "form[display_name]": "Beta finder" });
  await go(owner, `/${ORG.slug}/tools`);
  const rows = owner.getByRole("region", { name: "Tools" }).locator("tbody tr");
  await owner.getByRole("searchbox", { name: "Search tools" }).fill("alpha find");
  if (!(await scripted(owner))) await owner.getByRole("button", { name: "Filter" }).click();
  await expect(owner).toHaveURL(/q=alpha(%20|\+)find/);
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("find_alpha");
  // A slip of the fingers is forgiven.
  await go(owner, `/${ORG.slug}/tools?q=alpha%20findr`);
  await expect(rows.first()).toContainText("find_alpha");
  await go(owner, `/${ORG.slug}/tools?tag=findable`);
  await expect(rows).toHaveCount(2);
  await owner.getByRole("link", { name: "Tool", exact: true }).click();
  await expect(owner).toHaveURL(/sort=name/);
  await expect(rows.first()).toContainText("find_alpha");
  await owner.getByRole("link", { name: "Tool", exact: true }).click();
  await expect(owner).toHaveURL(/dir=desc/);
  await expect(rows.first()).toContainText("find_beta");
  await go(owner, `/${ORG.slug}/tools?q=nothing-is-called-like-this`);
  await expect(owner.getByText("No tool matches")).toBeVisible();
});

test("categories form a tree that is changed by choosing and by dragging", async ({ owner }) => {
  const names = (await scripted(owner)) ? ["Sales", "Offers"] : ["Stock", "Shelves"];
  const [top, below] = names as [string, string];
  for (const name of names) {
    await go(owner, `/${ORG.slug}/tools/categories`);
    const form = owner.locator("form", { has: owner.getByRole("button", { name: "Create category" }) });
    if (!(await form.isVisible())) await owner.locator("summary", { hasText: "New category" }).click();
    await form.getByLabel("Name").fill(name);
    await form.getByRole("button", { name: "Create category" }).click();
    await expect(owner.locator(`tr[data-category="${name}"]`)).toBeVisible();
  }
  const row = (name: string) => owner.locator(`tr[data-category="${name}"]`);
  if (await scripted(owner)) {
    await row(below).dragTo(row(top));
  } else {
    await row(below).locator("summary", { hasText: "Edit" }).click();
    await row(below).getByLabel("Below").selectOption({ label: top });
    await row(below).getByRole("button", { name: "Save category" }).click();
  }
  await expect(row(below).locator("th .pl-4")).toBeVisible();
  await register(owner, `in_${below.toLowerCase()}`, { "form[category]": below });
  // Filtering by the upper one shows what is below it.
  await go(owner, `/${ORG.slug}/tools`);
  await owner.getByRole("navigation", { name: "Categories" }).getByRole("link", { name: new RegExp(`^${top}`) }).click();
  await expect(owner.getByRole("region", { name: "Tools" })).toContainText(`in_${below.toLowerCase()}`);
  // Deleting keeps what is in it, and says so first.
  await go(owner, `/${ORG.slug}/tools/categories`);
  await row(top).getByRole("button", { name: "Delete" }).first().click();
  await expect(owner.getByRole("alertdialog", { name: `Delete the category ${top}?` })).toContainText("1 category below it");
  await owner.getByRole("button", { name: `Delete ${top}`, exact: true }).click();
  await expect(row(top)).toHaveCount(0);
  await expect(row(below)).toBeVisible();
});

test("two versions are compared side by side and the old one restored", async ({ owner }) => {
  const id = await register(owner, "versioned");
  await go(owner, `/${ORG.slug}/tools/${id}/definition`);
  await fill(owner, "form[script]", SCRIPT.replace("Hello", "Goodbye"));
  await fill(owner, "form[changelog]", "Says goodbye");
  await owner.getByRole("button", { name: "Save changes" }).click();
  await owner.waitForURL(new RegExp(`/tools/${id}$`));
  await go(owner, `/${ORG.slug}/tools/${id}/versions`);
  await expect(owner.getByText("Says goodbye")).toBeVisible();
  await owner.getByRole("button", { name: "Compare" }).click();
  const changes = owner.getByRole("region", { name: "Changes of script content" });
  await expect(changes).toContainText("Hello");
  await expect(changes).toContainText("Goodbye");
  await owner.getByRole("button", { name: "Restore", exact: true }).click();
  await owner.getByRole("button", { name: "Restore version 1" }).click();
  await expect(owner.getByText("Restored version 1", { exact: true })).toBeVisible();
});

test("a pasted curl command fills the form, and its credentials go nowhere", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/tools/new?kind=api_request`);
  const open = () => owner.locator("summary", { hasText: "Paste a curl command" }).click();
  await open();
  const command = owner.getByLabel("Command", { exact: true });
  await command.fill("curl https://a.example/ | jq .");
  await owner.getByRole("button", { name: "Fill in the form" }).click();
  await expect(owner.getByText("Paste the curl command alone.").first()).toBeVisible();
  // What may hold a secret is kept by nobody; with a script it has never left its field.
  await expect(command).toHaveValue((await scripted(owner)) ? "curl https://a.example/ | jq ." : "");
  await command.fill(
    "curl -X PATCH 'https://api.example.com/v1/orders/{id}?notify=true' \\\n  -H 'Authorization: Bearer s3cr3t-value' -H 'X-Trace: on' -b 'sid=s3cr3t-value' \\\n  --json '{\"state\": \"sent\", \"password\": \"s3cr3t-value\"}'",
  );
  await owner.getByRole("button", { name: "Fill in the form" }).click();
  await owner.waitForURL(/from=/);
  await expect(owner.getByText("The Authorization header was left out")).toBeVisible();
  await expect(owner.getByText("The cookie was left out")).toBeVisible();
  await expect(owner.getByText("“password” in the body was left out")).toBeVisible();
  await expect(owner.locator('[name="form[url]"]')).toHaveValue("https://api.example.com/v1/orders/{id}");
  await expect(owner.locator('[name="form[method]"]')).toHaveValue("PATCH");
  await expect(owner.locator('[name="form[headers]"]')).toHaveValue("X-Trace: on");
  await expect(owner.locator('[name="form[body]"]')).toHaveValue('{\n  "state": "sent"\n}');
  await expect(owner.locator('[name="form[auth][key]"]')).toHaveValue("EXAMPLE_API_KEY");
  await expect(owner.locator('[name="form[rows][0][name]"]')).toHaveValue("id");
  expect(atob(new URL(owner.url()).searchParams.get("from")!.replace(/-/g, "+").replace(/_/g, "/"))).not.toContain("s3cr3t");
  expect(await owner.content()).not.toContain("s3cr3t");
  await fill(owner, "form[name]", "pasted_order");
  await owner.getByRole("button", { name: "Register tool" }).click();
  await owner.waitForURL(/\/tools\/[0-9a-f-]{36}\/try/);
});

test("who saves a tool too late is shown both states and loses nothing", async ({ owner }) => {
  const id = await register(owner, "contested", { "form[description]": "First words" });
  await go(owner, `/${ORG.slug}/tools/${id}/definition`);
  const other = await owner.context().newPage();
  await go(other, `/${ORG.slug}/tools/${id}/definition`);
  await fill(other, "form[description]", "Faster words");
  await other.getByRole("button", { name: "Save changes" }).click();
  await other.waitForURL(new RegExp(`/tools/${id}$`));
  // Arrived before it is closed.
  await go(other, `/${ORG.slug}/tools/${id}`);
  await other.close();
  await fill(owner, "form[description]", "Slower words");
  await owner.getByRole("button", { name: "Save changes" }).click();
  const row = owner.getByRole("region", { name: "Differences" }).getByRole("row", { name: /^Description/ });
  await expect(row).toContainText("Faster words");
  await expect(row).toContainText("Slower words");
  await expect(owner.locator('[name="form[description]"]')).toHaveValue("Slower words");
  // Saving as before is as late as before; only the other button replaces what is stored.
  await owner.getByRole("button", { name: "Save changes" }).click();
  await expect(row).toBeVisible();
  await owner.getByRole("button", { name: "Save mine over it" }).click();
  await owner.waitForURL(new RegExp(`/tools/${id}$`));
  await expect(owner.getByText("Slower words").first()).toBeVisible();
});

test("who saves a part of a workflow too late is shown both states and loses nothing", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/workflows/new`);
  await fill(owner, "display_name", `Contested ${await scripted(owner)}`);
  await owner.getByRole("button", { name: "Create workflow" }).click();
  await owner.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  const path = `${new URL(owner.url()).pathname}/outline`;
  await go(owner, path);
  const other = await owner.context().newPage();
  await go(other, path);
  const name = (page: Page) => page.getByLabel("Name of input 1", { exact: true });
  const about = (page: Page) => page.getByLabel("Description of input 1", { exact: true });
  await name(other).fill("report");
  await about(other).fill("Which report");
  await other.getByRole("button", { name: "Save inputs" }).click();
  await expect(other.getByText("revision 2")).toBeVisible();
  // Arrived before it is closed.
  await go(other, path);
  await other.close();
  await name(owner).fill("customer");
  await about(owner).fill("Whose orders");
  await owner.getByRole("button", { name: "Save inputs" }).click();
  await expect(owner.getByText("Somebody else changed this workflow").first()).toBeVisible();
  const differences = owner.getByRole("region", { name: "Differences" });
  await expect(differences.getByRole("row", { name: /^Input report/ })).toContainText("Which report");
  await expect(differences.getByRole("row", { name: /^Input customer/ })).toContainText("Whose orders");
  await expect(name(owner)).toHaveValue("customer");
  await owner.getByRole("button", { name: "Save inputs" }).click();
  await expect(differences).toBeVisible();
  await owner.getByRole("button", { name: "Save mine over it" }).click();
  await expect(owner.getByText("revision 3")).toBeVisible();
  await expect(name(owner)).toHaveValue("customer");
  await expect(owner.locator("body")).not.toContainText("Which report");
});

test("many tools are changed at once, and what could not be done is said", async ({ owner }) => {
  await register(owner, "bulk_one", { "form[tags]": "bulk" });
  await register(owner, "bulk_two", { "form[tags]": "bulk" });
  await go(owner, `/${ORG.slug}/tools?tag=bulk`);
  for (const box of await owner.getByRole("checkbox", { name: /^Select Bulk/ }).all()) await box.check();
  await owner.getByRole("button", { name: "With the selected" }).click();
  await expect(owner.getByRole("heading", { name: "2 selected tools" })).toBeVisible();
  await owner.getByRole("button", { name: "Disable" }).click();
  await expect(owner.getByRole("region", { name: "Report" }).getByText("Disabled")).toHaveCount(2);
  // From disabled there is no way to deprecated.
  await owner.getByRole("button", { name: "Deprecate" }).click();
  await expect(owner.getByRole("region", { name: "Report" }).getByText("Refused")).toHaveCount(2);
  await expect(owner.getByRole("region", { name: "Report" })).toContainText("cannot become deprecated");
  await owner.locator("[name=tag]").fill("bulk_done");
  await owner.getByRole("button", { name: "Add tag" }).click();
  await expect(owner.getByRole("region", { name: "Selected tools" })).toContainText("bulk_done");
  await owner.getByRole("button", { name: "Delete 2 tools" }).first().click();
  await expect(owner.getByRole("alertdialog")).toContainText("bulk_one");
  await owner.getByRole("button", { name: "Delete 2 tools for good" }).click();
  await expect(owner.getByRole("region", { name: "Report" }).getByText("Deleted")).toHaveCount(2);
});

test("tools are exported, looked at, and imported again", async ({ owner }) => {
  const id = await register(owner, "portable_tool");
  const answer = await owner.request.get(`/${ORG.slug}/tools.json?id=${id}`);
  expect(answer.headers()["content-disposition"]).toContain("attachment");
  const document = await answer.json();
  expect(JSON.stringify(document)).not.toContain(id);
  document.tools[0].description = "Came back";
  document.tools.push({ ...document.tools[0], name: "portable_new" });
  await go(owner, `/${ORG.slug}/tools/import`);
  await fill(owner, "document", "{");
  await owner.getByRole("button", { name: "Preview" }).click();
  await expect(owner.getByText("This is not valid JSON").first()).toBeVisible();
  await fill(owner, "document", JSON.stringify(document));
  await owner.getByRole("button", { name: "Preview" }).click();
  const items = owner.getByRole("region", { name: "Tools of the document" });
  await expect(items).toContainText("Differs: description");
  await expect(items.getByText("Create", { exact: true })).toBeVisible();
  await owner.getByRole("button", { name: "Import 2 tools" }).click();
  await expect(items.getByText("Created", { exact: true })).toBeVisible();
  await items.getByRole("link", { name: "portable_tool" }).click();
  await expect(owner.getByText("Came back").first()).toBeVisible();
  await owner.getByRole("button", { name: "Duplicate" }).click();
  await owner.waitForURL(/\/definition$/);
  await expect(owner.locator('[name="form[name]"]')).toHaveValue("portable_tool_copy");
});
