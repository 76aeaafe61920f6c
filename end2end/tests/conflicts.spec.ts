// In a list every row has a form of its own. Who saves one too late is told in that row, and nothing typed is lost.
import { type Locator, type Page } from "@playwright/test";
import { ORG, expect, fill, go, hydrated, test } from "../support/fixtures";

/** Saves `row` of `path` in another window first, then here, then over it. */
async function contest(owner: Page, path: string, row: (page: Page) => Locator, field: string, open: string | null, save: string): Promise<void> {
  const input = (page: Page) => row(page).locator(`[name="${field}"]`);
  const opened = async (page: Page) => {
    await go(page, path);
    if (open) await row(page).locator("summary", { hasText: open }).click();
  };
  await opened(owner);
  const other = await owner.context().newPage();
  await opened(other);
  await input(other).fill("Faster words");
  const saved = other.waitForResponse((answer) => answer.request().method() === "POST");
  await row(other).getByRole("button", { name: save, exact: true }).click();
  await saved;
  // A window that is closed on its way to the next page can take the first one's renderer with it.
  await go(other, path);
  await expect(input(other)).toHaveValue("Faster words");
  await other.close();

  await input(owner).fill("Slower words");
  await row(owner).getByRole("button", { name: save, exact: true }).click();
  const conflict = owner.getByRole("region", { name: "Conflict" });
  await expect(conflict).toHaveCount(1);
  await hydrated(owner);
  await expect(row(owner).getByRole("region", { name: "Differences" })).toContainText("Faster words");
  await expect(row(owner).getByRole("region", { name: "Differences" })).toContainText("Slower words");
  await expect(input(owner)).toHaveValue("Slower words");
  // Saving as before is as late as before; only the other button replaces what is stored.
  await row(owner).getByRole("button", { name: save, exact: true }).click();
  await expect(conflict).toHaveCount(1);
  await hydrated(owner);
  await row(owner).getByRole("button", { name: "Save mine over it" }).click();
  await expect(conflict).toHaveCount(0);
  await go(owner, path);
  await expect(input(owner)).toHaveValue("Slower words");
}

test("two people change one variable, one category and one phone number", async ({ owner }, info) => {
  const project = info.project.name;
  for (const name of [`first_${project}`, `second_${project}`]) {
    await go(owner, `/${ORG.slug}/settings/variables`);
    const form = owner.locator("form", { has: owner.getByRole("button", { name: "Declare variable" }) });
    await form.locator('[name="name"]').fill(name);
    await form.getByRole("button", { name: "Declare variable" }).click();
    await expect(owner.getByRole("cell", { name, exact: true })).toBeVisible();
    await hydrated(owner);
  }
  const variable = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("cell", { name: `first_${project}`, exact: true }) });
  await contest(owner, `/${ORG.slug}/settings/variables`, variable, "value", "Change", "Save variable");

  await go(owner, `/${ORG.slug}/tools/categories`);
  const form = owner.locator("form", { has: owner.getByRole("button", { name: "Create category" }) });
  if (!(await form.isVisible())) await owner.locator("summary", { hasText: "New category" }).click();
  await form.getByLabel("Name").fill(`Contested ${project}`);
  await form.getByRole("button", { name: "Create category" }).click();
  const category = (page: Page) => page.locator(`tr[data-category="Contested ${project}"]`);
  await expect(category(owner)).toBeVisible();
  await contest(owner, `/${ORG.slug}/tools/categories`, category, "description", "Edit", "Save category");

  const number = project === "hydrate" ? "+4930700001" : "+4930700002";
  await go(owner, `/${ORG.slug}/settings/phone-numbers`);
  await fill(owner, "number", number);
  await owner.getByRole("button", { name: "Add number" }).click();
  const desk = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("cell", { name: number, exact: true }) });
  await expect(desk(owner)).toBeVisible();
  await contest(owner, `/${ORG.slug}/settings/phone-numbers`, desk, "label", null, "Save");
});

test("two people write notes about one attachment", async ({ owner }, info) => {
  await go(owner, `/${ORG.slug}/agents/new`);
  await fill(owner, "name", `noted_${info.project.name}`);
  await owner.getByRole("button", { name: "Create agent" }).click();
  await owner.waitForURL(/\/agents\/[0-9a-f-]{36}\/tools/);
  await hydrated(owner);
  const path = new URL(owner.url()).pathname;
  await owner.getByRole("button", { name: /^Attach / }).first().click();
  const row = (page: Page) => page.getByRole("region", { name: "Attached tools" }).locator("tbody tr");
  await expect(row(owner)).toHaveCount(1);
  await hydrated(owner);
  await contest(owner, path, row, "usage_comments", "notes", "Save notes");
  // A limit that is none is refused where it was typed, and what was typed stays.
  await go(owner, path);
  await row(owner).locator("summary", { hasText: "Set a limit" }).click();
  await row(owner).locator('[name="rate_limit_per_minute"]').fill("many");
  await row(owner).getByRole("button", { name: /^Save the limit/ }).click();
  await expect(row(owner).getByText("Enter a whole number, or nothing.")).toBeVisible();
  await expect(row(owner).locator('[name="rate_limit_per_minute"]')).toHaveValue("many");
});
