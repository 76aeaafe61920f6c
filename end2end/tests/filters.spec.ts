// Every filter of the list of tools lives in the address: a reload keeps it, and so does the way back from a tool.
import { type Page } from "@playwright/test";
import { ORG, expect, fill, go, hydrated, scripted, test } from "../support/fixtures";

// The inputs are those that the form begins with.
const SCRIPT = "def main(name: str, times: int = 1) -> dict:\n    return {\"greeted\": name}\n";

async function register(page: Page, name: string, fields: Record<string, string>, visibility: string, activate: boolean): Promise<void> {
  await go(page, `/${ORG.slug}/tools/new?kind=python`);
  await fill(page, "form[name]", name);
  await fill(page, "form[script]", SCRIPT);
  for (const [field, value] of Object.entries(fields)) await fill(page, field, value);
  await page.locator('[name="form[visibility]"]').selectOption(visibility);
  await page.locator('[name="form[activate]"]').setChecked(activate);
  await page.getByRole("button", { name: "Register tool" }).click();
  await page.waitForURL(/\/tools\/[0-9a-f-]{36}/);
}

test("each filter is in the address, and survives a reload and the way back", async ({ owner }, info) => {
  const project = info.project.name;
  // One tool that every filter shows, and one that they hide, but for those of what both have.
  const [shown, hidden, agent, tag, category] = ["shown", "hidden", "filtering", "filtered", "Filtered"].map((word) => `${word}_${project}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  await register(owner, shown, { "form[tags]": tag, "form[category]": category, "form[display_name]": `Shown ${project}` }, "private", true);
  await owner.waitForURL(/\/try$/);
  await hydrated(owner);
  await owner.getByRole("textbox", { name: "name", exact: true }).fill("Ada");
  await owner.getByRole("button", { name: "Run" }).click();
  await expect(owner.getByText("greeted").first()).toBeVisible();
  await register(owner, hidden, { "form[display_name]": `Concealed ${project}` }, "public", false);
  await go(owner, `/${ORG.slug}/agents/new`);
  await fill(owner, "name", agent);
  await owner.getByRole("button", { name: "Create agent" }).click();
  await owner.waitForURL(/\/agents\/[0-9a-f-]{36}\/tools/);
  await hydrated(owner);
  await owner.locator("#tools-q").fill(shown);
  await owner.getByRole("button", { name: "Search", exact: true }).click();
  await owner.waitForURL(/q=shown_/);
  await hydrated(owner);
  await owner.getByRole("button", { name: `Attach Shown ${project}` }).click();
  await expect(owner.getByRole("region", { name: "Available tools" }).getByText(shown, { exact: true })).toHaveCount(0);

  const rows = owner.getByRole("region", { name: "Tools" }).locator("tbody");
  const ours = (name: string) => rows.getByText(name, { exact: true });
  const list = `/${ORG.slug}/tools`;

  /** The list says what it should: now, after a reload, and on the way back from the tool. */
  const holds = async (address: RegExp, check: () => Promise<void>) => {
    await expect(owner).toHaveURL(address);
    await check();
    await owner.reload();
    await hydrated(owner);
    await expect(owner).toHaveURL(address);
    await check();
    await ours(shown).locator("xpath=ancestor::tr").getByRole("link").first().click();
    await owner.waitForURL(/\/tools\/[0-9a-f-]{36}/);
    await owner.goBack();
    await hydrated(owner);
    await expect(owner).toHaveURL(address);
    await check();
  };

  const choices: [string, string | { label: string }, RegExp][] = [
    ["Status", "active", /[?&]status=active/],
    ["Tag", { label: `${tag} (1)` }, new RegExp(`[?&]tag=${tag}`)],
    ["Attached to", { label: `Attached to ${agent}` }, /[?&]agent=[0-9a-f-]{36}/],
    ["Last used", "1d", /[?&]used=1d/],
    ["Kind", "python", /[?&]kind=python/],
    ["Visibility", "private", /[?&]visibility=private/],
    ["Owner", { label: "Ada Owner" }, /[?&]owner=[0-9a-f-]{36}/],
  ];
  for (const [label, option, address] of choices) {
    await go(owner, list);
    const select = owner.getByRole("combobox", { name: label, exact: true });
    await select.selectOption(option);
    const value = await select.inputValue();
    if (!(await scripted(owner))) await owner.getByRole("button", { name: "Filter" }).click();
    await holds(address, async () => {
      await expect(owner.getByRole("combobox", { name: label, exact: true })).toHaveValue(value);
      await expect(ours(shown)).toBeVisible();
      // Both are scripts of the same person.
      if (!["Kind", "Owner"].includes(label)) await expect(ours(hidden)).toHaveCount(0);
    });
  }

  await go(owner, list);
  // What both names end with would find both, for a search forgives.
  await owner.getByRole("searchbox", { name: "Search tools" }).fill("shown");
  if (!(await scripted(owner))) await owner.getByRole("button", { name: "Filter" }).click();
  await holds(/[?&]q=shown/, async () => {
    await expect(owner.getByRole("searchbox", { name: "Search tools" })).toHaveValue("shown");
    await expect(ours(hidden)).toHaveCount(0);
  });

  await go(owner, list);
  await owner.getByRole("navigation", { name: "Categories" }).getByRole("link", { name: new RegExp(`^${category}`) }).click();
  await holds(/[?&]category=[0-9a-f-]{36}/, async () => {
    await expect(ours(shown)).toBeVisible();
    await expect(ours(hidden)).toHaveCount(0);
  });

  // Several at once, the order with them; one more choice leaves the others as they are.
  await go(owner, `${list}?status=active&tag=${tag}&sort=name&dir=desc`);
  await owner.getByRole("combobox", { name: "Last used" }).selectOption("1d");
  if (!(await scripted(owner))) await owner.getByRole("button", { name: "Filter" }).click();
  for (const part of [/status=active/, new RegExp(`tag=${tag}`), /used=1d/, /sort=name/, /dir=desc/]) await expect(owner).toHaveURL(part);
  await expect(owner.getByRole("columnheader", { name: "Tool", exact: true })).toHaveAttribute("aria-sort", "descending");
  await expect(ours(shown)).toBeVisible();
  await owner.getByRole("link", { name: "Show all", exact: true }).click();
  await expect(owner).toHaveURL(new RegExp(`${list}$`));
});
