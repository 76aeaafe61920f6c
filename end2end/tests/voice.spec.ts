// Tools for phone calls: fields that are fixed or written by the model, variables, numbers of the organization.
import { ORG, expect, fill, go, scripted, test } from "../support/fixtures";

test("a transfer is registered, shows what the model sees, and says where the call goes", async ({ owner: page }, info) => {
  await go(page, `/${ORG.slug}/tools/new?kind=transfer_call`);
  await fill(page, "form[name]", `transfer_${info.project.name}`);
  await fill(page, "form[transfer][destinations][0][name]", "billing");
  await fill(page, "form[transfer][destinations][0][description]", "Questions about invoices");
  await fill(page, "form[transfer][destinations][0][to]", "12");
  await fill(page, "form[transfer][message][value]", "Hello {{caller_phone_number}}, hello {{nobody}}");
  if (await scripted(page)) {
    await expect(page.getByText("The phone number of the person calling the agent").filter({ visible: true }).first()).toBeVisible();
    await expect(page.locator("[data-unknown-variable]")).toContainText("nobody");
  }
  await page.getByRole("button", { name: "Register tool" }).click();
  // Nothing that was typed is lost, and each error stands at its field.
  await expect(page.getByText("has no country code").first()).toBeVisible();
  await expect(page.getByText("There is no variable “{{nobody}}”").first()).toBeVisible();
  await expect(page.locator('[name="form[transfer][destinations][0][description]"]')).toHaveValue("Questions about invoices");
  await fill(page, "form[transfer][destinations][0][to]", "+49 30 1234567");
  await fill(page, "form[transfer][message][value]", "Hello {{caller_phone_number}}");
  await page.getByRole("button", { name: "Register tool" }).click();
  await page.waitForURL("**/try**");
  await page.getByLabel("destination").selectOption("billing");
  await fill(page, "variables[caller_phone_number]", "+14155550111");
  await page.getByRole("button", { name: "Run" }).click();
  await expect(page.getByText("Hello +14155550111").first()).toBeVisible();
  await expect(page.getByText("+49301234567").first()).toBeVisible();
});

test("who writes a field is chosen by a segment, with and without a script", async ({ owner: page }) => {
  await go(page, `/${ORG.slug}/tools/new?kind=sms`);
  const recipients = page.locator("fieldset").filter({ has: page.locator('[name="form[sms][recipients][mode]"]') });
  await expect(recipients.locator('[name="form[sms][recipients][value]"]')).toBeVisible();
  await expect(recipients.locator('[name="form[sms][recipients][prompt]"]')).toBeHidden();
  await recipients.getByText("Written by AI").click();
  await expect(recipients.locator('[name="form[sms][recipients][value]"]')).toBeHidden();
  await expect(recipients.locator('[name="form[sms][recipients][prompt]"]')).toBeVisible();
  await recipients.getByText("Fixed, AI may add").click();
  await expect(recipients.locator('[name="form[sms][recipients][value]"]')).toBeVisible();
  await expect(recipients.locator('[name="form[sms][recipients][prompt]"]')).toBeVisible();
  if (await scripted(page)) {
    await fill(page, "form[sms][recipients][prompt]", "Everybody in the family");
    await expect(page.getByRole("region", { name: "What the model sees" }).or(page.locator("pre")).filter({ hasText: "Everybody in the family" }).first()).toBeVisible();
    const value = recipients.locator('[name="form[sms][recipients][value]"]');
    await value.fill("");
    await value.pressSequentially("{{call");
    await expect(page.getByRole("option", { name: /caller_phone_number/ })).toBeVisible();
    await value.press("Enter");
    await expect(value).toHaveValue(/\{\{calle[rd]_phone_number\}\}/);
  }
});

test("numbers and variables are added, and refused where they are wrong", async ({ owner: page }, info) => {
  await go(page, `/${ORG.slug}/settings`);
  await page.getByRole("link", { name: "Phone numbers" }).click();
  await page.getByLabel("Number", { exact: true }).fill("030 1234");
  await page.getByRole("button", { name: "Add number" }).click();
  await expect(page.getByText("has no country code").first()).toBeVisible();
  const number = info.project.name === "ssr" ? "+49 30 1234567" : "+49 30 1234568";
  await page.getByLabel("Number", { exact: true }).fill(number);
  await page.getByLabel("Label", { exact: false }).last().fill("Front desk");
  await page.getByRole("button", { name: "Add number" }).click();
  await expect(page.getByRole("cell", { name: number.replaceAll(" ", "") })).toBeVisible();
  await go(page, `/${ORG.slug}/settings/variables`);
  // Variables that are there have forms of their own.
  const declaration = page.locator("form", { has: page.getByRole("button", { name: "Declare variable" }) });
  await declaration.locator('[name="name"]').fill(`office_${info.project.name}`);
  await declaration.locator('[name="value"]').fill("Hall 3");
  await declaration.getByRole("button", { name: "Declare variable" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`office_${info.project.name}.*Hall 3`) })).toBeVisible();
});
