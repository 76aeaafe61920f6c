import { ORG, expect, go, test } from "../support/fixtures";

test("Ctrl-K goes anywhere by keyboard alone", async ({ owner }) => {
  await go(owner, `/${ORG.slug}`);
  await owner.keyboard.press("Control+k");
  const palette = owner.getByRole("dialog", { name: "Command palette" });
  await expect(palette).toBeVisible();
  await owner.keyboard.type("new agent");
  await owner.keyboard.press("Enter");
  await expect(owner).toHaveURL(new RegExp(`/${ORG.slug}/agents/new`));
});

test("Escape closes the palette and leaves the page as it was", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/agents`);
  await owner.keyboard.press("Control+k");
  await owner.keyboard.press("Escape");
  await expect(owner.getByRole("dialog", { name: "Command palette" })).toBeHidden();
  await expect(owner).toHaveURL(new RegExp(`/${ORG.slug}/agents$`));
});

test("a question mark lists the shortcuts, but not while somebody types", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/agents/new`);
  await owner.locator("[name=name]").focus();
  await owner.keyboard.type("?");
  await expect(owner.getByRole("dialog", { name: /shortcuts/i })).toBeHidden();
  await owner.locator("h1").click();
  await owner.keyboard.press("?");
  await expect(owner.getByRole("dialog", { name: /shortcuts/i })).toBeVisible();
});

test("a chosen theme is remembered across pages", async ({ owner }) => {
  await go(owner, `/${ORG.slug}`);
  await owner.keyboard.press("Control+k");
  await owner.keyboard.type("theme: dark");
  await owner.keyboard.press("Enter");
  await expect(owner.locator("html")).toHaveAttribute("data-theme", "dark");
  await go(owner, `/${ORG.slug}/agents`);
  await expect(owner.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a tool that was found can be tried at once", async ({ owner }) => {
  await go(owner, `/${ORG.slug}`);
  await owner.keyboard.press("Control+k");
  const palette = owner.getByRole("dialog", { name: "Command palette" });
  await owner.keyboard.type("calculate");
  await palette.getByRole("option", { name: /^Try Calculate/ }).click();
  await expect(owner).toHaveURL(new RegExp(`/${ORG.slug}/tools/[0-9a-f-]{36}/try$`));
});

test("members are found, and pages that are not in the rail", async ({ owner }) => {
  await go(owner, `/${ORG.slug}`);
  await owner.keyboard.press("Control+k");
  const palette = owner.getByRole("dialog", { name: "Command palette" });
  await owner.keyboard.type("ada owner");
  await expect(palette.getByRole("option", { name: /Ada Owner\s*Member/ })).toBeVisible();
  await palette.getByRole("combobox").fill("phone numbers");
  await owner.keyboard.press("Enter");
  await expect(owner).toHaveURL(new RegExp(`/${ORG.slug}/settings/phone-numbers$`));
});
