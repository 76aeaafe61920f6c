import { ORG, expect, go, test } from "../support/fixtures";

test("a list is sorted by its headings, and its columns are chosen and remembered", async ({ owner }, info) => {
  const names = [`list_a_${info.project.name}`, `list_b_${info.project.name}`];
  for (const name of names) {
    await go(owner, `/${ORG.slug}/agents/new`);
    await owner.locator("[name=name]").fill(name);
    await owner.getByRole("button", { name: "Create agent" }).click();
    await owner.waitForURL(/\/agents\/[0-9a-f-]{36}\/tools/);
  }
  await go(owner, `/${ORG.slug}/agents?q=list_`);
  const shown = owner.getByRole("region", { name: "Agents" }).locator("tbody th .row-link");
  const ours = async () => (await shown.allInnerTexts()).filter((text) => names.includes(text.trim()));
  const heading = (name: string) => owner.getByRole("columnheader", { name, exact: true });
  await heading("Agent").getByRole("link").click();
  await expect(heading("Agent")).toHaveAttribute("aria-sort", "ascending");
  expect(await ours()).toEqual(names);
  await heading("Agent").getByRole("link").click();
  await expect(heading("Agent")).toHaveAttribute("aria-sort", "descending");
  await expect.poll(ours).toEqual([...names].reverse());
  // The search goes along.
  await expect(owner).toHaveURL(/q=list_/);

  await owner.locator("summary[aria-label='Columns']").click();
  await owner.getByLabel("Can call").uncheck();
  await owner.getByRole("button", { name: "Show these" }).click();
  await expect(heading("Agent")).toHaveAttribute("aria-sort", "descending");
  await expect(heading("Can call")).toHaveCount(0);
  await go(owner, `/${ORG.slug}/agents`);
  await expect(heading("Tools")).toHaveCount(1);
  await expect(heading("Can call")).toHaveCount(0);
  // Remembered on the way from another page, too.
  await go(owner, `/${ORG.slug}/workflows`);
  await owner.getByRole("navigation", { name: "Main", exact: true }).getByRole("link", { name: "Agents" }).click();
  await expect(heading("Tools")).toHaveCount(1);
  await expect(heading("Can call")).toHaveCount(0);
});

test("members and tokens are sorted too", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/members?sort=name&dir=desc`);
  await expect(owner.getByRole("columnheader", { name: "Member" })).toHaveAttribute("aria-sort", "descending");
  await go(owner, `/${ORG.slug}/tokens`);
  await owner.locator("[name=name]").fill("Zeta");
  await owner.getByRole("button", { name: "Create token" }).click();
  await go(owner, `/${ORG.slug}/tokens`);
  await owner.locator("[name=name]").fill("Alpha");
  await owner.getByRole("button", { name: "Create token" }).click();
  await go(owner, `/${ORG.slug}/tokens?sort=name`);
  const first = owner.getByRole("region", { name: "API tokens" }).locator("tbody th").first();
  await expect(first).toContainText("Alpha");
  await owner.getByRole("columnheader", { name: "Token" }).getByRole("link").click();
  await expect(first).toContainText("Zeta");
});
