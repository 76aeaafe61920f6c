import { ORG, expect, go, test } from "../support/fixtures";

test("a person joins by a link, with the role it says", async ({ owner, browser, site }, info) => {
  await go(owner, `/${ORG.slug}/members`);
  const email = `grace-${info.project.name}@acme.example`;
  await owner.getByLabel("Role", { exact: true }).selectOption("analyst");
  await owner.getByLabel("E-mail").fill(email);
  await owner.getByRole("button", { name: "Create invitation link" }).click();
  const link = await owner.locator("code, pre").filter({ hasText: "/invitations/" }).first().innerText();
  const guest = await browser.newContext({ baseURL: site.url, javaScriptEnabled: info.project.use.javaScriptEnabled });
  const page = await guest.newPage();
  await go(page, link.trim().replace(/^https?:\/\/[^/]+/, ""));
  await page.getByLabel("Your name").fill("Grace Analyst");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account and join" }).click();
  await expect(page).toHaveURL(new RegExp(`/${ORG.slug}`));
  // An analyst reads executions and makes nothing.
  await go(page, `/${ORG.slug}/agents`);
  await expect(page.getByRole("link", { name: "New agent" })).toHaveCount(0);
  // A link works once.
  const second = await browser.newContext({ baseURL: site.url, javaScriptEnabled: false });
  const late = await second.newPage();
  await late.goto(link.trim().replace(/^https?:\/\/[^/]+/, ""));
  await expect(late.getByRole("button", { name: "Create account and join" })).toHaveCount(0);
  await guest.close();
  await second.close();
  await go(owner, `/${ORG.slug}/members`);
  await expect(owner.getByRole("row", { name: /Grace Analyst/ }).first()).toBeVisible();
});

test("the last owner is offered no way to step down", async ({ owner }) => {
  await go(owner, `/${ORG.slug}/members`);
  await expect(owner.getByRole("row", { name: /Ada Owner/ })).toContainText("Owner");
  await expect(owner.getByLabel(/^Role of Ada Owner/)).toHaveCount(0);
});
