import { ORG, OWNER, expect, go, hydrated, test } from "../support/fixtures";

test("who is not signed in is asked to, and comes back to the page that was asked for", async ({ page }) => {
  await go(page, `/${ORG.slug}/agents`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(new RegExp(`/${ORG.slug}/agents`));
  await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible();
});

test("a wrong password says so, keeps the e-mail and never the password", async ({ page }) => {
  await go(page, "/sign-in");
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /\w/ }).first()).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(OWNER.email);
  await expect(page).not.toHaveURL(/password/);
});

test("a cookie's value changes at sign-in, and signing out ends the session", async ({ page, context }) => {
  await go(page, "/sign-in");
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(new RegExp(`/${ORG.slug}`));
  const [session] = (await context.cookies()).filter((cookie) => cookie.name === "tc_session");
  expect(session?.httpOnly).toBe(true);
  expect(session?.sameSite).toBe("Lax");
  await hydrated(page);
  await page.locator("details").filter({ has: page.locator("#sign-out") }).locator("summary").click();
  await page.locator("#sign-out").click();
  await expect(page).toHaveURL(/\/sign-in/);
  await context.clearCookies();
  await context.addCookies([session!]);
  await page.goto(`/${ORG.slug}`);
  await expect(page).toHaveURL(/\/sign-in/);
});
